"""A city's people: who holds what, whose review is due, who was closed lately."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from plateward.people import accounts, appointments, reminders, training
from plateward.people.models import Closing, Person
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.web.people import door
from plateward.web.people.forms import ChangeForm
from plateward.web.presence import recently_confirmed

LATELY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list. `missing`: topics of the course that are not in force."""

    number: int
    name: str
    badge: str
    agency: str
    role: str
    ends_on: date | None
    missing: tuple[str, ...]
    lapse: reminders.Lapse | None
    review_due: date | None
    review_overdue: bool
    state: str


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, _ = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    now = timezone.now()
    today = now.astimezone(profile.zone).date()
    people = accounts.of_city(city)
    due = {each.person.pk: each for each in accounts.due(profile, today=today)}
    context = {
        "city": city,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "rows": [_row(person, profile, due.get(person.pk), today) for person in people],
        "overdue": sum(each.overdue for each in due.values()),
        "closed": [_told(each) for each in accounts.closings(people, since=now - LATELY)],
    }
    return render(request, "staff/people.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def changes(request: HttpRequest, city: str) -> HttpResponse:
    """Changes of law, policy or technology, and new policy versions that may be one."""
    try:
        profile, permit = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    form = ChangeForm(request.POST or None, profile=profile, initial={"on": _today(profile)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        counts = training.record_change(
            city, kind=said["kind"], on=said["on"], what=said["what"], by=permit.actor
        )
        told = (
            f"Recorded. Training from before {said['on']} no longer counts here."
            if counts
            else "Recorded. This city's policy does not ask for training anew after such a change."
        )
        messages.success(request, told)
        return HttpResponseRedirect(reverse("people_changes", args=[city]))
    context = {
        "city": city,
        "city_title": profile.title(),
        "form": form,
        "changes": training.changes(city),
        "counting": [training.in_words(each) for each in training.kinds_that_count(profile)],
        "versions": [each for each in in_force.history(city) if each.version > 1],
    }
    status = 400 if form.errors else 200
    return render(request, "staff/people_changes.html", context, status=status)


def state_of(person: Person) -> str:
    """In a word or two, for a page."""
    closing = accounts.closing_of(person)
    if closing is not None:
        return f"Closed: {str(Closing.Kind(closing.kind).label).lower()}"
    if not person.is_active:
        return "Closed"
    return "Open" if person.last_login else "Not signed in yet"


def _row(person: Person, profile: Profile, due: accounts.Due | None, today: date) -> Row:
    held = appointments.open_there(person, profile.id)
    role = profile.role(held.role) if held else None
    topics = training.topics_of(person, profile, today=today) if held else []
    return Row(
        number=person.pk,
        name=person.get_full_name(),
        badge=person.badge,
        agency=person.agency,
        role=role.title if role else (held.role if held else ""),
        ends_on=held.ends_on if held else None,
        missing=tuple(topic.words for topic in topics if not topic.in_force),
        lapse=reminders.lapse_of(topics, today=today),
        review_due=due.due_on if due else None,
        review_overdue=due.overdue if due else False,
        state=state_of(person),
    )


def _told(closing: Closing) -> str:
    kind = str(Closing.Kind(closing.kind).label).lower()
    again = " It has been opened again since." if closing.reopened_at else ""
    return f"{closing.person.get_full_name()}, badge {closing.person.badge}: {kind}.{again}"


def _today(profile: Profile) -> date:
    return timezone.now().astimezone(profile.zone).date()

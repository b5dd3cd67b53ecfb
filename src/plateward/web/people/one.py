"""One person in one city: what they hold, what they learned, and every act about them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.audit import log
from plateward.people import accounts, appointments, permissions, standing, training
from plateward.people.models import Appointment, Person
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web.people import door
from plateward.web.people import everyone as people
from plateward.web.people import forms as people_forms
from plateward.web.people.forms import PersonForm
from plateward.web.presence import recently_confirmed
from plateward.web.signed_in import person_of

PRACTICE_LOOKED_THROUGH: Final = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """An appointment as the page shows it. `state`: in force, replaced, revoked or ended."""

    row: Appointment
    role: str
    state: str


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def page(request: HttpRequest, city: str, number: int) -> HttpResponse:
    try:
        profile, _ = door.opened(request, city)
        person = _person(request, city, number)
    except door.NotOpen as closed:
        return closed.answer
    sent = request.POST.get("what", "") if request.method == "POST" else None
    forms = [_form(kind, profile, request, person, sent=sent) for kind in _kinds(profile, person)]
    tried = next((form for form in forms if form.is_bound), None)
    if tried is not None and tried.is_valid() and _done(tried, person, by=person_of(request)):
        messages.success(request, tried.done)
        return HttpResponseRedirect(reverse("person", args=[city, number]))
    status = 200 if sent is None else 400
    return render(request, "staff/person.html", _shown(profile, person, forms), status=status)


def _person(request: HttpRequest, city: str, number: int) -> Person:
    """Only whoever ever held a role in the city: the others are none of its business."""
    found = next((each for each in accounts.of_city(city) if each.pk == number), None)
    if found is None:
        raise door.missing(request)
    return found


def _kinds(profile: Profile, person: Person) -> list[type[PersonForm]]:
    """The acts that make sense now, most used first."""
    if not person.is_active:
        return [people_forms.ReinstateForm]
    held = appointments.open_there(person, profile.id)
    if held is None:
        return [people_forms.AppointForm, people_forms.TerminateForm]
    role = profile.role(held.role)
    kinds: list[type[PersonForm]] = [people_forms.TrainForm, people_forms.ReviewForm]
    kinds.append(people_forms.AttestForm)
    if role is not None and role.upkeep_only:
        kinds.append(people_forms.PermitForm)
    return [
        *kinds,
        people_forms.StandingForm,
        people_forms.AppointForm,
        people_forms.RevokeForm,
        people_forms.TerminateForm,
    ]


def _form(
    kind: type[PersonForm],
    profile: Profile,
    request: HttpRequest,
    person: Person,
    *,
    sent: str | None,
) -> PersonForm:
    today = timezone.now().astimezone(profile.zone).date()
    initial = {
        "begins_on": today,
        "completed_on": today,
        "issued_by": person_of(request).badge,
        "sworn": "",
    }
    data = request.POST if sent == kind.code else None
    return kind(data, profile=profile, prefix=kind.code, initial=initial)


def _done(form: PersonForm, person: Person, *, by: Person) -> bool:
    try:
        form.do(person, by=by)
    except (ValueError, LookupError) as wrong:
        form.add_error(None, str(wrong))
        return False
    return True


def _shown(profile: Profile, person: Person, forms: list[PersonForm]) -> dict[str, object]:
    now = timezone.now()
    today = now.astimezone(profile.zone).date()
    held = appointments.open_there(person, profile.id)
    return {
        "city": profile.id,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "person": person,
        "state": people.state_of(person),
        "closing": accounts.closing_of(person),
        "second_factor_set_up": is_mfa_enabled(person),
        "held": held,
        "papers": [_paper(row, profile, today) for row in appointments.history(person, profile.id)],
        "topics": training.topics_of(person, profile, today=today),
        "courses": training.courses(person, profile.id),
        "attested": [training.in_words(each) for each in sorted(standing.attested(held))]
        if held
        else [],
        "to_attest": [training.in_words(each) for each in appointments.to_attest(profile)],
        "permissions": permissions.given(person, profile.id) if held else [],
        "reviews": accounts.reviews(person, profile.id),
        "practised": practised(person, profile.id),
        "last_administrator": profile.id in accounts.last_administrator_of(person, now=now),
        "forms": forms,
        "wrong": any(form.errors for form in forms),
    }


def practised(person: Person, city: str) -> list[log.Entry]:
    """Practice searches answered as they should be, from the log: evidence for a trainer."""
    entries = log.latest(PRACTICE_LOOKED_THROUGH, actor=person.badge)
    return [
        entry
        for entry in entries
        if entry.act == Act.PRACTICE and entry.city == city and entry.outcome == "done"
    ]


def _paper(row: Appointment, profile: Profile, today: date) -> Paper:
    role = profile.role(row.role)
    title = role.title if role else row.role
    if row.revoked_at is not None:
        return Paper(row, title, "revoked")
    if row.replaced_at is not None:
        return Paper(row, title, "replaced")
    if row.ends_on is not None and row.ends_on < today:
        return Paper(row, title, "ended")
    return Paper(row, title, "in force" if row.begins_on <= today else "to come")

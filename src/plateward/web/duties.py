"""What a city's policy asks of people: what is due, overdue first, and a place to record it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from plateward.custody import holds_keeper, media_register
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.people import reminders, standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import WORDS_FOR_ACT, Act
from plateward.reads import counts
from plateward.upkeep import duties, faults, register
from plateward.web import faults as failing
from plateward.web.signed_in import person_of, used_second_factor

REFUSED: Final = 403
WRONG: Final = 400


@dataclass(frozen=True, slots=True)
class Board:
    """One city's duties as the person sees them; `may` are the codes they may record.

    `drives_due`: of cameras, for whoever keeps them. `reviews`: holds somebody must look at again.
    `lapsing`: for whoever administers people, those to be called in for training.
    """

    city: str
    title: str
    dated: tuple[register.Due, ...]
    standing: tuple[register.Due, ...]
    overdue: int
    open_faults: int
    may: frozenset[str]
    drives_due: int
    reviews: tuple[holds_keeper.Due, ...]
    lapsing: tuple[reminders.Lapsing, ...]


class DeedForm(forms.Form):
    done_on = forms.DateField(
        label="Done on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Say on which day it was done. Nothing was recorded.",
            "invalid": "Write the day like 2026-11-21. Nothing was recorded.",
        },
    )
    found = forms.CharField(
        label="What was done and found",
        max_length=register.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what was done and found. Nothing was recorded."},
        help_text="It cannot be changed afterwards; a correction is a new record.",
    )
    evidence = forms.CharField(
        label="Where the proof is",
        required=False,
        max_length=register.LONGEST,
        help_text="For example a file number or the name of a document. Optional.",
    )


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    held = {post.city: post.role for post in standing.held_by(person_of(request))}
    served = in_force.profiles(held)
    boards = [_board(profile, held[city]) for city, profile in served.items()]
    return render(request, "staff/duties.html", {"boards": boards})


@never_cache
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, city: str, code: str) -> HttpResponse:
    """One duty: what it asks, what was done before, and a form for what was done now."""
    profile = in_force.profiles([city]).get(city)
    duty = duties.one(profile, code) if profile else None
    if profile is None or duty is None:
        return failing.page(request, failing.NOT_FOUND)
    today = _today(profile)
    form = DeedForm(request.POST or None, initial={"done_on": today})
    shown = {
        "duty": duty,
        "city": city,
        "city_title": profile.title(),
        "form": form,
        "may": WORDS_FOR_ACT[duty.act],
        "who": _who_may(profile, duty.act),
    }
    status = 200
    if request.method == "POST":
        refusals = _recorded(request, duty, form, city) if form.is_valid() else ()
        if refusals is None:
            messages.success(request, f"Recorded: {duty.title}.")
            return HttpResponseRedirect(reverse("duties"))
        shown |= {"refusals": refusals}
        status = REFUSED if refusals else WRONG
    shown |= {"history": register.history(city, code)}
    if code == duties.SIGN_OFF:
        ending = counts.ending_by_day(city, profile.zone, now=timezone.now())
        shown |= {"ending": ending.items(), "ending_in_all": sum(ending.values())}
    return render(request, "staff/duty.html", shown, status=status)


def _recorded(
    request: HttpRequest, duty: duties.Duty, form: DeedForm, city: str
) -> tuple[object, ...] | None:
    """None once it is recorded; else the refusals, or none of them where the form says why."""
    said = form.cleaned_data
    deed = register.Deed(duty.code, said["done_on"], said["found"], said["evidence"])
    person = person_of(request)
    try:
        register.check(deed, today=_today(in_force.profile(city)))
        permit = door.admit(
            person,
            duty.act,
            Reason(),
            cities=[city],
            second_factor=used_second_factor(request),
        )
        register.done(deed, by=person.badge, permit=permit, today=_today(in_force.profile(city)))
    except Refused as refused:
        return refused.refusals
    except register.NotRecorded as wrong:
        form.add_error(None, str(wrong))
        return ()
    return None


def _board(profile: Profile, role: str) -> Board:
    today = _today(profile)
    found = register.due(profile.id, today=today)
    held = profile.role(role)
    acts = held.acts if held else frozenset[Act]()
    return Board(
        city=profile.id,
        title=profile.title(),
        dated=tuple(due for due in found if due.next_due is not None),
        standing=tuple(due for due in found if due.next_due is None),
        overdue=sum(due.overdue for due in found),
        open_faults=sum(fault.closed_at is None for fault in faults.of(profile.id)),
        may=frozenset(due.duty.code for due in found if due.duty.act in acts),
        drives_due=_drives_due(profile, acts),
        reviews=tuple(holds_keeper.due(profile.id, today=today)),
        lapsing=reminders.lapsing(profile, today=today) if Act.PEOPLE_ADMINISTER in acts else (),
    )


def _drives_due(profile: Profile, acts: Collection[Act]) -> int:
    """For whoever keeps the city's drives."""
    keeps = media_register.act_of(profile) in acts
    return media_register.due(profile.id, now=timezone.now()) if keeps else 0


def _who_may(profile: Profile, act: Act) -> str:
    """The roles that may record it; without any, the operator records it at the console."""
    titles = [role.title for role in profile.roles.values() if act in role.acts]
    return ", ".join(titles)


def _today(profile: Profile) -> date:
    return timezone.now().astimezone(profile.zone).date()

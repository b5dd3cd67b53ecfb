"""Queries kept for a case: list them, fill in the search form with one, keep one, delete one.

None of them is ever run here: the form that one fills in asks the gate like any other search.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateward.cameras import register
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import saved
from plateward.web import faults, reasons, search, search_words
from plateward.web.search_form import SearchForm, initial_of
from plateward.web.signed_in import person_of, used_second_factor

REFUSED, WRONG = 403, 400
_GONE: Final = faults.Fault(
    404,
    "There is no such saved query",
    "It may have been deleted, be past its last day, or belong to a case that you did not name.",
    "Look at the list of saved queries again.",
)
_LATE: Final = (
    "The search was too long ago, so nothing was saved. Search again, then save it within half an "
    "hour."
)


class CaseForm(forms.Form):
    case_number = forms.CharField(
        label="Case number",
        required=False,
        max_length=60,
        help_text="Shows what colleagues of your agency share for that case. The log says that you "
        "asked.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class KeepForm(forms.Form):
    last_day = forms.DateField(
        error_messages={
            "required": "Choose the last day on which it is kept. Nothing was saved.",
            "invalid": "That is no date. Nothing was saved.",
        }
    )
    shared = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A saved query on the list. `said` is empty where what it asked for cannot be opened."""

    query: saved.Saved
    city_title: str
    zone: str
    said: tuple[str, ...]


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """One's own; and by POST, so that no case number is in an address, those shared of a case."""
    form = CaseForm(request.POST or None)
    case = form.cleaned_data["case_number"].strip() if form.is_valid() else ""
    try:
        permit = _seeing(request, _own_cities(request), case=case)
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/saved.html", refusals, status=REFUSED)
    by, now = person_of(request), timezone.now()
    context = {
        "form": form,
        "case": case,
        "own": _lines(saved.own(by=by, permit=permit, now=now), permit),
        "shared": _lines(saved.of_case(by=by, permit=permit, now=now), permit),
        "refusals": permit.refusals,
        "admitted": True,
        "entries": tuple(permit.entries.values()),
    }
    return render(request, "staff/saved.html", context)


@never_cache
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the search that was just made, for the case it was made for."""
    person = person_of(request)
    slip = reasons.carried(request.POST.get("slip", ""), person=person)
    form, profile = KeepForm(request.POST), _profile(request.POST.get("city", ""))
    asked = SearchForm(request.POST, person=person)
    if slip is None or profile is None or asked.question(now=timezone.now()) is None:
        return _told(request, _LATE)
    if not form.is_valid():
        return _told(request, str(next(iter(form.errors.values()))[0]))
    try:
        permit = _saving(request, slip.reason, profile)
        reference = saved.keep(
            asked.what(),
            shared=form.cleaned_data["shared"],
            ends_at=_end_of(form.cleaned_data["last_day"], profile),
            by=person,
            permit=permit,
            now=timezone.now(),
        )
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/saved.html", refusals, status=REFUSED)
    except saved.NotSaved as wrong:
        return _told(request, str(wrong))
    messages.success(request, f"Saved as {reference}. It finds nothing by itself.")
    return HttpResponseRedirect(reverse("saved"))


@never_cache
@require_POST
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """The search form, filled in. Nothing is searched until the person says why and presses it."""
    try:
        query = _opened(request, reference)
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/saved.html", refusals, status=REFUSED)
    except saved.NoSuchQuery:
        return faults.page(request, _GONE)
    begins = {**initial_of(query.what or {}), "case_number": query.case_number}
    form = SearchForm(person=person_of(request), initial=begins)
    return search.shown(request, form, saved=(query.reference, query.case_number))


@never_cache
@require_POST
def delete(request: HttpRequest, reference: str) -> HttpResponse:
    city = saved.city_of(reference)
    try:
        permit = _seeing(request, [city] if city else [], reference=reference)
        saved.delete(reference, by=person_of(request), permit=permit)
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/saved.html", refusals, status=REFUSED)
    except saved.NoSuchQuery:
        return faults.page(request, _GONE)
    messages.success(request, f"{reference} is deleted, and the key of what it asked for with it.")
    return HttpResponseRedirect(reverse("saved"))


def _opened(request: HttpRequest, reference: str) -> saved.Saved:
    """Raise Refused or NoSuchQuery."""
    city = saved.city_of(reference)
    case = request.POST.get("case_number", "")[:60].strip()
    permit = _seeing(request, [city] if city else [], case=case, reference=reference)
    return saved.one(reference, by=person_of(request), permit=permit, now=timezone.now())


def _seeing(
    request: HttpRequest, cities: list[str], *, case: str = "", reference: str = ""
) -> Permit:
    return door.admit(
        person_of(request),
        Act.QUERIES_SEE,
        Reason(case_number=case),
        cities=cities or in_force.cities(),
        query={"saved": reference[:20]},
        second_factor=used_second_factor(request),
    )


def _saving(request: HttpRequest, reason: Reason, profile: Profile) -> Permit:
    return door.admit(
        person_of(request),
        Act.QUERIES_SAVE,
        reason,
        cities=[profile.id],
        second_factor=used_second_factor(request),
    )


def _own_cities(request: HttpRequest) -> list[str]:
    return [held.city for held in standing.held_by(person_of(request))]


def _profile(city: str) -> Profile | None:
    return in_force.profiles([city]).get(city)


def _lines(found: list[saved.Saved], permit: Permit) -> list[Line]:
    served = in_force.profiles(in_force.cities())
    titles = {city: profile.title() for city, profile in served.items()}
    cameras = {camera.code: camera.title for camera in register.of_cities(list(titles))}
    return [
        Line(
            each,
            titles[each.city],
            served[each.city].timezone,
            search_words.of_saved(each.what, cameras, titles) if each.what else (),
        )
        for each in found
    ]


def _told(request: HttpRequest, words: str) -> HttpResponse:
    messages.warning(request, words)
    return HttpResponseRedirect(reverse("saved"))


def _end_of(day: date, profile: Profile) -> datetime:
    """The last moment of that day, on the city's clock."""
    return datetime.combine(day, time.max, profile.zone)

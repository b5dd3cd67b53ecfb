"""Ask for a hold on one of the city's own grounds, or make an emergency preservation copy."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.custody import holds, preserved
from plateward.gate import door
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.policy import holds as policy
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads.query import BadQuery, Query
from plateward.web import holds as register
from plateward.web.holds_forms import HoldForm, PreserveForm, told
from plateward.web.manage_door import NotOpen, city_of, told_of
from plateward.web.presence import recently_confirmed
from plateward.web.signed_in import person_of, used_second_factor

_FIELDS: Final = {"why": "note"}


@never_cache
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile = city_of(request, city)
    except NotOpen as closed:
        return closed.answer
    initial = {"reads": request.GET.get("read", ""), "scope": "reads"}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = HoldForm(*sent, profile=profile, person=person_of(request), initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _place_page(request, profile, form)
    try:
        number = _placed(request, profile, form)
    except Refused as refused:
        return _place_page(request, profile, form, refused.refusals)
    except (holds.WrongHold, BadQuery) as wrong:
        told(form, wrong, _FIELDS)
        return _place_page(request, profile, form)
    messages.success(
        request,
        f"H-{number} waits for somebody else to approve it. Until then nothing is held: reads that "
        "end before are gone.",
    )
    return HttpResponseRedirect(reverse("hold", args=[city, number]))


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def preserve(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile = city_of(request, city)
    except NotOpen as closed:
        return closed.answer
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PreserveForm(*sent, profile=profile)
    if request.method != "POST" or not form.is_valid():
        return _preserve_page(request, profile, form)
    try:
        asked = form.wanted()
        permit = _admitted(request, Act.PRESERVE, profile, Reason(note=asked.why))
        number = preserved.make(
            asked, by=person_of(request), profile=profile, permit=permit, now=timezone.now()
        )
    except Refused as refused:
        return _preserve_page(request, profile, form, refused.refusals)
    except (holds.WrongHold, BadQuery) as wrong:
        told(form, wrong, _FIELDS)
        return _preserve_page(request, profile, form)
    messages.success(request, f"P-{number} is made. Counsel alone opens it.")
    return HttpResponseRedirect(reverse("hold", args=[city, number]))


def _placed(request: HttpRequest, profile: Profile, form: HoldForm) -> int:
    asked, reason = form.wanted(), form.reason()
    permit = _admitted(request, Act.HOLDS_PLACE, profile, reason)
    question = asked.scope.query
    searched = _searched(request, profile, reason, question) if question else None
    return holds.ask(
        asked,
        by=person_of(request),
        profile=profile,
        permit=permit,
        searched=searched,
        now=timezone.now(),
    )


def _searched(request: HttpRequest, profile: Profile, reason: Reason, question: Query) -> Permit:
    """A hold by question looks as a search does, so it needs what a search needs."""
    return door.admit(
        person_of(request),
        Act.READS_SEARCH,
        reason,
        cities=[profile.id],
        query=question.facts(),
        breadth=question.breadth(now=timezone.now()),
        second_factor=used_second_factor(request),
    )


def _admitted(request: HttpRequest, act: Act, profile: Profile, reason: Reason) -> Permit:
    return door.admit(
        person_of(request),
        act,
        reason,
        cities=[profile.id],
        second_factor=used_second_factor(request),
    )


def _place_page(
    request: HttpRequest, profile: Profile, form: HoldForm, refusals: tuple[Refusal, ...] = ()
) -> HttpResponse:
    context = _context(profile, form, refusals) | {
        "without": register.without(profile),
        "grounds": register.grounds(profile),
        "types": _types(profile),
        "paper": policy.document_asked(profile),
        "may_preserve": Act.PRESERVE in register.acts_of(request, profile)
        and register.preservation_is_the_way(profile),
    }
    return render(request, "staff/hold_new.html", context, status=_status(form, refusals))


def _preserve_page(
    request: HttpRequest, profile: Profile, form: PreserveForm, refusals: tuple[Refusal, ...] = ()
) -> HttpResponse:
    context = _context(profile, form, refusals) | {
        "objection": policy.may_preserve(profile, has_document=True),
        "without": register.without(profile),
    }
    return render(request, "staff/hold_preserve.html", context, status=_status(form, refusals))


def _context(
    profile: Profile, form: forms.Form, refusals: tuple[Refusal, ...]
) -> dict[str, object]:
    return told_of(profile) | {"form": form, "refusals": refusals}


def _types(profile: Profile) -> list[tuple[str, str]]:
    """What a paper may be called, and the city's own ground for it; "" where there is none."""
    return [
        (kind.label, policy.label(own) if (own := policy.ground_for(profile, code)) else "")
        for code, kind in policy.TYPES.items()
    ]


def _status(form: forms.Form, refusals: tuple[Refusal, ...]) -> int:
    return 403 if refusals else 400 if form.errors else 200

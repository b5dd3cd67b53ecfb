"""One alert: compare it with its picture, verify or reject it, pass it on, say what came of it.

Opening it asks why, as a search does. What a person chose once is taken for the next alert of the
same sitting, with the case of its own entry.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateward.cameras import register
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.hotlists import alerts, review, steps
from plateward.hotlists.review import Checks, Outcome, Reason, Seen
from plateward.hotlists.steps import NotTaken
from plateward.policy import in_force
from plateward.policy.decide import Reason as Why
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import board, faults
from plateward.web.public import drawing
from plateward.web.read import pixels
from plateward.web.reasons import ReasonForm, carried, carry
from plateward.web.signed_in import person_of, used_second_factor

GONE: Final = faults.Fault(
    404,
    "There is no such alert",
    "It may have been deleted on schedule: an alert goes when its read goes.",
    "Go back to the board to see what is there now.",
)
CONFLICT: Final = 409
_SITTING: Final = "alerts_purpose"  # of the session: the purpose chosen last
_SAID: Final = {Seen.CONFIRMED: "", Seen.NOT_VISIBLE: "", Seen.NOT_LISTED: ""}


class _StepForm(forms.Form):
    seen = forms.IntegerField(
        min_value=0,
        max_value=10_000,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "The form did not say what you had before you. Look at the alert again. Nothing was "
            "changed.",
        ),
    )


def _found(thing: str) -> forms.ChoiceField:
    missing = f"Say what the picture shows of the {thing}. Nothing was changed."
    return forms.ChoiceField(
        choices=list(_SAID.items()),
        error_messages={"required": missing, "invalid_choice": missing},
    )


class VerifyForm(_StepForm):
    plate = _found("plate")
    state = _found("state")
    vehicle = _found("vehicle")

    def checks(self) -> Checks:
        """After is_valid."""
        return Checks(*(Seen(self.cleaned_data[thing]) for thing in review.THINGS))


class RejectForm(_StepForm):
    reason = forms.ChoiceField(
        choices=list(review.REASONS.items()),
        error_messages={"required": "Choose why the alert is rejected. Nothing was changed."},
    )
    words = forms.CharField(required=False, max_length=steps.LONGEST)


class PassOnForm(_StepForm):
    to = forms.CharField(
        max_length=steps.LONGEST,
        error_messages={"required": "Say to whom it was passed on. Nothing was changed."},
    )


class CloseForm(_StepForm):
    outcome = forms.ChoiceField(
        choices=list(review.OUTCOMES.items()),
        error_messages={"required": "Choose what came of it. Nothing was changed."},
    )
    words = forms.CharField(required=False, max_length=steps.LONGEST)


@dataclass(frozen=True, slots=True)
class _Doing:
    """A step as the pages take it. `take` is given the alert, the form, and who does it when."""

    act: Act
    form: type[_StepForm]
    take: Callable[[int, Any, Permit, datetime], None]
    done: str


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, alert: int) -> HttpResponse:
    profile = _profile_of(alert)
    if profile is None:
        return faults.page(request, GONE)
    form = _form(request, profile)
    if request.method == "POST":
        why = _given(form, alert) if form.is_valid() else None
    else:
        why = _of_this_sitting(request, profile, form, alert)
    if why is None:
        return _ask(request, alert, profile, form)
    try:
        permit = _admitted(request, Act.ALERTS_OPEN, why, profile, alert)
    except Refused as refused:
        return _ask(request, alert, profile, form, refused)
    if request.session.get(_SITTING) != why.purpose:
        request.session[_SITTING] = why.purpose
    return _opened(request, alert, permit, why)


@never_cache
@require_POST
def verify(request: HttpRequest, alert: int) -> HttpResponse:
    def take(alert: int, form: VerifyForm, permit: Permit, now: datetime) -> None:
        seen = form.cleaned_data["seen"]
        steps.verify(alert, form.checks(), seen=seen, permit=permit, now=now)

    done = "Verified. It may be passed on now."
    return _step(request, alert, _Doing(Act.ALERTS_VERIFY, VerifyForm, take, done))


@never_cache
@require_POST
def reject(request: HttpRequest, alert: int) -> HttpResponse:
    def take(alert: int, form: RejectForm, permit: Permit, now: datetime) -> None:
        said = form.cleaned_data
        reason, words = Reason(said["reason"]), said["words"]
        steps.reject(alert, reason, words, seen=said["seen"], permit=permit, now=now)

    done = "Rejected. Nothing goes out from it."
    return _step(request, alert, _Doing(Act.ALERTS_VERIFY, RejectForm, take, done))


@never_cache
@require_POST
def pass_on(request: HttpRequest, alert: int) -> HttpResponse:
    def take(alert: int, form: PassOnForm, permit: Permit, now: datetime) -> None:
        said = form.cleaned_data
        steps.pass_on(alert, said["to"], seen=said["seen"], permit=permit, now=now)

    done = "It is on record that this was passed on."
    return _step(request, alert, _Doing(Act.ALERTS_PASS_ON, PassOnForm, take, done))


@never_cache
@require_POST
def close(request: HttpRequest, alert: int) -> HttpResponse:
    def take(alert: int, form: CloseForm, permit: Permit, now: datetime) -> None:
        said = form.cleaned_data
        outcome, words = Outcome(said["outcome"]), said["words"]
        steps.close(alert, outcome, words, seen=said["seen"], permit=permit, now=now)

    done = "What came of it is on record."
    return _step(request, alert, _Doing(Act.ALERTS_CLOSE, CloseForm, take, done))


def _step(request: HttpRequest, alert: int, doing: _Doing) -> HttpResponse:
    profile = _profile_of(alert)
    if profile is None:
        return faults.page(request, GONE)
    slip = carried(request.POST.get("slip", ""), person=person_of(request))
    unbound = ReasonForm(profiles=[profile], person=person_of(request))
    if slip is None:
        return _ask(request, alert, profile, unbound, stale=True)
    try:
        permit = _admitted(request, doing.act, slip.reason, profile, alert)
    except Refused as refused:
        return _ask(request, alert, profile, unbound, refused)
    trouble = _taken(doing, alert, doing.form(request.POST), permit)
    done = "" if trouble else doing.done
    return _opened(request, alert, permit, slip.reason, done=done, trouble=trouble)


def _taken(doing: _Doing, alert: int, form: _StepForm, permit: Permit) -> str:
    """What stood in the way; empty where the step was taken."""
    if not form.is_valid():
        return str(next(iter(form.errors.values()))[0])
    try:
        doing.take(alert, form, permit, timezone.now())
    except NotTaken as wrong:
        return str(wrong)
    return ""


def _profile_of(alert: int) -> Profile | None:
    city = alerts.city_of(alert)
    return in_force.profile(city) if city is not None else None


def _form(request: HttpRequest, profile: Profile) -> ReasonForm:
    person = person_of(request)
    if request.method == "POST":
        return ReasonForm(request.POST, profiles=[profile], person=person)
    chosen = request.session.get(_SITTING, "")
    return ReasonForm(profiles=[profile], person=person, initial={"purpose": chosen})


def _given(form: ReasonForm, alert: int) -> Why:
    """What was typed; without a case, the entry's own."""
    why = form.reason()
    return why if why.case_number else replace(why, case_number=alerts.case_of(alert))


def _of_this_sitting(
    request: HttpRequest, profile: Profile, form: ReasonForm, alert: int
) -> Why | None:
    """The purpose chosen before, and the case of this alert's entry; None where the city asks for
    more than these say."""
    purpose, case = request.session.get(_SITTING, ""), alerts.case_of(alert)
    asks_more = profile.gate.note or profile.gate.case_reference != "none"
    if purpose not in profile.purposes.labels or form.reminders() or (asks_more and not case):
        return None
    return Why(purpose=purpose, case_number=case)


def _admitted(request: HttpRequest, act: Act, why: Why, profile: Profile, alert: int) -> Permit:
    return door.admit(
        person_of(request),
        act,
        why,
        cities=[profile.id],
        query={"alert": str(alert)},
        second_factor=used_second_factor(request),
    )


def _ask(
    request: HttpRequest,
    alert: int,
    profile: Profile,
    form: ReasonForm,
    refused: Refused | None = None,
    *,
    stale: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "number": alert,
        "city_title": profile.title(),
        "refusals": refused.refusals if refused else (),
        "stale": stale,
        "light": is_light(request),
    }
    status = 403 if refused else 400 if form.errors else 200
    return render(request, "staff/alert_ask.html", context, status=status)


def _opened(
    request: HttpRequest,
    alert: int,
    permit: Permit,
    why: Why,
    *,
    done: str = "",
    trouble: str = "",
) -> HttpResponse:
    found = alerts.opened(alert, permit=permit)
    if found is None:
        return faults.page(request, GONE)
    photo = found.scene.photo
    context = {
        "shown": board.shown(found.alert),
        "scene": found.scene,
        "photo_size": pixels(photo) if photo else None,
        "must": found.must,
        "reasons": review.REASONS.items(),
        "outcomes": review.OUTCOMES.items(),
        "slip": carry(why, search=permit.entry, person=person_of(request)),
        "entry": permit.entry,
        "done": done,
        "trouble": trouble,
        "light": is_light(request),
        **_map(found.alert),
    }
    return render(request, "staff/alert.html", context, status=CONFLICT if trouble else 200)


def _map(alert: alerts.Alert) -> dict[str, object]:
    """Where the camera stands among the others of its city."""
    cameras = register.of(alert.city)
    here = next((n for n, each in enumerate(cameras, start=1) if each.code == alert.camera), 0)
    return {"plan": drawing.plan(cameras), "here": here}


def is_light(request: HttpRequest) -> bool:
    """Dispatch rooms are dark, so the board is, unless this browser chose otherwise."""
    return request.COOKIES.get("plateward_board") == "light"

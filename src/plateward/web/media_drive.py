"""One card or drive: its history, what may happen to it next, a correction, a receipt to sign."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from plateward.custody import media_register as media
from plateward.custody.media_register import What
from plateward.custody.media_register_steps import WORDS, Step, place_in_words, possible
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.web.manage_door import NotOpen, missing, told_of
from plateward.web.media import opened, rules_of
from plateward.web.media_forms import CorrectionForm, StepForm, as_told
from plateward.web.signed_in import person_of, used_second_factor

WRONG, REFUSED = 400, 403
# Nobody chooses to do these: they stand behind what is done every week.
_MISHAPS: Final = (What.SPOILED, What.LOST)


@dataclass(frozen=True, slots=True)
class Next:
    """Something that may happen now, and its form. `open`: it was sent and came back."""

    what: What
    title: str
    form: StepForm
    open: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A step on the page. `title` in words; `told`: what was said of it, part by part."""

    recorded: media.Recorded
    title: str
    told: tuple[str, ...]
    may_correct: bool


@dataclass(frozen=True, slots=True)
class _Correction:
    """What a step should read, and why."""

    was: media.Recorded
    form: StepForm
    why: CorrectionForm

    @property
    def never(self) -> bool:
        return bool(self.why.cleaned_data["never"])

    def is_valid(self) -> bool:
        return self.why.is_valid() and (self.never or self.form.is_valid())

    def step(self) -> Step:
        return Step(What.VOID, self.was.step.at) if self.never else self.form.step()

    def reason(self) -> Reason:
        return Reason() if self.never else self.form.reason()


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """A drive, and a form for each thing that may happen to it next."""
    try:
        profile, permit = opened(request, city)
        shown, _ = _one(request, city, number, permit)
    except NotOpen as closed:
        return closed.answer
    sent = _sent(request, shown, profile)
    if sent is None or not sent.is_valid():
        return _show(request, profile, number, permit, sent=sent)
    try:
        step = sent.step()
        allowed = _permit(request, step.what, profile, permit, sent.reason())
        media.record(number, step, permit=allowed, now=timezone.now())
    except Refused as refused:
        return _show(request, profile, number, permit, sent=sent, refused=refused)
    except media.NotRecorded as wrong:
        sent.add_error(None, str(wrong))
        return _show(request, profile, number, permit, sent=sent)
    messages.success(request, f"On record: {WORDS[step.what].lower()}.")
    return HttpResponseRedirect(reverse("media_drive", args=[city, number]))


@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, city: str, number: int, row: int) -> HttpResponse:
    """What a step should read; the row that is wrong stays beside it."""
    try:
        profile, permit = opened(request, city)
        shown, steps = _one(request, city, number, permit)
        was = _step(request, steps, row)
    except NotOpen as closed:
        return closed.answer
    told = request.POST if request.method == "POST" else None
    correction = _Correction(
        was,
        StepForm(
            told,
            what=was.step.what,
            profile=profile,
            person=person_of(request),
            initial=as_told(was.step, profile),
        ),
        CorrectionForm(told),
    )
    refusals: tuple[object, ...] = ()
    if correction.is_valid():
        try:
            what, why = was.step.what, correction.why.cleaned_data["why"]
            allowed = _permit(request, what, profile, permit, correction.reason())
            step = correction.step()
            media.correct(row, step, why=why, permit=allowed, now=timezone.now())
        except Refused as refused:
            refusals = refused.refusals
        except media.NotRecorded as wrong:
            correction.why.add_error(None, str(wrong))
        else:
            messages.success(request, "Corrected. What was there stays on record.")
            return HttpResponseRedirect(reverse("media_drive", args=[city, number]))
    context = told_of(profile) | {
        "drive": shown,
        "title": WORDS[was.step.what],
        "correction": correction,
        "refusals": refusals,
    }
    status = REFUSED if refusals else WRONG if told else 200
    return render(request, "staff/media_correct.html", context, status=status)


@never_cache
@require_GET
def receipt(request: HttpRequest, city: str, number: int, row: int) -> HttpResponse:
    """A page to print, for whoever took the drive to sign."""
    try:
        profile, permit = opened(request, city)
        shown, steps = _one(request, city, number, permit)
        step = _step(request, steps, row)
    except NotOpen as closed:
        return closed.answer
    if step.step.what is not What.HANDED_OVER:
        return missing(request).answer
    then = [each for each in shown.recordings if each.recording.taken_out_at <= step.step.at]
    context = told_of(profile) | {
        "drive": shown,
        "row": step,
        "on_it": then[-1] if then else None,
        "theirs": profile.at("sharing.custody_transfers"),
        "theirs_by": profile.clauses_for("sharing.custody_transfers"),
        "their_policy": profile.at("sharing.recipient_policy_applies"),
        "their_policy_by": profile.clauses_for("sharing.recipient_policy_applies"),
        "receipt_by": profile.clauses_for("sharing.receipt"),
    }
    return render(request, "staff/media_receipt.html", context)


def _show(
    request: HttpRequest,
    profile: Profile,
    number: int,
    permit: Permit,
    *,
    sent: StepForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    shown, steps = media.one(number, permit=permit, now=timezone.now())
    ahead = _ahead(shown, profile, request, sent)
    context = told_of(profile) | {
        "drive": shown,
        "where": place_in_words(shown.state),
        "rows": [_row(each, profile) for each in reversed(steps)],
        "ahead": [each for each in ahead if each.what not in _MISHAPS],
        "mishaps": [each for each in ahead if each.what in _MISHAPS],
        "rules": rules_of(profile),
        "refusals": refused.refusals if refused else (),
        "logged": permit.entries[profile.id],
    }
    wrong = REFUSED if refused else WRONG
    return render(request, "staff/media_drive.html", context, status=wrong if sent else 200)


def _ahead(
    shown: media.Shown, profile: Profile, request: HttpRequest, sent: StepForm | None
) -> list[Next]:
    person = person_of(request)
    found = []
    for what in possible(shown.state):
        back = sent if sent and sent.what is what else None
        form = back or StepForm(what=what, profile=profile, person=person)
        found.append(Next(what, WORDS[what], form, back is not None))
    return found


def _sent(request: HttpRequest, shown: media.Shown, profile: Profile) -> StepForm | None:
    """The form that was sent, where that may happen now; None: nothing was."""
    told = request.POST.get("what", "")
    what = next((each for each in possible(shown.state) if each == told), None)
    if what is None:
        return None
    return StepForm(request.POST, what=what, profile=profile, person=person_of(request))


def _permit(
    request: HttpRequest, what: What, profile: Profile, permit: Permit, reason: Reason
) -> Permit:
    """The page's own, but for what asks for more. Raises Refused."""
    act = media.act_for(what, profile)
    if act == permit.act:
        return permit
    return door.admit(
        person_of(request),
        act,
        reason,
        cities=[profile.id],
        second_factor=used_second_factor(request),
    )


def _one(
    request: HttpRequest, city: str, number: int, permit: Permit
) -> tuple[media.Shown, list[media.Recorded]]:
    try:
        return media.one(number, permit=permit, now=timezone.now())
    except media.NotRecorded as none:
        raise missing(request) from none


def _step(request: HttpRequest, steps: list[media.Recorded], row: int) -> media.Recorded:
    """One that stands and that may be corrected here. Raises NotOpen."""
    kept = (What.HELD, What.RELEASED)
    for each in steps:
        if each.number == row and each.stands and each.step.what not in kept:
            return each
    raise missing(request)


def _row(recorded: media.Recorded, profile: Profile) -> Row:
    step = recorded.step
    told = [step.camera, step.place, step.agency, step.who, step.badge, step.reference]
    if step.recorded_from and step.recorded_until:
        first, last = (
            f"{each.astimezone(profile.zone):%Y-%m-%d %H:%M}"
            for each in (step.recorded_from, step.recorded_until)
        )
        told.insert(1, f"recorded {first} to {last}")
    if step.requested_on:
        told.append(f"asked on {step.requested_on}")
    told += [f"case {step.case_number}" if step.case_number else "", step.note]
    may = recorded.stands and step.what not in (What.HELD, What.RELEASED)
    return Row(recorded, WORDS[step.what], tuple(filter(None, told)), may)

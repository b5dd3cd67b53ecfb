"""Put a new text in force: check it, see what it changes, answer its silences, adopt it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.gate.permit import Permit
from plateward.oversight import what_if
from plateward.policy import adopt, in_force, load
from plateward.policy.profile import Profile
from plateward.web.policy import door
from plateward.web.policy import draft as policy_draft
from plateward.web.policy import forms as policy_forms
from plateward.web.policy import told as policy_told
from plateward.web.policy.draft import Checked, Draft, NotGood
from plateward.web.presence import recently_confirmed

QUARTER: Final = timedelta(days=91)
WRONG: Final = 400
_COUNTED: Final = "policy_replay"


@never_cache
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, city: str) -> HttpResponse:
    """The first step: a text, looked at as soon as it is sent."""
    try:
        profile, permit = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    before = policy_draft.kept(request.session, city, by=permit.actor)
    form = policy_forms.TextForm(
        request.POST or None, request.FILES or None, initial=_begin_with(profile, before)
    )
    context = {"city": city, "city_title": profile.title(), "form": form, "draft": before}
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        answers = before.answers if before else ()
        draft = Draft(said["text"], tuple(said["laws"]), answers)
        try:
            found = policy_draft.checked(draft, profile, by=permit.actor)
        except NotGood as wrong:
            form = policy_forms.TextForm(initial=said)
            context |= {"wrong": wrong, "form": form}
            return render(request, "staff/policy_text.html", context, status=WRONG)
        policy_draft.keep(request.session, city, found.draft)
        return HttpResponseRedirect(reverse("policy_changes", args=[city]))
    status = WRONG if form.errors else 200
    return render(request, "staff/policy_text.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest, city: str) -> HttpResponse:
    """The second step: what would change, and what somebody has to decide."""
    try:
        profile, permit = door.opened(request, city)
        found = _draft(request, profile, permit)
    except door.NotOpen as closed:
        return closed.answer
    forms = _answer_forms(request, found, profile, permit)
    wrong = [form for form in forms if form.errors]
    if request.method == "POST" and not wrong:
        answers = tuple(form.answer() for form in forms)
        policy_draft.keep(request.session, city, replace(found.draft, answers=answers))
        further = "policy_adopt" if "go_on" in request.POST else "policy_changes"
        return HttpResponseRedirect(reverse(further, args=[city]))
    context = _told(profile, found) | {
        "forms": forms,
        "wrong": wrong,
        "replay": _replay(request, profile, found),
        "days": QUARTER.days,
    }
    status = WRONG if wrong else 200
    return render(request, "staff/policy_changes.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def put_in_force(request: HttpRequest, city: str) -> HttpResponse:
    """The last step. What was shown is what is adopted, or nothing is."""
    try:
        profile, permit = door.opened(request, city)
        found = _draft(request, profile, permit)
    except door.NotOpen as closed:
        return closed.answer
    if found.waiting:
        messages.warning(request, "Nothing was adopted: a silence is still without an answer.")
        return HttpResponseRedirect(reverse("policy_changes", args=[city]))
    seen = f"{profile.version}:{found.would_be.digest}"
    form = policy_forms.AdoptForm(request.POST or None)
    if form.is_bound and form.is_valid():
        version = _adopted(form, found.draft, permit, changed=request.POST.get("seen") != seen)
        if version is not None:
            policy_draft.forget(request.session, city)
            messages.success(request, f"Version {version} is in force now. It is in the log.")
            return HttpResponseRedirect(reverse("policy", args=[city]))
    context = _told(profile, found) | {
        "form": form,
        "seen": seen,
        "answers": policy_told.answers(found.would_be),
    }
    status = WRONG if form.errors else 200
    return render(request, "staff/policy_adopt.html", context, status=status)


@never_cache
@require_http_methods(["POST"])
def discard(request: HttpRequest, city: str) -> HttpResponse:
    try:
        door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    policy_draft.forget(request.session, city)
    messages.success(request, "The draft is gone. What is in force is as it was.")
    return HttpResponseRedirect(reverse("policy", args=[city]))


def _begin_with(profile: Profile, before: Draft | None) -> dict[str, Any]:
    if before is not None:
        return {"text": before.text, "laws": list(before.laws)}
    return {
        "text": in_force.history(profile.id)[0].document,
        "laws": policy_draft.laws_named(profile),
    }


def _draft(request: HttpRequest, profile: Profile, permit: Permit) -> Checked:
    """The draft, checked anew. Where there is none, the first step is where to go."""
    draft = policy_draft.kept(request.session, profile.id, by=permit.actor)
    first_step = HttpResponseRedirect(reverse("policy_text", args=[profile.id]))
    if draft is None:
        messages.info(request, "There is no draft yet. Begin with its text.")
        raise door.NotOpen(first_step)
    try:
        return policy_draft.checked(draft, profile, by=permit.actor)
    except NotGood as wrong:
        said = " ".join([wrong.why, *wrong.lines])
        messages.warning(request, f"{said} Nothing was adopted; the text is below.")
        raise door.NotOpen(first_step) from wrong


def _answer_forms(
    request: HttpRequest, found: Checked, profile: Profile, permit: Permit
) -> list[policy_forms.AnswerForm]:
    drafted = {each.path: each for each in found.draft.answers}
    who = policy_told.names(each.by for each in profile.answers.values())
    now = {
        path: replace(each, by=who.get(each.by, each.by)) for path, each in profile.answers.items()
    }
    return [
        policy_forms.AnswerForm(
            request.POST or None,
            prefix=f"silence{number}",
            silence=silence,
            in_force=now.get(silence.path),
            by=permit.actor,
            initial=policy_forms.initial(silence, drafted.get(silence.path), now.get(silence.path)),
        )
        for number, silence in enumerate(found.silences)
    ]


def _told(profile: Profile, found: Checked) -> dict[str, Any]:
    return {
        "city": profile.id,
        "city_title": profile.title(),
        "version": profile.version,
        "digest": found.would_be.digest,
        "changes": policy_told.changes(profile, found.would_be),
        "laws": policy_told.laws(found.would_be),
        "waiting": found.waiting,
        "warnings": found.warnings,
        "suspended": tuple(found.would_be.suspended),
        "who": door.configuring(found.would_be),
    }


def _replay(request: HttpRequest, profile: Profile, found: Checked) -> Mapping[str, Any]:
    """The last quarter under the draft: counted once for each draft, as it reads the whole log."""
    of = f"{profile.version}:{found.would_be.digest}"
    counted: Mapping[str, Any] = request.session.get(_COUNTED, {})
    if counted.get("of") != of:
        now = timezone.now()
        told = what_if.under(found.would_be, profile.id, since=now - QUARTER, now=now)
        counted = {"of": of} | policy_told.replayed(told)
        request.session[_COUNTED] = counted
    return counted


def _adopted(
    form: policy_forms.AdoptForm, draft: Draft, permit: Permit, *, changed: bool
) -> int | None:
    """The version now in force; None where nothing was adopted, and the form says why."""
    if changed:
        form.add_error(
            None,
            "The draft, or what is in force, has changed since this page was opened. Nothing was "
            "adopted. Read below what would change now, then adopt.",
        )
        return None
    try:
        return adopt.adopt(
            draft.text,
            answers=draft.answers,
            by=permit.actor,
            instrument=form.cleaned_data["instrument"],
            now=timezone.now(),
            named=draft.laws,
        )
    except (adopt.CannotAdopt, load.WrongProfile) as refused:
        form.add_error(None, f"Nothing was adopted. {refused}")
        return None

"""Put one clause of a city out of force by an order, and back; the rest of the policy works on."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.policy import adopt, in_force
from plateward.policy.profile import Profile
from plateward.web.policy import door
from plateward.web.policy import forms as policy_forms
from plateward.web.policy import told as policy_told
from plateward.web.presence import recently_confirmed


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def page(request: HttpRequest, city: str, clause: str) -> HttpResponse:
    """What would change, then the act itself. A clause in force is suspended, another resumed."""
    try:
        profile, permit = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    row = next((each for each in profile.clauses if (each.city, each.id) == (city, clause)), None)
    if row is None:
        return door.missing(request).answer
    is_suspended = clause in profile.suspended
    form = policy_forms.ClauseForm(request.POST or None)
    if _as_it_was_shown(request, form, profile) and form.is_valid():
        act = adopt.resume if is_suspended else adopt.suspend
        said = _done(act, profile, clause, form, by=permit.actor)
        if said is not None:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("policy", args=[city]))
    context = {
        "city": city,
        "city_title": profile.title(),
        "clause": row,
        "suspended": next(
            (each for each in policy_told.suspended(profile) if each.clause == clause), None
        ),
        "form": form,
        "seen": profile.version,
        **_preview(profile, clause, is_suspended=is_suspended),
    }
    status = 400 if form.errors else 200
    return render(request, "staff/policy_clause.html", context, status=status)


def _preview(profile: Profile, clause: str, *, is_suspended: bool) -> dict[str, object]:
    would = adopt.would_resume if is_suspended else adopt.would_suspend
    try:
        after = would(profile.id, clause)
    except adopt.CannotAdopt as refused:
        return {"cannot": str(refused)}
    return {
        "changes": policy_told.ruled(profile, after),
        "who": door.configuring(after),
    }


def _as_it_was_shown(request: HttpRequest, form: policy_forms.ClauseForm, profile: Profile) -> bool:
    """Whether something was sent, and of the version that is still in force."""
    if form.is_bound and request.POST.get("seen") != str(profile.version):
        form.add_error(
            None,
            "Another version was put in force since this page was opened. Nothing was changed. "
            "Read below what would change now.",
        )
        return False
    return form.is_bound


def _done(
    act: Callable[..., tuple[int, Profile]],
    profile: Profile,
    clause: str,
    form: policy_forms.ClauseForm,
    *,
    by: str,
) -> str | None:
    """What was done, in words; None where nothing was, and the form says why."""
    reference = form.cleaned_data["reference"]
    try:
        version, _ = act(profile.id, clause, reference=reference, by=by, now=timezone.now())
    except (adopt.CannotAdopt, in_force.NoPolicy) as refused:
        form.add_error(None, str(refused))
        return None
    done = "back in force" if act is adopt.resume else "suspended"
    return f"{clause} is {done}. Version {version} is in force now, and in the log."

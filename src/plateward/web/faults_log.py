"""What does not work in a city: open a fault, close it, see when things were out."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults
from plateward.web import faults as failing
from plateward.web.search_form import LocalTime
from plateward.web.signed_in import person_of, used_second_factor

REFUSED: Final = 403
WRONG: Final = 400


class TroubleForm(forms.Form):
    what = forms.CharField(
        label="What does not work",
        max_length=faults.LONGEST,
        help_text="A camera's name, or for example: the storage.",
        error_messages={"required": "Say what does not work. Nothing was recorded."},
    )
    trouble = forms.CharField(
        label="What is wrong",
        max_length=faults.LONGEST,
        error_messages={"required": "Say what is wrong. Nothing was recorded."},
    )
    discovered_at = LocalTime(label="Discovered at")
    not_working_from = LocalTime(
        label="Not working from", required=False, help_text="Leave empty if it works, but badly."
    )
    not_working_to = LocalTime(
        label="Not working to", required=False, help_text="Leave empty if it is still out."
    )

    def trouble_in(self, zone: ZoneInfo) -> faults.Trouble:
        """After is_valid: the times as they stand on the city's clock."""
        said = self.cleaned_data
        return faults.Trouble(
            said["what"],
            said["trouble"],
            said["discovered_at"].replace(tzinfo=zone),
            _on_clock(said["not_working_from"], zone),
            _on_clock(said["not_working_to"], zone),
        )


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str) -> HttpResponse:
    """The faults of a city, for whoever holds a role there, and a form to open one."""
    profile = in_force.profiles([city]).get(city)
    if profile is None or city not in {post.city for post in standing.held_by(person_of(request))}:
        return failing.page(request, failing.NOT_FOUND)
    now = timezone.now().astimezone(profile.zone)
    form = TroubleForm(request.POST or None, initial={"discovered_at": f"{now:%Y-%m-%dT%H:%M}"})
    refusals: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            permit = _admitted(request, profile)
            faults.open_one(
                form.trouble_in(profile.zone),
                by=permit.actor,
                permit=permit,
                now=timezone.now(),
            )
            messages.success(request, "The fault is on record.")
            return HttpResponseRedirect(reverse("faults", args=[city]))
        except Refused as refused:
            refusals = refused.refusals
        except faults.NotRecorded as wrong:
            form.add_error(None, str(wrong))
    return _shown(request, profile, form, refusals)


@require_POST
def close(request: HttpRequest, city: str, fault: int) -> HttpResponse:
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return failing.page(request, failing.NOT_FOUND)
    said = request.POST.get("correction", "")[: faults.LONGEST]
    try:
        permit = _admitted(request, profile)
        faults.close(
            fault,
            said,
            working_since=None,
            by=permit.actor,
            permit=permit,
            now=timezone.now(),
        )
    except Refused as refused:
        return _shown(request, profile, TroubleForm(), refused.refusals)
    except faults.NotRecorded as wrong:
        messages.warning(request, str(wrong))
    else:
        messages.success(request, "The fault is closed.")
    return HttpResponseRedirect(reverse("faults", args=[city]))


def _admitted(request: HttpRequest, profile: Profile) -> Permit:
    """Any role that looks after the machines may; the first of its acts is asked of the policy."""
    person = person_of(request)
    held = standing.of(
        person,
        profile.id,
        second_factor=used_second_factor(request),
        today=timezone.now().astimezone(profile.zone).date(),
    )
    role = profile.role(held.role) if held.role else None
    acts = role.acts if role else frozenset[Act]()
    act = next((act for act in faults.ACTS if act in acts), faults.ACTS[0])
    return door.admit(
        person, act, Reason(), cities=[profile.id], second_factor=used_second_factor(request)
    )


def _shown(
    request: HttpRequest, profile: Profile, form: TroubleForm, refusals: tuple[object, ...]
) -> HttpResponse:
    context = {
        "city": profile.id,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "form": form,
        "faults": faults.of(profile.id),
        "refusals": refusals,
    }
    status = REFUSED if refusals else WRONG if form.errors else 200
    return render(request, "staff/faults.html", context, status=status)


def _on_clock(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment else None

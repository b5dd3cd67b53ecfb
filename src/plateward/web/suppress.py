"""What raises no alert for a time: listed, added and ended, by those who may change a hotlist."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plateward.cameras import register
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.hotlists import alerts, suppress
from plateward.hotlists.suppress import Asked, NotSuppressed, Scope, Why
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web.alert import GONE
from plateward.web.reasons import NO_PURPOSE, purposes_of
from plateward.web.signed_in import person_of, used_second_factor

REFUSED, WRONG = 403, 400
_USUAL_DAYS: Final = 30
_EVERYWHERE: Final = ("", "Every camera of the city")
_SCOPES: Final = (
    (Scope.READ.value, "The plate as the camera read it, on every list"),
    (Scope.ENTRY.value, "The entry of this list, however it is read"),
)


class SuppressForm(forms.Form):
    """What, where, why and until when. `purpose` is for the city's policy to judge."""

    plate = forms.CharField(
        label="Plate",
        help_text="As cameras read it.",
        max_length=32,
        widget=forms.TextInput(attrs={"class": "input-plate", "autocomplete": "off"}),
        error_messages={"required": "Give the plate. Nothing was suppressed."},
    )
    scope = forms.ChoiceField(label="What", choices=_SCOPES, widget=forms.Select())
    camera = forms.ChoiceField(label="Where", required=False)
    why = forms.ChoiceField(label="Why", choices=list(suppress.WHY.items()))
    words = forms.CharField(
        label="In your own words",
        help_text="What happened, and who found it. It is kept in the log.",
        max_length=suppress.LONGEST_WORDS,
        error_messages={"required": "Say why in a few words. Nothing was suppressed."},
    )
    until = forms.DateField(
        label="Last day",
        help_text=f"It ends by itself, at most {suppress.LONGEST_FOR.days} days from now.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Choose the last day. Nothing was suppressed.",
            "invalid": "That is no date. Nothing was suppressed.",
        },
    )
    purpose = forms.ChoiceField(label="Purpose", required=False)

    def __init__(self, *args: object, profile: Profile, without: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to Django
        del self.fields[without]
        cameras = [(each.code, each.title) for each in register.of(profile.id)]
        self.fields["camera"].choices = [_EVERYWHERE, *cameras]  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            NO_PURPOSE,
            *purposes_of([profile]),
        ]
        self.initial.setdefault("until", _today(profile) + timedelta(days=_USUAL_DAYS))
        self.profile = profile

    def asked(self) -> Asked:
        """After is_valid."""
        said = self.cleaned_data
        ends_at = _end_of(said["until"], self.profile)
        return Asked(Why(said["why"]), said["words"], ends_at, said["camera"])

    def reason(self) -> Reason:
        return Reason(purpose=self.cleaned_data["purpose"], note=self.cleaned_data["words"])


class EndForm(forms.Form):
    words = forms.CharField(max_length=suppress.LONGEST_WORDS)
    purpose = forms.CharField(required=False, max_length=100)


@dataclass(frozen=True, slots=True)
class Listed:
    """A suppression on the page, with what its city's policy lists as purposes."""

    one: suppress.Suppressed
    city_title: str
    zone: str
    purposes: tuple[tuple[str, str], ...]


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is suppressed now, for those who may see alerts."""
    person = person_of(request)
    held = [post.city for post in standing.held_by(person)]
    try:
        permit = door.admit(
            person,
            Act.ALERTS_SEE,
            Reason(),
            cities=held or in_force.cities(),
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/suppressions.html", refusals, status=REFUSED)
    profiles = in_force.profiles(permit.cities)
    context = {
        "found": [
            _listed(each, profiles[each.city])
            for each in suppress.now_in_force(permit=permit, now=timezone.now())
        ],
        "cities": [(city, profile.title()) for city, profile in profiles.items()],
        "refusals": permit.refusals,
        "admitted": True,
    }
    return render(request, "staff/suppressions.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def of_plate(request: HttpRequest, city: str) -> HttpResponse:
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return faults.page(request, faults.NOT_FOUND)
    form = SuppressForm(request.POST or None, profile=profile, without="scope")
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form)
    try:
        permit = _admitted(request, form.reason(), profile)
        plate = form.cleaned_data["plate"]
        suppress.of_plate(city, plate, form.asked(), permit=permit, now=timezone.now())
    except Refused as refused:
        return _ask(request, form, refused)
    except NotSuppressed as wrong:
        form.add_error(None, str(wrong))
        return _ask(request, form)
    return _done(request)


@never_cache
@require_http_methods(["GET", "POST"])
def of_alert(request: HttpRequest, alert: int) -> HttpResponse:
    city = alerts.city_of(alert)
    if city is None:
        return faults.page(request, GONE)
    profile = in_force.profile(city)
    form = SuppressForm(request.POST or None, profile=profile, without="plate")
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form, alert=alert)
    try:
        permit = _admitted(request, form.reason(), profile)
        scope = Scope(form.cleaned_data["scope"])
        suppress.of_alert(alert, scope, form.asked(), permit=permit, now=timezone.now())
    except Refused as refused:
        return _ask(request, form, refused, alert=alert)
    except NotSuppressed as wrong:
        form.add_error(None, str(wrong))
        return _ask(request, form, alert=alert)
    return _done(request)


@require_POST
def end(request: HttpRequest, city: str, suppression: int) -> HttpResponse:
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return faults.page(request, faults.NOT_FOUND)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Say why it ends before its time. Nothing was changed.")
        return HttpResponseRedirect(reverse("suppressions"))
    said = form.cleaned_data
    try:
        permit = _admitted(request, Reason(purpose=said["purpose"], note=said["words"]), profile)
        suppress.lift(suppression, permit=permit, now=timezone.now())
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/suppressions.html", refusals, status=REFUSED)
    except NotSuppressed as wrong:
        messages.warning(request, str(wrong))
    else:
        messages.success(request, "It is suppressed no more: the next hit raises an alert.")
    return HttpResponseRedirect(reverse("suppressions"))


def _admitted(request: HttpRequest, reason: Reason, profile: Profile) -> Permit:
    return door.admit(
        person_of(request),
        Act.ALERTS_SUPPRESS,
        reason,
        cities=[profile.id],
        second_factor=used_second_factor(request),
    )


def _ask(
    request: HttpRequest,
    form: SuppressForm,
    refused: Refused | None = None,
    *,
    alert: int | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "alert": alert,
        "city_title": form.profile.title(),
        "refusals": refused.refusals if refused else (),
    }
    status = REFUSED if refused else WRONG if form.errors else 200
    return render(request, "staff/suppress.html", context, status=status)


def _done(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Suppressed. It ends by itself, and can be ended before.")
    return HttpResponseRedirect(reverse("suppressions"))


def _listed(one: suppress.Suppressed, profile: Profile) -> Listed:
    return Listed(one, profile.title(), profile.timezone, tuple(purposes_of([profile])))


def _today(profile: Profile) -> date:
    return timezone.now().astimezone(profile.zone).date()


def _end_of(day: date, profile: Profile) -> datetime:
    """The first moment after that day, on the city's clock."""
    return datetime.combine(day, time.max, profile.zone)

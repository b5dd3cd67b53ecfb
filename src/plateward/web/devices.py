"""A city's camera systems: which of their devices are linked, which wait, which were dismissed."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plateward.cameras import register
from plateward.intake import devices
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web.manage_door import Door, NotOpen, back, missing, told_of

WRONG: Final = 400


def maintaining(profile: Profile) -> tuple[str, ...]:
    """Titles of the roles that look after cameras here."""
    return tuple(r.title for r in profile.roles.values() if Act.CAMERAS_MAINTAIN in r.acts)


_opened = Door(Act.CAMERAS_MAINTAIN, "staff/devices_closed.html", maintaining).opened


class LinkForm(forms.Form):
    camera = forms.ChoiceField(
        label="The camera of the register that it is",
        error_messages={
            "required": "Choose a camera. Nothing was changed.",
            "invalid_choice": "No such camera is registered here. Nothing was changed.",
        },
    )

    def __init__(self, *args: object, city: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django was called
        camera = self.fields["camera"]
        assert isinstance(camera, forms.ChoiceField)
        known = [(each.code, f"{each.title} ({each.code})") for each in register.of(city)]
        camera.choices = [("", "Choose"), *known]


class DismissForm(forms.Form):
    why = forms.CharField(
        label="Why it is no camera of ours",
        max_length=devices.LONGEST_WHY,
        help_text="For example: a test camera of the vendor. No plate belongs here.",
        error_messages={"required": "Say why. Nothing was changed: the device still waits."},
    )


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, _ = _opened(request, city)
    except NotOpen as closed:
        return closed.answer
    unknown = devices.unknown(city)
    context = told_of(profile) | {
        "waiting": [each for each in unknown if each.dismissed_at is None],
        "dismissed": [each for each in unknown if each.dismissed_at is not None],
        "links": devices.links(city),
    }
    return render(request, "staff/devices.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """What one unknown device sent, in numbers, and the two things that can be done about it."""
    try:
        profile, permit = _opened(request, city)
    except NotOpen as closed:
        return closed.answer
    device = devices.one(city, number)
    if device is None:
        return missing(request).answer
    said = request.POST if request.method == "POST" else None
    linking = LinkForm(said if said and "camera" in said else None, city=city)
    dismissing = DismissForm(said if said and "why" in said else None)
    if linking.is_valid():
        camera = linking.cleaned_data["camera"]
        devices.link(
            device.vendor, device.name, camera=camera, sender=device.sender, by=permit.actor
        )
        told = f"Linked. What {device.name} sends is stored under {camera} from now on."
        return back(request, "devices", city, told)
    if dismissing.is_valid():
        try:
            why = dismissing.cleaned_data["why"]
            devices.dismiss(device, why, by=permit.actor, now=timezone.now())
        except devices.NotDone as not_done:
            dismissing.add_error(None, str(not_done))
        else:
            return back(request, "devices", city, f"Dismissed. {device.name} asks no more.")
    context = told_of(profile) | {"device": device, "linking": linking, "dismissing": dismissing}
    return render(request, "staff/device.html", context, status=200 if said is None else WRONG)


@require_POST
def unlink(request: HttpRequest, city: str, number: int) -> HttpResponse:
    try:
        _, permit = _opened(request, city)
    except NotOpen as closed:
        return closed.answer
    try:
        name = devices.unlink(city, number, by=permit.actor)
    except devices.NotDone as not_done:
        return back(request, "devices", city, str(not_done), say=messages.warning)
    return back(request, "devices", city, f"The link is taken back. What {name} sends waits again.")

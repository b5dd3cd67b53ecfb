"""The register of cards and drives: what is due, where each is, and until when it is kept."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.custody import media_register as media
from plateward.custody.media_register_steps import Where, place_in_words
from plateward.gate.permit import Permit
from plateward.policy import removable
from plateward.policy.profile import Profile
from plateward.policy.removable import Removable
from plateward.web.manage_door import Door, NotOpen, city_of, told_of
from plateward.web.media_forms import DriveForm

WRONG: Final = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A drive on the page. `where` in words; `misplaced`: out of a camera and not put away."""

    drive: media.Shown
    where: str
    misplaced: bool


def keeping(profile: Profile) -> tuple[str, ...]:
    """Titles of the roles that keep drives here."""
    act = media.act_of(profile)
    return tuple(role.title for role in profile.roles.values() if act in role.acts)


def opened(request: HttpRequest, city: str) -> tuple[Profile, Permit]:
    """The policy in force and the permit to keep its drives. Raises NotOpen."""
    act = media.act_of(city_of(request, city))
    return Door(act, "staff/media_closed.html", keeping).opened(request, city)


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str) -> HttpResponse:
    """Every drive of a city, what is due first, and a form to enter one."""
    try:
        profile, permit = opened(request, city)
    except NotOpen as closed:
        return closed.answer
    form = DriveForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            number = media.add(city, said["label"], serial=said["serial"], permit=permit)
        except media.NotRecorded as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "Entered. Say next what became of it.")
            return HttpResponseRedirect(reverse("media_drive", args=[city, number]))
    lines = [_line(each) for each in media.drives(city, permit=permit, now=timezone.now())]
    context = told_of(profile) | {
        "lines": lines,
        "due": sum(line.drive.is_due for line in lines),
        "unsigned": sum(line.drive.state.receipt_is_open for line in lines),
        "rules": rules_of(profile),
        "form": form,
        "logged": permit.entries[city],
    }
    status = WRONG if request.method == "POST" else 200
    return render(request, "staff/media.html", context, status=status)


def rules_of(profile: Profile) -> Removable:
    """What the text says of the drives that it speaks of."""
    return removable.of(profile, removable.MOTION)


def _line(drive: media.Shown) -> Line:
    return Line(drive, place_in_words(drive.state), drive.state.where is Where.OUT)

"""Notices in one's own browser: turned on and off, for the session one is in."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.notices import browsers, push
from plateward.notices.post import WrongAddress
from plateward.people import sessions, standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web.signed_in import person_of, used_second_factor

_PARTS: Final = ("endpoint", "p256dh", "auth")


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    person, here = person_of(request), sessions.reference(request.session.session_key)
    refusals: tuple[object, ...] = ()
    if request.method == "POST":
        try:
            _changed(request, here)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return HttpResponseRedirect(reverse("notices_browser"))
    context = {
        "key": push.public_key(),
        "is_told": browsers.is_told(person.pk, here),
        "refusals": refusals,
    }
    return render(request, "staff/notices_browser.html", context, status=403 if refusals else 200)


def _changed(request: HttpRequest, here: str) -> None:
    """Raise Refused where no city's policy lets the person see alerts."""
    person = person_of(request)
    if "off" in request.POST:
        browsers.remove(person.pk, here, by=person.badge)
        messages.success(request, "This browser is told nothing more.")
        return
    held = [each.city for each in standing.held_by(person)]
    door.admit(
        person,
        Act.ALERTS_SEE,
        Reason(),
        cities=held or in_force.cities(),
        second_factor=used_second_factor(request),
    )
    said = {part: request.POST.get(part, "") for part in _PARTS}
    try:
        browsers.add(person.pk, here, said, by=person.badge)
    except WrongAddress as wrong:
        messages.warning(request, str(wrong))
    else:
        messages.success(request, "This browser is told of alerts until you sign out.")

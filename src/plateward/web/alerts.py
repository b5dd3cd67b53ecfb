"""Hotlist alerts: the newest on the page, the next ones as they happen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Final

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.hotlists import alerts, match
from plateward.notices import live
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web.signed_in import person_of, used_second_factor

# A stream ends after this, the browser comes back, and the city's policy is asked again: whoever
# lost a role in the meantime hears nothing more.
ASKED_AGAIN_AFTER_SECONDS: Final = 600
STILL_HERE_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class Shown:
    alert: alerts.Alert
    city_title: str
    zone: str


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    try:
        permit = _admit(request, person_of(request))
    except Refused as refused:
        return render(request, "staff/alerts.html", {"refusals": refused.refusals}, status=403)
    context = {
        "alerts": [_shown(alert) for alert in alerts.recent(permit=permit)],
        "admitted": [in_force.profile(city).title() for city in permit.cities],
        "refusals": permit.refusals,
        "entries": tuple(permit.entries.values()),
    }
    return render(request, "staff/alerts.html", context)


@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Each alert as a server-sent event. 204 tells the browser not to come back."""
    try:
        permit = await sync_to_async(_admit_for_stream)(request)
    except Refused:
        return HttpResponse(status=204)
    response = StreamingHttpResponse(_events(permit), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _admit(request: HttpRequest, person: Person) -> Permit:
    """Only the cities where the person holds a role are asked, or each alert page would fill
    every city's log with refusals; who holds none anywhere is refused by all."""
    held = [held.city for held in standing.held_by(person)]
    return door.admit(
        person,
        Act.ALERTS_SEE,
        Reason(),
        cities=held or in_force.cities(),
        second_factor=used_second_factor(request),
    )


def _admit_for_stream(request: HttpRequest) -> Permit:
    try:
        return _admit(request, person_of(request))
    finally:
        # A stream lives for minutes; a connection held that long by each viewer starves the rest.
        connections.close_all()


async def _events(permit: Permit) -> AsyncIterator[str]:
    until = monotonic() + ASKED_AGAIN_AFTER_SECONDS
    notices = live.subscribe(match.TOPIC)
    waiting = asyncio.ensure_future(anext(notices))
    try:
        yield "retry: 3000\n\n"
        while monotonic() < until:
            done, _ = await asyncio.wait({waiting}, timeout=STILL_HERE_SECONDS)
            if not done:
                yield ": still here\n\n"
                continue
            notice = waiting.result()
            waiting = asyncio.ensure_future(anext(notices))
            if html := await sync_to_async(_html)(int(notice["alert"]), permit):
                yield _event("alert", html)
    finally:
        waiting.cancel()


def _html(alert: int, permit: Permit) -> str:
    """Empty where the alert is not for this viewer."""
    try:
        found = alerts.one(alert, permit=permit)
        context = {"shown": _shown(found), "new": True} if found else None
        return render_to_string("parts/alert.html", context) if context else ""
    finally:
        connections.close_all()


def _event(name: str, html: str) -> str:
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: {name}\n{lines}\n"


def _shown(alert: alerts.Alert) -> Shown:
    profile = in_force.profile(alert.city)
    return Shown(alert, profile.title(), profile.timezone)

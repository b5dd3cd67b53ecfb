"""Hotlist alerts: the newest on the page, the next ones as they happen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Final, Self

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.hotlists import alerts, fresh, match
from plateward.hotlists.review import State
from plateward.notices import live
from plateward.people import sessions, standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason, Standing
from plateward.policy.vocabulary import Act
from plateward.web import board
from plateward.web.alert import is_light
from plateward.web.signed_in import person_of, used_second_factor

# A stream ends after this, and at once when a role, a training or a policy changed; the browser
# comes back, and the city's policy is asked again.
ASKED_AGAIN_AFTER_SECONDS: Final = 600
STILL_HERE_SECONDS: Final = 15
_DIGITS: Final = 18  # of a number that the database can hold
Stood = dict[str, tuple[str, int, Standing]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a page has: the newest alert, and the newest step taken with any."""

    alert: int = 0
    step: int = 0

    @classmethod
    def parse(cls, said: str) -> Self:
        """`7.12`, or `7`, or anything else, which is nothing."""
        alert, _, step = said.partition(".")
        return cls(_number(alert), _number(step))

    def __str__(self) -> str:
        return f"{self.alert}.{self.step}"

    def and_also(self, alert: alerts.Alert) -> Self:
        return type(self)(max(self.alert, alert.id), max(self.step, alert.cursor))


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _DIGITS else 0


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    try:
        permit = _admit(request, person_of(request))
    except Refused as refused:
        return render(request, "staff/alerts.html", {"refusals": refused.refusals}, status=403)
    last_step = alerts.last_step()  # before the look, so that nothing falls between the two
    found = alerts.board(permit=permit)
    context = {
        "alerts": sorted(map(board.shown, found), key=lambda each: each.order),
        "known": Known(max((alert.id for alert in found), default=0), last_step),
        "waiting": sum(alert.stands is State.UNVERIFIED for alert in found),
        "light": is_light(request),
        "admitted": [in_force.profile(city).title() for city in permit.cities],
        "refusals": permit.refusals,
        "entries": tuple(permit.entries.values()),
        "stale": [
            (each, in_force.profile(each.city))
            for each in fresh.stale(permit=permit, now=timezone.now())
        ],
    }
    return render(request, "staff/alerts.html", context)


@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Each alert as a server-sent event. 204 tells the browser not to come back."""
    try:
        permit, stood = await sync_to_async(_admit_for_stream)(request)
    except Refused:
        return HttpResponse(status=204)
    still_open = partial(
        _still_open, request.session.session_key, person_of(request), permit, stood
    )
    events = _events(permit, after=_last_seen(request), still_open=still_open)
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _last_seen(request: HttpRequest) -> Known:
    """What the browser has: after a break it says so itself, at first the page does."""
    return Known.parse(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))


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


def _admit_for_stream(request: HttpRequest) -> tuple[Permit, Stood]:
    try:
        person = person_of(request)
        permit = _admit(request, person)
        return permit, _as_they_stand(person, permit)
    finally:
        # A stream lives for minutes; a connection held that long by each viewer starves the rest.
        connections.close_all()


def _still_open(key: str | None, person: Person, permit: Permit, stood: Stood) -> bool:
    """Nothing is shown in a session that has been closed or locked meanwhile, nor to a person who
    stands otherwise than when the policy was asked: it is asked again at once."""
    try:
        is_open = sessions.is_open(key, person, now=timezone.now())
        return is_open and _as_they_stand(person, permit) == stood
    finally:
        connections.close_all()


def _as_they_stand(person: Person, permit: Permit) -> Stood:
    """The policies of the permit's cities, and what the person is there today."""
    now, person = timezone.now(), Person.objects.get(pk=person.pk)
    return {
        city: (
            profile.digest,
            profile.version,
            standing.of(
                person,
                city,
                second_factor=True,
                today=now.astimezone(profile.zone).date(),
                profile=profile,
            ),
        )
        for city, profile in in_force.profiles(permit.cities).items()
    }


async def _events(
    permit: Permit, *, after: Known, still_open: Callable[[], bool]
) -> AsyncIterator[str]:
    """What was raised or changed since `after`, then what is from now on, none of it twice.

    It catches up again at the first silence, because the process may have begun to listen a
    moment after the first look. Beyond that the database is asked only when there is something to
    send: however many boards are open, silence costs nothing.
    """
    until = monotonic() + ASKED_AGAIN_AFTER_SECONDS
    sending = _Sending(after)
    notices = live.subscribe(match.TOPIC)
    waiting = asyncio.ensure_future(anext(notices))
    missed, caught_up = await _missed(permit, after), False
    try:
        yield "retry: 3000\n\n"
        while monotonic() < until:
            for event in await sync_to_async(sending.events)(missed):
                yield event
            done, _ = await asyncio.wait({waiting}, timeout=STILL_HERE_SECONDS)
            if not done:
                missed = [] if caught_up else await _missed(permit, after)
                caught_up = True
                yield "event: here\ndata: \n\n"
                continue
            if waiting.exception():  # no more notices: the server is going down
                return
            number = int(waiting.result()["alert"])
            waiting = asyncio.ensure_future(anext(notices))
            if not await sync_to_async(still_open)():
                return
            missed = await sync_to_async(_one)(number, permit)
    finally:
        waiting.cancel()


@dataclass(slots=True)
class _Sending:
    """What one open page has been sent: of each alert, up to which step, and as read how."""

    known: Known
    sent: dict[int, tuple[int, str, bool]] = field(default_factory=dict)

    def events(self, found: list[alerts.Alert]) -> list[str]:
        fresh_ones = [each for each in found if self.sent.get(each.id) != _as_it_is(each)]
        return [self._event(each) for each in fresh_ones]

    def _event(self, alert: alerts.Alert) -> str:
        self.sent[alert.id], self.known = _as_it_is(alert), self.known.and_also(alert)
        return _event(alert, self.known)


def _as_it_is(alert: alerts.Alert) -> tuple[int, str, bool]:
    """A preview raises an alert; its final read brings the picture, and may read better."""
    return alert.cursor, str(alert.plate), alert.crop is not None


async def _missed(permit: Permit, after: Known) -> list[alerts.Alert]:
    return await sync_to_async(_newer_than)(after, permit)


def _newer_than(after: Known, permit: Permit) -> list[alerts.Alert]:
    """Oldest first, so that the newest ends on top."""
    try:
        return alerts.changed(permit=permit, after=after.alert, step=after.step)[::-1]
    finally:
        connections.close_all()


def _one(alert: int, permit: Permit) -> list[alerts.Alert]:
    """Empty where the alert is not for this viewer."""
    try:
        found = alerts.one(alert, permit=permit)
        return [found] if found else []
    finally:
        connections.close_all()


def _event(alert: alerts.Alert, known: Known) -> str:
    try:
        context = {"shown": board.shown(alert), "new": not alert.steps}
        html = render_to_string("parts/alert.html", context)
    finally:
        connections.close_all()
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: alert\nid: {known}\n{lines}\n"

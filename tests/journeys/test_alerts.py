"""The alerts page: who may see it, what it shows, and what the stream sends."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import RequestFactory
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Permit
from plateward.hotlists import alerts as hits
from plateward.hotlists import entries, match
from plateward.intake import receive
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web import alerts
from tests import cast
from tests.journeys.story import Seat


def look_for(plate: str, *, by: Person, state: str = "", vehicle: str = "") -> None:
    permit = door.admit(
        by,
        Act.HOTLISTS_EDIT,
        Reason(purpose="stolen_wanted_or_interest_vehicle", case_number="26-7", note="stolen"),
        cities=[cast.WILLARD],
        second_factor=True,
    )
    listing = entries.Listing(
        hotlist="Stolen vehicles",
        category="stolen_vehicle",
        plate=cast.normalise(plate),
        why="reported stolen",
        case_number="26-7",
        state=state,
        vehicle=vehicle,
        ends_at=timezone.now() + timedelta(days=3),
    )
    entries.add(listing, permit=permit)


def test_a_hit_is_on_the_page_and_the_look_is_in_the_log(seat: Seat) -> None:
    ana = seat("ana")
    look_for("TST4821", by=Person.objects.get(username="ana"))
    receive.receive(cast.sighting("TST4821"))
    page = ana.get("/alerts/")
    assert page.status_code == 200
    assert b"reported stolen" in page.content
    assert b"US 160 and Jackson St" in page.content
    seen = [entry for entry in log.latest(10) if entry.act == Act.ALERTS_SEE]
    assert {entry.city for entry in seen} == {cast.WILLARD, cast.ODESSA}


@pytest.mark.parametrize("name", ["eve", "finn", "ivo"])
def test_whoever_has_no_business_with_alerts_is_refused_and_the_log_says_so(
    seat: Seat, name: str
) -> None:
    client = seat(name)
    page = client.get("/alerts/")
    assert page.status_code == 403
    assert b"did not allow this" in page.content
    refused = [entry for entry in log.latest(10) if entry.act == Act.ALERTS_SEE]
    assert {entry.outcome for entry in refused} == {"refused"}


class Counted:
    """Stands in for Django's connections, which this test's transaction must keep."""

    closed = 0

    def close_all(self) -> None:
        self.closed += 1


def permit_for(*cities: str) -> Permit:
    ana = Person.objects.get(username="ana")
    return door.admit(ana, Act.ALERTS_SEE, Reason(), cities=cities, second_factor=True)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    monkeypatch.setattr(alerts, "connections", counted)
    return counted


@pytest.fixture
def alert(seat: Seat) -> hits.Alert:
    """Ana looks for TST4821 in Willard, and it has just passed."""
    seat("ana")
    look_for("TST4821", by=Person.objects.get(username="ana"))
    receive.receive(cast.sighting("TST4821"))
    return hits.recent(permit=permit_for(cast.WILLARD))[0]


def first(wanted: int, permit: Permit, *, after: int) -> list[str]:
    """The first events of a stream."""

    async def read() -> list[str]:
        events = alerts._events(permit, after=alerts.Known(after), still_open=lambda: True)
        return [await anext(events) for _ in range(wanted)]

    return async_to_sync(read)()


def one_notice(alert: hits.Alert) -> Any:
    async def subscribe(topic: str) -> Any:
        assert topic == match.TOPIC
        yield {"city": alert.city, "alert": str(alert.id)}
        await asyncio.sleep(30)

    return subscribe


def silence(_topic: str) -> Any:
    async def nothing() -> Any:
        await asyncio.sleep(30)
        yield {}

    return nothing()


def test_the_stream_sends_the_alert_as_it_happens_and_holds_no_connection(
    alert: hits.Alert, connections: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts.live, "subscribe", one_notice(alert))
    monkeypatch.setattr(hits, "_OVERLAP", 0)  # so that only the notice brings it
    retry, event = first(2, permit_for(cast.WILLARD), after=alert.id)
    assert retry.startswith("retry:")
    assert event.startswith(f"event: alert\nid: {alert.id}.0\ndata: <li")
    assert "reported stolen" in event
    assert event.endswith("\n\n")
    assert connections.closed == 3


def test_what_was_raised_while_the_line_was_down_is_sent_first(
    alert: hits.Alert, connections: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts.live, "subscribe", silence)
    _retry, event = first(2, permit_for(cast.WILLARD), after=alert.id - 1)
    assert f"id: {alert.id}.0\n" in event


def test_an_alert_is_sent_again_when_its_picture_has_come(
    alert: hits.Alert, connections: Counted
) -> None:
    sending = alerts._Sending(alerts.Known())
    without = replace(alert, crop=None)
    assert len(sending.events([without])) == 1
    assert sending.events([without]) == []
    [event] = sending.events([alert])
    assert "<img" in event
    assert sending.events([alert]) == []


def test_nothing_is_sent_twice(
    alert: hits.Alert, connections: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts.live, "subscribe", one_notice(alert))
    monkeypatch.setattr(alerts, "STILL_HERE_SECONDS", 0.05)
    events = first(4, permit_for(cast.WILLARD), after=0)
    assert [event.partition("\n")[0] for event in events] == [
        "retry: 3000",
        "event: alert",
        "event: here",
        "event: here",
    ]


def test_an_alert_of_a_city_that_did_not_admit_is_not_sent(
    alert: hits.Alert, connections: Counted
) -> None:
    odessa = permit_for(cast.ODESSA)
    assert alerts._one(alert.id, odessa) == []
    assert alerts._newer_than(alerts.Known(), odessa) == []


@pytest.mark.parametrize(
    ("sent", "after"),
    [
        ({}, alerts.Known(7, 3)),
        ({"Last-Event-ID": "9.4"}, alerts.Known(9, 4)),
        ({"Last-Event-ID": "9"}, alerts.Known(9)),
        ({"Last-Event-ID": "x.-1"}, alerts.Known()),
        ({"Last-Event-ID": f"1.{'9' * 40}"}, alerts.Known(1)),
    ],
)
def test_the_browser_says_what_it_saw_last(sent: dict[str, str], after: alerts.Known) -> None:
    request = RequestFactory(headers=sent).get("/alerts/stream/?after=7.3")
    assert alerts._last_seen(request) == after


def test_silence_asks_the_database_nothing(
    alert: hits.Alert, connections: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts.live, "subscribe", silence)
    monkeypatch.setattr(alerts, "STILL_HERE_SECONDS", 0.01)
    looks: list[object] = []

    def heard(*told: object) -> list[hits.Alert]:
        looks.append(told)
        return []

    monkeypatch.setattr(alerts, "_newer_than", heard)
    nobody = Permit("nobody", Act.ALERTS_SEE, {}, Reason())

    def asked() -> bool:
        raise AssertionError("there was nothing to send")

    async def read() -> list[str]:
        events = alerts._events(nobody, after=alerts.Known(alert.id), still_open=asked)
        return [await anext(events) for _ in range(8)]

    assert async_to_sync(read)()[1:] == ["event: here\ndata: \n\n"] * 7
    assert len(looks) == 2  # at first, and once more when the line is surely open

"""The alerts page: who may see it, what it shows, and what the stream sends."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door
from plateward.hotlists import alerts as hits
from plateward.hotlists import entries, match
from plateward.intake import receive
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web import alerts
from tests import cast
from tests.journeys.story import Seat


def look_for(plate: str, *, by: Person) -> None:
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


def test_the_stream_sends_the_alert_as_it_happens_and_holds_no_connection(
    seat: Seat, monkeypatch: Any
) -> None:
    seat("ana")
    ana = Person.objects.get(username="ana")
    look_for("TST4821", by=ana)
    receive.receive(cast.sighting("TST4821"))
    permit = door.admit(ana, Act.ALERTS_SEE, Reason(), cities=[cast.WILLARD], second_factor=True)
    alert = hits.recent(permit=permit)[0]
    connections = Counted()

    async def one_notice(topic: str) -> Any:
        assert topic == match.TOPIC
        yield {"city": cast.WILLARD, "alert": str(alert.id)}
        await asyncio.sleep(30)

    async def first_two() -> list[str]:
        events = alerts._events(permit)
        return [await anext(events), await anext(events)]

    monkeypatch.setattr(alerts.live, "subscribe", one_notice)
    monkeypatch.setattr(alerts, "connections", connections)
    retry, event = async_to_sync(first_two)()
    assert retry.startswith("retry:")
    assert event.startswith("event: alert\ndata: <li")
    assert "reported stolen" in event
    assert event.endswith("\n\n")
    assert connections.closed == 1


def test_an_alert_of_a_city_that_did_not_admit_is_not_sent(seat: Seat, monkeypatch: Any) -> None:
    seat("ana")
    ana = Person.objects.get(username="ana")
    look_for("TST4821", by=ana)
    receive.receive(cast.sighting("TST4821"))
    wide = door.admit(ana, Act.ALERTS_SEE, Reason(), cities=[cast.WILLARD], second_factor=True)
    alert = hits.recent(permit=wide)[0]
    odessa = door.admit(ana, Act.ALERTS_SEE, Reason(), cities=[cast.ODESSA], second_factor=True)
    monkeypatch.setattr(alerts, "connections", Counted())
    assert alerts._html(alert.id, odessa) == ""

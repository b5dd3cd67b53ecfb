"""Whichever statement answers, it brings the same reads as one slow look at each."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from plateward.cameras import register
from plateward.gate.permit import Permit
from plateward.plates import matched
from plateward.plates.matched import Way
from plateward.plates.sighting import Character, Sighting, Vehicle
from plateward.plates.text import PlateText
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import newest, prepared, sealing, search
from plateward.reads.area import Area, Circle, polygon
from plateward.reads.models import Read
from plateward.reads.query import Looks, Query
from plateward.reads.record import Keeping, record_all
from tests import cast

pytestmark = pytest.mark.django_db
CAMERAS = ("wil-160-jackson", "wil-ab-farm", "ode-131-i70")
PLATES = ("ABC123", "A8C123", "ABX123", "ABC12", "ABC1234", "ZZ9", "QRS777")
BEGAN = timezone.now().astimezone(UTC) - timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Seen:
    """A read as the slow look knows it."""

    id: int
    city: str
    camera: str
    plate: str
    at: datetime
    color: str
    place: tuple[float, float]


def permit() -> Permit:
    return Permit(
        "WPD-117",
        Act.READS_SEARCH,
        {cast.WILLARD: 0, cast.ODESSA: 0},
        Reason(purpose="stolen_vehicle", case_number="26-101"),
    )


def store(sightings: list[Sighting]) -> list[int]:
    known = register.known({each.device for each in sightings})
    now = timezone.now()
    with transaction.atomic():
        recorded = record_all(
            [
                (
                    each,
                    Keeping(
                        known[each.device].city,
                        known[each.device].key,
                        now,
                        each.seen_at + timedelta(days=30),
                    ),
                )
                for each in sightings
            ]
        )
    return [each.read for each in recorded]


def sighting(plate: str, device: str, at: datetime, **told: Any) -> Sighting:
    name = f"{plate} {device} {at.isoformat()}"
    return Sighting("test", device, name, PlateText(plate), at, confidence=0.9, **told)


@pytest.fixture
def seen(cameras: dict[str, str]) -> list[Seen]:
    """Forty-eight reads over half a day and two cities, several in one moment; some roam."""
    chance = random.Random(20260530)  # noqa: S311 -- the same reads each time
    sightings = []
    for number in range(48):
        device, at = chance.choice(CAMERAS), BEGAN + timedelta(minutes=number // 2 * 30)
        place = (37.5, -93.5) if number % 9 == 0 else None
        vehicle = Vehicle(color=chance.choice(["Blue", "red"]))
        told = {"vehicle": vehicle, "place": place, "direction": "left" if number % 2 else ""}
        plate = chance.choice(PLATES)
        sightings.append(sighting(plate, f"{device}", at + timedelta(seconds=number % 2), **told))
    ids = store(sightings)
    sites = register.known(CAMERAS)
    return [
        Seen(
            read,
            sites[each.device].city,
            each.device,
            each.plate,
            each.seen_at,
            each.vehicle.color or "",
            each.place or (sites[each.device].latitude, sites[each.device].longitude),
        )
        for read, each in zip(ids, sightings, strict=True)
    ]


def slowly(seen: list[Seen], query: Query) -> list[int]:
    looks = matched.closely if query.close else matched.by_pattern
    fitting = [
        each
        for each in seen
        if (not query.plate or looks(each.plate, query.plate))
        and (not query.since or each.at >= query.since)
        and (not query.until or each.at <= query.until)
        and (not query.cameras or each.camera in query.cameras)
        and (not query.area or query.area.holds(*each.place))
        and (not query.looks.color or each.color.lower() == query.looks.color.lower())
    ]
    return [each.id for each in sorted(fitting, key=lambda one: (one.at, one.id), reverse=True)]


def paged(asked: dict[str, Any]) -> Iterator[int]:
    """Page after page, until there is no more."""
    page = ""
    while True:
        results = search.find(Query.parse(**asked, page=page), permit=permit())
        assert len(results.found) <= search.MOST
        yield from (found.id for found in results.found)
        page = results.next
        assert bool(page) is results.more
        if not page:
            return


def around(code: str, metres: int) -> Area:
    site = register.named(code)
    return Circle(site.latitude, site.longitude, metres)


def test_every_way_to_ask_brings_what_a_slow_look_brings(
    seen: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 4)
    span = {"since": BEGAN + timedelta(hours=2), "until": BEGAN + timedelta(hours=9)}
    corners = polygon([(37.4, -93.6), (37.4, -93.4), (37.6, -93.4), (37.6, -93.6)])
    questions: list[dict[str, Any]] = [
        {"plate": "ABC123"},
        {"plate": "ABC123", **span},
        {"plate": "A*"},
        {"plate": "*C12*", **span},
        {"plate": "?BC123", "cameras": CAMERAS[:1]},
        {"plate": "ABC123", "close": True},
        {"plate": "ABC123", "close": True, "looks": Looks(color="BLUE"), **span},
        {"cameras": CAMERAS[:1], **span},
        {"cameras": CAMERAS, **span},
        {"area": around(CAMERAS[1], 500), "looks": Looks(color="blue"), **span},
        {"area": corners, **span},
        {"plate": "ABC*", "area": corners},
        {"plate": "NONE000"},
        {"cameras": ["no-such-camera"]},
    ]
    # The last as on a cluster, whose statements any PostgreSQL understands.
    for few, at_first, cluster in ((newest.FEW, newest.AT_FIRST, 0), (1, 1, 0), (1, 1, 1)):
        monkeypatch.setattr(newest, "FEW", few)
        monkeypatch.setattr(newest, "AT_FIRST", at_first)
        monkeypatch.setattr(prepared, "is_cluster", lambda cluster=cluster: bool(cluster))
        for asked in questions:
            assert list(paged(asked)) == slowly(seen, Query.parse(**asked)), asked


def test_a_page_holds_while_more_reads_come_in(
    seen: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 10)
    before = slowly(seen, Query.parse(plate="ABC*"))
    got = []
    for at, number in enumerate(paged({"plate": "ABC*"})):
        got.append(number)
        if at % 10 == 9:
            store([sighting("ABC999", CAMERAS[0], timezone.now() + timedelta(seconds=at))])
    assert got == before


def test_a_newest_read_that_is_gone_hides_nothing(
    seen: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    wanted = slowly(seen, Query.parse(plate="A*"))
    plates = {each.id: each.plate for each in seen}
    gone = [next(n for n in wanted if plates[n] == plate) for plate in sorted(set(PLATES[:4]))]
    Read.objects.filter(pk__in=gone).delete()
    assert list(paged({"plate": "A*"})) == [n for n in wanted if n not in gone]


def test_each_result_says_how_it_matches(cameras: dict[str, str]) -> None:
    at = timezone.now() - timedelta(minutes=5)
    doubt = tuple(
        Character(sign, 0.6, (("H", 0.5),) if place == 0 else ())
        for place, sign in enumerate("NRS777")
    )
    plates = ["HRS777", "HR5777", "HRX777", "HRS7777", "HRS77", "WRT000"]
    store([sighting(each, CAMERAS[0], at) for each in plates])
    store([sighting("NRS777", CAMERAS[0], at, characters=doubt)])
    store([sighting("MMM111", CAMERAS[0], at, characters=_spelling("MMM111", 5, "7"))])
    found = search.find(Query.parse(plate="HRS777", close=True), permit=permit()).found
    assert {each.plate: each.matched for each in found} == {
        "HRS777": Way.EXACT,
        "HR5777": Way.LOOK_ALIKE,
        "HRX777": Way.ONE_OTHER,
        "NRS777": Way.ONE_OTHER,
        "HRS7777": Way.ONE_MORE,
        "HRS77": Way.ONE_LESS,
    }
    assert "look-alike: 5 read where you typed S" in {each.how for each in found}
    (doubted,) = search.find(Query.parse(plate="MMM117", close=True), permit=permit()).found[:1]
    assert doubted.how == "one character other: 1 read where you typed 7"
    store([sighting("KKK111", CAMERAS[0], at, characters=_spelling("KKK111", 4, "7", "7"))])
    (doubted,) = search.find(Query.parse(plate="KKK177", close=True), permit=permit()).found
    assert (doubted.plate, doubted.matched) == ("KKK111", Way.DOUBTED)
    assert "nearly as likely KKK177" in doubted.how


def _spelling(plate: str, first: int, *others: str) -> tuple[Character, ...]:
    """Sure of all but some characters from place `first` on, each of which may be another."""
    may_be = dict(enumerate(others, start=first))
    return tuple(
        Character(sign, 0.6, ((may_be[at], 0.5),) if at in may_be else ())
        for at, sign in enumerate(plate)
    )


def test_plates_that_share_a_number_by_chance_are_told_apart(
    cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "plate_key", lambda _city, _plate: 7)
    at = timezone.now() - timedelta(minutes=5)
    store([sighting("HRS777", CAMERAS[0], at), sighting("WRT000", CAMERAS[0], at)])
    found = search.find(Query.parse(plate="WRT000"), permit=permit()).found
    assert [each.plate for each in found] == ["WRT000"]


def test_a_result_tells_where_and_what_was_seen(cameras: dict[str, str]) -> None:
    at = timezone.now() - timedelta(minutes=5)
    look = Vehicle(make="Ford", color="Blue", body_type="van")
    own = sighting("HRS777", CAMERAS[0], at, place=(37.1, -93.2), vehicle=look, direction="left")
    store([own, sighting("HRS777", CAMERAS[1], at - timedelta(minutes=1))])
    one, other = search.find(Query.parse(plate="HRS777"), permit=permit()).found
    assert (one.latitude, one.longitude, one.vehicle, one.direction) == (37.1, -93.2, look, "left")
    stands = register.named(CAMERAS[1])
    assert (other.latitude, other.longitude) == (stands.latitude, stands.longitude)

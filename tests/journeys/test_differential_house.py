"""One input, five answers: what is kept, where cameras stand, and which duties fall due.

Rows D01 to D04, D16, D17, D23, D25, D27 and D28 of the table that
`docs/reference/differential-tests.md` prints.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from plateward.audit import excerpt
from plateward.cameras import register as cameras_register
from plateward.custody import downloads, downloads_register, retention
from plateward.gate.permit import Permit
from plateward.intake import receive
from plateward.intake.models import Dropped
from plateward.policy import adopt, in_force, load
from plateward.policy.vocabulary import Act
from plateward.reads import detail
from plateward.upkeep import register
from plateward.upkeep.register import Due
from tests import cast
from tests.cast import CALABASAS, CARSON, ODESSA, WALNUT, WILLARD
from tests.journeys import five_cities
from tests.journeys.five_cities import CAMERA, CITIES, LISTED, PLATE, SEARCHER, House

EARLIER = timedelta(days=3)


@pytest.fixture
def house(cameras: dict[str, str]) -> House:
    return House()


def taken_in(now: datetime) -> dict[str, receive.Receipt]:
    """The plate passes a camera of each city, and reaches the server three days later."""
    return {
        city: receive.receive(
            replace(cast.sighting(PLATE, device=camera), seen_at=now - EARLIER, speed_kmh=61.0),
            received_at=now,
        )
        for city, camera in CAMERA.items()
    }


def years_later(day: datetime, years: int) -> datetime:
    if (day.month, day.day) == (2, 29):
        day = day.replace(month=3, day=1)
    return day.replace(year=day.year + years)


def test_d01_d02_d03_d04_a_read_grows_old(house: House) -> None:
    now = timezone.now()
    taken_in(now)
    seen = now - EARLIER
    assert house.finds() == set(CITIES)
    stays = {
        "D01": (seen + timedelta(days=31), {WALNUT, CALABASAS, CARSON}),
        "D02": (seen + timedelta(days=61), {CALABASAS, CARSON}),
        # Calabasas counts from the server, so three days more than from the camera.
        "D03, the day before": (years_later(now, 2) - timedelta(days=1), {CALABASAS, CARSON}),
        "D03": (years_later(now, 2) + timedelta(days=1), {CARSON}),
        "D04, the minute before": (years_later(seen, 5) - timedelta(seconds=1), {CARSON}),
        "D04": (years_later(now, 5) + timedelta(seconds=61), set()),
    }
    for row, (later, cities) in stays.items():
        retention.sweep(now=later)
        assert house.finds() == cities, row


def test_d16_speed_is_kept_only_where_the_city_collects_it(house: House) -> None:
    received = taken_in(timezone.now())
    kept = {}
    for city, receipt in received.items():
        permit = house.ask(city, Act.READS_VIEW)
        assert isinstance(permit, Permit)
        assert receipt.read is not None
        kept[city] = detail.one(receipt.read, permit=permit).speed_kmh
    assert kept == dict.fromkeys(CITIES) | {CARSON: 61.0}
    counted = set(Dropped.objects.filter(what="speed").values_list("city", flat=True))
    assert counted == set(CITIES) - {CARSON}


def due(city: str, code: str, *, days: int) -> Due | None:
    today = timezone.now().astimezone(in_force.profile(city).zone).date() + timedelta(days=days)
    return next((each for each in register.due(city, today=today) if each.duty.code == code), None)


def test_d23_a_quarter_ends(cities: tuple[str, ...]) -> None:
    audits = {city: due(city, "audit", days=93) for city in CITIES}
    willard = audits[WILLARD]
    assert willard
    assert willard.overdue
    assert "random sample of 10" in willard.duty.what
    assert {city for city in CITIES if due(city, "report-quarterly", days=93)} == {WILLARD}
    assert all(each and each.overdue for each in audits.values())  # every proposal was accepted
    five_cities.adopt_as_written("audits.", ODESSA, CALABASAS)  # "regular" sets no day: the house
    for city in (ODESSA, CALABASAS):
        audit = due(city, "audit", days=93)
        assert audit
        assert (audit.overdue, audit.duty.house) == (True, True)
    for city in (WALNUT, CARSON):  # where the text is silent, the law is not
        with pytest.raises(adopt.CannotAdopt, match=r"1798\.90\.53"):
            five_cities.adopt_as_written("audits.", city)


def test_d25_a_camera_at_a_shopping_centre_car_park(cities: tuple[str, ...]) -> None:
    answers = {city: stands(city, "public_parking_or_business_open_to_public") for city in CITIES}
    assert {city for city, said in answers.items() if said == "stands"} == {
        WALNUT,  # its text has no rule: whoever approves the place signs for it
        ODESSA,
        CALABASAS,
    }
    assert "WIL-3.1b" in answers[WILLARD]
    assert "CAR-0.4b" in answers[CARSON]


def stands(city: str, place_type: str) -> str:
    site = cameras_register.Site(
        code=f"{city}-mall",
        city=city,
        title="mall",
        place="car park of the mall",
        place_type=place_type,
        latitude=37.0,
        longitude=-93.0,
        approved_by="council",
        approved_on=timezone.localdate(),
    )
    try:
        cameras_register.add(site, by="test clerk")
    except cameras_register.PlaceNotAllowed as refused:
        return str(refused)
    return "stands"


def test_d27_31_days_without_a_health_check(cities: tuple[str, ...]) -> None:
    checks = {city: due(city, "health-check", days=31) for city in CITIES}
    assert checks.pop(ODESSA) is None
    assert all(check and check.overdue for check in checks.values())
    assert not any(
        (check := due(city, "health-check", days=30)) and check.overdue for city in CITIES
    )
    responsible = {city: check.duty.responsible for city, check in checks.items() if check}
    assert "Administrative Services Director" in responsible[WALNUT]
    assert responsible[CARSON] == "Independent contractor"
    five_cities.adopt_as_written("monitoring.", WILLARD)
    assert due(WILLARD, "health-check", days=31) is None
    with pytest.raises(adopt.CannotAdopt, match=r"1798\.90\.51"):
        five_cities.adopt_as_written("monitoring.", CALABASAS)


@pytest.mark.parametrize("city", CITIES)
def test_d28_no_policy_can_ask_for_faces(cities: tuple[str, ...], city: str) -> None:
    shipped = load.shipped_text(city)
    said = "forbidden" if city == ODESSA else "null"
    text = shipped.replace(f"face_recognition: {said}", "face_recognition: allowed", 1)
    assert text != shipped
    with pytest.raises(load.WrongProfile, match="face_recognition"):
        adopt.adopt(text, answers=(), by="test clerk", instrument="test", now=timezone.now())
    profile = in_force.profile(city)
    assert profile.version == 1
    forbids = {"ODE-6"} if city == ODESSA else set()
    assert forbids <= set(profile.clauses_for("collection.face_recognition"))


def test_d17_a_copy_leaves_and_is_on_record_as_each_text_has_it(house: House) -> None:
    receipts, now = taken_in(timezone.now()), timezone.now()
    evidence = {WILLARD: "evidence_identification_prosecution"}
    kept: dict[str, tuple[str, bool]] = {}
    for city in CITIES:
        who, since = house.person("jo" if city == WALNUT else SEARCHER[city]), excerpt.mark()
        why = {"purpose": evidence.get(city, LISTED[city])}
        asked = {"request": house.request_in(city)} if city == WALNUT else {}
        permit = house.ask(city, Act.EXPORTS_DOWNLOAD, who=who, **why, **asked)
        if isinstance(permit, Permit):
            chosen = downloads.Chosen((receipts[city].read or 0,))
            got = downloads.take(chosen, by=who, permit=permit, since=since, now=now)
            keeping = house.ask(city, Act.DOWNLOADS_KEEP, who=who)
            assert isinstance(keeping, Permit)
            line = downloads_register.one(got.number, permit=keeping, now=now).line
            until = now + timedelta(days=180)
            ends = line.purge_by or now
            kept[city] = line.custody, until < ends < until + timedelta(days=5)
    assert kept == {
        WILLARD: ("Willard Police Department", True),
        WALNUT: ("Los Angeles County Sheriff", False),
        CALABASAS: ("LASD Lost Hills Station", False),
    }

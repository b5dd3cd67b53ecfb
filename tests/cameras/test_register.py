"""The register: places policy allows, secrets never stored, each addition logged."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import register, versions
from plateward.cameras.models import Camera
from plateward.cli import demo_region
from plateward.policy import adopt, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
SITE = demo_region.cameras(timezone.localdate())[0]


def test_the_secret_opens_its_own_camera_and_no_other() -> None:
    secret = register.add(SITE, by="clerk")
    other = register.add(replace(SITE, code="wil-other"), by="clerk")
    assert register.holding(SITE.code, secret)
    assert not register.holding(SITE.code, other)
    assert not register.holding("wil-other", secret)
    assert not register.holding("nowhere", secret)
    assert not register.holding(SITE.code, "")


def test_the_secret_is_stored_nowhere() -> None:
    secret = register.add(SITE, by="clerk")
    assert secret not in str(Camera.objects.values())
    assert secret not in str(log.latest())


@pytest.mark.parametrize(
    ("city", "place_type", "allowed"),
    [
        ("willard-mo", "public_right_of_way", True),
        ("willard-mo", "public_parking_or_business_open_to_public", False),
        ("odessa-mo", "public_parking_or_business_open_to_public", True),
        ("carson-ca", "city_facility_entrance", True),
        ("odessa-mo", "city_facility_entrance", False),
    ],
)
def test_a_camera_stands_only_where_the_citys_policy_allows(
    city: str, place_type: str, allowed: bool
) -> None:
    site = replace(SITE, city=city, place_type=place_type)
    if allowed:
        register.add(site, by="clerk")
        assert register.named(site.code).city == city
        assert log.latest(1)[0].facts["camera"] == site.code
        return
    with pytest.raises(register.PlaceNotAllowed, match=f"{city[:3].upper()}-"):
        register.add(site, by="clerk")
    assert not Camera.objects.exists()


MALL = "public_parking_or_business_open_to_public"
RULING = register.Ruling("City Council", "thefts from cars", "Minutes of 3 March")


def at_the_mall(city: str) -> register.Site:
    return replace(SITE, city=city, place_type=MALL)


def test_where_the_text_has_no_rule_of_places_the_log_says_who_decided() -> None:
    register.add(at_the_mall("walnut-ca"), by="clerk")
    facts = log.latest(1)[0].facts
    assert (facts["place_rule"], facts["decided_by"]) == ("the text has none", SITE.approved_by)
    register.move(at_the_mall("walnut-ca"), by="clerk", ruling=RULING)
    facts = log.latest(1)[0].facts
    assert (facts["decided_by"], facts["paper"]) == ("City Council", "Minutes of 3 March")


def leave_other_places_to_carson() -> None:
    listed = "allowed_places: [public_right_of_way, city_facility_entrance]\n"
    shipped = load.shipped_text("carson-ca")
    assert listed in shipped
    text = shipped.replace(listed, f"{listed}  other_places: city_decides\n")
    answers = adopt.completed(text, demo_region.ANSWERS.get("carson-ca", ()), by="clerk")
    adopt.adopt(text, answers=answers, by="clerk", instrument="test", now=timezone.now())


def test_what_the_text_leaves_to_the_city_needs_its_decision_on_record() -> None:
    with pytest.raises(register.PlaceNotAllowed, match=r"CAR-0\.4b"):
        register.add(at_the_mall("carson-ca"), by="clerk", ruling=RULING)
    leave_other_places_to_carson()
    with pytest.raises(register.PlaceNotAllowed, match=r"CAR-0\.4b.*The City may decide"):
        register.add(at_the_mall("carson-ca"), by="clerk")
    with pytest.raises(register.PlaceNotAllowed, match="its paper"):
        register.add(at_the_mall("carson-ca"), by="clerk", ruling=replace(RULING, paper=" "))
    assert not Camera.objects.exists()
    register.add(at_the_mall("carson-ca"), by="clerk", ruling=RULING)
    facts = log.latest(1)[0].facts
    assert facts["place_rule"] == "the text leaves it to the City"
    assert (facts["decided_by"], facts["why"]) == ("City Council", "thefts from cars")


def test_no_decision_opens_a_place_that_a_whole_list_leaves_out() -> None:
    with pytest.raises(register.PlaceNotAllowed, match=r"WIL-3\.1b"):
        register.add(at_the_mall("willard-mo"), by="clerk", ruling=RULING)


def test_an_unknown_code_says_what_to_do() -> None:
    with pytest.raises(register.UnknownCamera, match="Register the camera"):
        register.named("nowhere")


def test_a_camera_that_moves_leaves_its_earlier_entry_on_record() -> None:
    secret = register.add(SITE, by="clerk")
    other = replace(SITE, code="wil-other")
    register.add(other, by="clerk")
    there = replace(SITE, place="US 160 and Main St", latitude=37.31, approved_by="Board")
    assert register.move(there, by="clerk of today") == 3
    assert register.named(SITE.code).place == "US 160 and Main St"
    assert register.holding(SITE.code, secret)
    assert [(each.number, each.code, each.place) for each in versions.of(SITE.city)] == [
        (3, SITE.code, "US 160 and Main St"),
        (2, "wil-other", SITE.place),
        (1, SITE.code, SITE.place),
    ]
    before = {each.code: each.place for each in versions.as_of(SITE.city, 2)}
    assert before == {SITE.code: SITE.place, "wil-other": SITE.place}
    entry = log.latest(1)[0]
    assert (entry.actor, entry.act, entry.facts["register"]) == (
        "clerk of today",
        "cameras:camera:move",
        3,
    )


def test_nothing_moves_to_where_the_policy_allows_no_camera() -> None:
    register.add(SITE, by="clerk")
    with pytest.raises(register.PlaceNotAllowed):
        register.move(replace(SITE, place_type="city_facility_entrance"), by="clerk")
    with pytest.raises(register.UnknownCamera):
        register.move(replace(SITE, code="nowhere"), by="clerk")
    assert len(versions.of(SITE.city)) == 1


@pytest.mark.parametrize(
    "how", ["UPDATE cameras_listing SET place = 'x'", "DELETE FROM cameras_listing"]
)
def test_the_database_refuses_to_change_earlier_versions(how: str) -> None:
    register.add(SITE, by="clerk")
    with pytest.raises(IntegrityError, match="stay"), connection.cursor() as cursor:
        cursor.execute(how)

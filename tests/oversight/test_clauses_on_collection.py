"""What clauses on cameras, fields, retention and accounts ask, tried through the doors."""

from dataclasses import replace
from datetime import timedelta
from typing import get_type_hints

import pytest
from django.utils import timezone

from plateward import settings as written_settings
from plateward.audit import log
from plateward.cameras import register
from plateward.cli import keep
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.intake import receive
from plateward.people.models import Person
from plateward.policy import adopt, in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import search
from plateward.reads.models import Read
from plateward.reads.query import Query
from plateward.recognition import networks, weights
from tests import cast
from tests.policy.cities import CARSON, CITIES, ODESSA, WILLARD, by_default, by_text_alone

ALLOWED_PLACES = {
    WILLARD: {"public_right_of_way"},
    ODESSA: {
        "public_roadway",
        "private_property_visible_from_public_roadway",
        "public_parking_or_business_open_to_public",
    },
    CARSON: {"public_right_of_way", "city_facility_entrance"},
    "calabasas-ca": {
        "city_boundaries",  # and with it every public place within them
        "city_facility_entrance",
        "private_property_visible_from_public_roadway",
        "public_parking_or_business_open_to_public",
        "public_right_of_way",
        "public_roadway",
    },
}
PLACES = sorted({place for places in ALLOWED_PLACES.values() for place in places})
KEPT = {
    WILLARD: {"image", "make", "color", "features"},
    "walnut-ca": {"image", "video"},
    ODESSA: {"image", "video", "make", "model", "color", "body_type", "features"},
    "calabasas-ca": {"image"},
    CARSON: {"image", "video", "make", "model", "color", "speed"},
}
STRUCTURE = {"plate", "timestamp", "geolocation", "camera_id"}


def site(city: str, place_type: str) -> register.Site:
    return register.Site(
        code=f"new-{place_type}",
        city=city,
        title="new",
        place="new",
        place_type=place_type,
        latitude=37.0,
        longitude=-93.0,
        approved_by="council",
        approved_on=timezone.localdate(),
    )


@pytest.mark.parametrize("city", sorted(ALLOWED_PLACES))
def test_a_camera_stands_only_where_the_text_puts_it(cities: tuple[str, ...], city: str) -> None:
    clauses = by_default(city).clauses_for("collection.allowed_places")
    assert clauses
    for place in [*PLACES, "private_driveway", "reasonable_expectation_of_privacy"]:
        if place in ALLOWED_PLACES[city]:
            assert register.add(site(city, place), by="test clerk")
            continue
        with pytest.raises(register.PlaceNotAllowed) as refused:
            register.add(site(city, place), by="test clerk")
        assert any(clause in str(refused.value) for clause in clauses), place


@pytest.mark.parametrize("city", CITIES)
def test_the_fields_kept_are_those_the_text_allows(city: str) -> None:
    profile = by_text_alone(city)
    optional = set(profile.at("collection.fields")) - STRUCTURE
    assert {name for name in optional if profile.keeps_field(name)} == KEPT[city]


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("name", ["face_embedding", "driver", "occupants", "iris"])
def test_a_field_about_a_person_is_kept_by_no_city(city: str, name: str) -> None:
    assert by_default(city).field_policy(name) == "forbidden"
    assert not by_default(city).keeps_field(name)


def test_no_network_knows_faces_and_people_are_found_only_to_be_blurred() -> None:
    known = [held for held in vars(weights).values() if isinstance(held, weights.Weights)]
    assert {each.task for each in known} == {
        "finds plates and their four corners",
        "reads a plate's one or two lines, and tells its region",
        "finds vehicles, and people so that they can be blurred",
        "reads plates a second time, where the first reader is not certain",
        "names colour and body of a vehicle",
    }
    # A network is opened by its entry in that register alone; what else is said is what runs it.
    asked = get_type_hints(networks.Network.__init__)
    assert set(asked) == {"which", "provider", "steady", "return"}
    assert asked["which"] is weights.Weights


def test_a_read_at_three_in_the_morning_is_stored_like_any_other(cameras: dict[str, str]) -> None:
    zone = in_force.profile(WILLARD).zone
    night = timezone.now().astimezone(zone).replace(hour=3, minute=0)
    night -= timedelta(days=1)
    stored = receive.receive(replace(cast.sighting(), seen_at=night))
    assert stored.read is not None


def test_no_read_is_without_its_camera_its_time_and_its_place(cameras: dict[str, str]) -> None:
    with pytest.raises(register.UnknownCamera):
        receive.receive(cast.sighting(device="nowhere"))
    receive.receive(cast.sighting())
    read = Read.objects.get()
    assert read.camera_id
    assert read.seen_at
    for name in ("camera", "seen_at", "expires_at"):
        assert not Read._meta.get_field(name).null, name


def test_housekeeping_comes_round_well_inside_the_shortest_lateness_of_any_text() -> None:
    late = [by_default(city).retention.max_lateness for city in CITIES]
    shortest = min(period.exact for period in late if period is not None)
    assert by_default(CARSON).retention.max_lateness is not None
    assert shortest == timedelta(minutes=1)
    assert timedelta(seconds=keep.PAUSE_SECONDS) * 3 <= shortest


def test_no_setting_of_the_machine_holds_a_rule_of_a_city() -> None:
    rules = ("RETENTION", "RETAIN", "PURPOSE", "ROLE", "TRAIN", "PLACE", "HOTLIST", "SHARING")
    named = [name for name in vars(written_settings) if name.isupper()]
    assert named
    assert [name for name in named if any(rule in name for rule in rules)] == []
    held = {name: getattr(written_settings, name) for name in named}
    assert not any(city in repr(value) for value in held.values() for city in CITIES)


@pytest.mark.django_db(transaction=True)
def test_whoever_administers_the_machine_is_asked_like_everyone(cities: tuple[str, ...]) -> None:
    root = cast.enrolled("finn")
    Person.objects.filter(pk=root.pk).update(is_superuser=True, is_staff=True)
    root.refresh_from_db()
    with pytest.raises(Refused) as refused:
        door.admit(
            root,
            Act.READS_SEARCH,
            Reason(note="maintenance"),
            cities=[WILLARD],
            second_factor=True,
        )
    assert {"WIL-2.5", "WIL-5.1"} & set(refused.value.refusals[0].clauses)


def test_two_people_cannot_have_one_account_or_one_badge(cities: tuple[str, ...]) -> None:
    from django.db import IntegrityError, transaction

    from plateward.people import enrol

    ana = cast.enrolled("ana")
    for changed in ({"username": "ana2"}, {"badge": "NEW-1"}):
        told = {"username": "ana", "badge": ana.badge} | changed
        newcomer = enrol.Newcomer(told["username"], "Al Other", told["badge"], ana.agency)
        with pytest.raises(IntegrityError), transaction.atomic():
            enrol.person(newcomer, password=cast.PASSWORD, by="test clerk")


@pytest.mark.django_db(transaction=True)
def test_with_the_clause_on_hotlist_checks_suspended_matching_stops_and_searches_go_on(
    cameras: dict[str, str],
) -> None:
    from tests.journeys.test_alerts import look_for

    ana = cast.enrolled("ana")
    look_for("WNT4127", by=ana)
    assert receive.receive(cast.sighting("WNT4127")).alerts == 1
    now = timezone.now()
    adopt.suspend(WILLARD, "WIL-3.2f", reference="26-CV-7", by="Pat Lee", now=now)
    assert receive.receive(cast.sighting("WNT4127")).alerts == 0
    query = Query.parse(plate="WNT4127")
    permit = door.admit(
        ana,
        Act.READS_SEARCH,
        Reason(purpose="crime_person_or_property", note="burglary on Elm Street"),
        cities=[WILLARD],
        query=query.facts(),
        breadth=query.breadth(now=now),
        second_factor=True,
    )
    assert len(search.find(query, permit=permit).found) == 2
    acts = [entry.act for entry in log.latest(20, city=WILLARD)]
    assert any("suspend" in act for act in acts), acts
    adopt.resume(WILLARD, "WIL-3.2f", reference="26-CV-8", by="Pat Lee", now=timezone.now())
    assert receive.receive(cast.sighting("WNT4127")).alerts == 1

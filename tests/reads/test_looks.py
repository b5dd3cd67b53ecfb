"""Searching by what a vehicle looks like: under the same gate, and only by what a city keeps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import register
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.intake.receive import receive
from plateward.people.models import Person
from plateward.plates.sighting import Vehicle
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import search
from plateward.reads.area import Circle
from plateward.reads.query import Looks, Query
from plateward.reads.search import Found
from tests import cast

NO_CASE = Reason("stolen_vehicle", note="seen leaving Front St")
WITH_CASE = Reason("stolen_vehicle", case_number="26-10412", note="seen leaving Front St")
CAMERA = "ode-131-i70"


def asked(looks: Looks) -> Query:
    """Around the camera, within the hour."""
    site, now = register.named(CAMERA), timezone.now()
    place = Circle(site.latitude, site.longitude, 800)
    return Query.parse(since=now - timedelta(hours=1), until=now, area=place, looks=looks)


def admitted(by: Person, query: Query, city: str, reason: Reason = WITH_CASE) -> Permit:
    return door.admit(
        by,
        Act.READS_SEARCH,
        reason,
        cities=[city],
        query=query.facts(),
        breadth=query.breadth(now=timezone.now()),
        second_factor=True,
    )


def found(by: Person, query: Query) -> list[Found]:
    return search.find(query, permit=admitted(by, query, cast.ODESSA)).found


@pytest.mark.django_db
def test_odessas_reads_are_found_by_looks_time_and_place_under_its_gate(
    cameras: dict[str, str],
) -> None:
    ana, van = cast.enrolled("ana"), Vehicle(make="Ford", color="Blue", body_type="van")
    for plate, vehicle in (("VAN111", van), ("CAR222", Vehicle(make="Ford", body_type="sedan"))):
        receive(cast.sighting(plate, device=CAMERA, vehicle=vehicle))
    by_van = asked(Looks(make="ford", body_type="van", color="blue"))
    assert [(each.plate, each.vehicle) for each in found(ana, by_van)] == [("VAN111", van)]
    assert [each.plate for each in found(ana, asked(Looks(make="FORD")))] == ["CAR222", "VAN111"]
    assert not found(ana, asked(Looks(make="Ford", color="red")))
    with pytest.raises(Refused) as refused:
        admitted(ana, by_van, cast.ODESSA, NO_CASE)
    assert "ODE-20" in refused.value.refusals[0].clauses
    private = log.latest(1)[0].private
    assert private is not None
    assert private["query"] == {name: word for name, word in by_van.facts().items() if word}


@pytest.mark.django_db
def test_what_a_city_does_not_keep_is_no_key_to_its_reads(cameras: dict[str, str]) -> None:
    by_body = asked(Looks(color="blue", body_type="van"))
    with pytest.raises(Refused) as refused:
        admitted(cast.enrolled("ana"), by_body, cast.WILLARD)
    rules = {each.rule for each in refused.value.refusals[0].also}
    assert "field_kept" in {refused.value.refusals[0].rule, *rules}
    assert "keeps no body type" in str(refused.value) + str(refused.value.refusals[0].also)

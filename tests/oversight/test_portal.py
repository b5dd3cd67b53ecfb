"""What the portal is told: counts that add up, rules in words, and no plate anywhere."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.custody import retention
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.intake import receive
from plateward.oversight import cities, month, places, proof, rules, trace
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import search
from tests import cast

CRIME = "crime_person_or_property"

pytestmark = pytest.mark.usefixtures("cameras")


def searched(name: str, reason: Reason) -> None:
    query = search.Query.parse(plate="TST4821")
    try:
        permit = door.admit(
            cast.enrolled(name),
            Act.READS_SEARCH,
            reason,
            cities=[cast.WILLARD],
            query=query.facts(),
            breadth=query.breadth(now=timezone.now()),
            second_factor=True,
        )
    except Refused:
        return
    search.find(query, permit=permit)


def test_an_empty_month_is_thirty_days_of_nothing() -> None:
    counted = month.of(cast.WILLARD, now=timezone.now())
    assert (counted.reads, counted.alerts, counted.searches, counted.refused) == (0, 0, 0, 0)
    assert len(counted.days) == month.DAYS
    assert counted.days[-1].on == timezone.now().date()
    assert counted.purposes == ()


def test_reads_are_counted_on_their_day_and_only_in_their_city() -> None:
    now = timezone.now()
    for plate in ("AAA1111", "BBB2222"):
        receive.receive(cast.replace(cast.sighting(plate), seen_at=now - timedelta(days=3)))
    receive.receive(cast.sighting("CCC3333", device="ode-131-i70"))
    counted = month.of(cast.WILLARD, now=now)
    assert counted.reads == 2
    assert [day.reads for day in counted.days if day.on == (now - timedelta(days=3)).date()] == [2]


def test_deletion_is_counted_and_does_not_take_the_read_out_of_the_count() -> None:
    now = timezone.now()
    seen_at = now - timedelta(days=20)
    receive.receive(cast.replace(cast.sighting(), seen_at=seen_at), received_at=seen_at)
    later = now + timedelta(days=11)
    retention.sweep(now=later)
    counted = month.of(cast.WILLARD, now=later - timedelta(days=2))
    assert counted.reads == 1
    assert counted.deleted == 1


def test_searches_and_refusals_are_counted_apart_and_purposes_have_the_citys_words() -> None:
    searched("ana", Reason(purpose=CRIME, note="burglary"))
    searched("ben", Reason(purpose=CRIME, note="burglary"))
    counted = month.of(cast.WILLARD, now=timezone.now())
    assert (counted.searches, counted.refused) == (1, 1)
    assert counted.purposes == (month.Purpose("Crime against a person or property", 1),)


def test_no_plate_is_in_anything_the_portal_is_told() -> None:
    receive.receive(cast.sighting("TST4821"))
    searched("ana", Reason(purpose=CRIME, note="burglary"))
    told = [
        asdict(month.of(cast.WILLARD, now=timezone.now())),
        asdict(rules.of(cast.WILLARD)),
        asdict(cities.one(cast.WILLARD)),
        [asdict(place) for place in places.of(cast.WILLARD)],
    ]
    assert "TST4821" not in repr(told)


def test_rules_follow_the_profile_and_not_the_product() -> None:
    odessa, willard, carson = (rules.of(city) for city in (cast.ODESSA, cast.WILLARD, cast.CARSON))
    assert "Speed of the vehicle" in odessa.never_kept
    assert "Speed of the vehicle" in carson.kept
    assert "case or CAD number required" in odessa.needs
    assert "case or CAD number required" not in willard.needs
    assert carson.kept_for == "5 years"
    assert "WIL-6.1" in willard.retention_clauses


@pytest.mark.parametrize("city", [cast.WILLARD, cast.ODESSA, cast.CARSON])
def test_every_field_is_either_kept_or_not_and_faces_never(city: str) -> None:
    told = rules.of(city)
    assert not set(told.kept) & set(told.never_kept)
    assert any(words.startswith("Faces") for words in told.never_kept)


def test_who_may_look_leaves_out_who_may_not() -> None:
    titles = [access.title for access in rules.of(cast.WILLARD).access]
    assert "Sworn officer" in titles
    assert "Vendor or subcontractor" not in titles


def test_every_clause_quoted_has_its_place_in_the_list_of_clauses() -> None:
    for city in (cast.WILLARD, cast.ODESSA, cast.CARSON):
        told = rules.of(city)
        quoted = {*told.retention_clauses, *told.access_clauses, *told.purpose_clauses}
        assert quoted <= {clause.id for clause in trace.clauses_of(city)}


def test_cameras_are_told_with_who_approved_them() -> None:
    told = places.of(cast.WILLARD)
    assert [place.code for place in told] == ["wil-ab-farm", "wil-160-jackson"]
    assert all(place.approved_by for place in told)
    assert "_" not in told[0].place_type


def test_a_city_that_is_not_served_is_named_so() -> None:
    asks = (cities.one, places.of, rules.of, rules.papers, rules.watched, trace.clauses_of)
    for ask in asks:
        with pytest.raises(cities.NoSuchCity, match="atlantis"):
            ask("atlantis")


def test_the_checkpoint_is_the_newest_signed_one() -> None:
    from plateward.audit import checkpoints

    before = proof.latest()
    signed = checkpoints.sign_news(timezone.now())
    after = proof.latest()
    assert before is None
    assert signed is not None
    assert after is not None
    assert (after.entries, after.root, after.note) == (signed.size, signed.root.hex(), signed.note)

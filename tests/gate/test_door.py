"""The door: every answer is in the log before anything is read."""

import pytest

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.policy import in_force
from plateward.policy.circumstances import Breadth
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]

NOTE = "owner reports it taken from Jackson St"
WITH_CASE = Reason("stolen_wanted_or_interest_vehicle", case_number="26-10412", note=NOTE)
NO_CASE = Reason("stolen_wanted_or_interest_vehicle", note=NOTE)


def ask(
    name: str, reason: Reason, *cities: str, act: Act = Act.READS_SEARCH, **told: bool
) -> Permit:
    return door.admit(
        cast.enrolled(name),
        act,
        reason,
        cities=cities,
        query={"plate": "ABC1234"},
        breadth=Breadth("ABC1234", known_characters=7),
        second_factor=told.get("second_factor", True),
    )


def test_one_search_two_cities_one_yes_one_no() -> None:
    permit = ask("ana", NO_CASE, "willard-mo", "odessa-mo")
    assert permit.cities == ("willard-mo",)
    (refusal,) = permit.refusals
    assert refusal.city == "odessa-mo"
    assert "ODE-20" in refusal.clauses
    assert [(e.city, e.outcome) for e in log.latest(2)] == [
        ("odessa-mo", "refused"),
        ("willard-mo", "admitted"),
    ]


def test_the_log_says_who_why_and_by_which_rule_and_keeps_the_plate_private() -> None:
    permit = ask("ana", WITH_CASE, "willard-mo")
    entry = log.entry(permit.entry)
    assert entry.actor == "WPD-117"
    assert entry.facts["purpose"] == WITH_CASE.purpose
    assert str(entry.facts["policy"]).startswith("willard-mo v")
    assert entry.private is not None
    assert entry.private["case"] == "26-10412"
    assert entry.private["query"] == {"plate": "ABC1234"}
    assert "ABC1234" not in str(entry.facts)


@pytest.mark.parametrize(
    ("name", "city", "reason"),
    [
        ("ben", "willard-mo", WITH_CASE),
        ("ana", "willard-mo", Reason(purpose="", case_number="26-1")),
        ("ana", "odessa-mo", NO_CASE),
        ("eve", "carson-ca", WITH_CASE),
        ("finn", "willard-mo", WITH_CASE),
        ("gus", "carson-ca", Reason(purpose="deter_crime", case_number="26-1")),
        ("ivo", "willard-mo", WITH_CASE),
        ("cy", "willard-mo", WITH_CASE),
    ],
)
def test_a_refusal_names_a_clause_says_what_to_do_and_is_in_the_log(
    name: str, city: str, reason: Reason
) -> None:
    with pytest.raises(Refused) as told:
        ask(name, reason, city)
    (refusal,) = told.value.refusals
    assert refusal.clauses
    assert refusal.why
    assert refusal.do_next
    entry = log.entry(refusal.entry)
    assert (entry.outcome, entry.city) == ("refused", city)
    assert entry.facts["clauses"] == list(refusal.clauses)


def test_without_the_second_factor_nobody_is_admitted() -> None:
    with pytest.raises(Refused):
        ask("ana", WITH_CASE, "willard-mo", second_factor=False)


def test_a_person_who_left_is_a_stranger() -> None:
    ana = cast.enrolled("ana")
    ana.is_active = False
    ana.save()
    with pytest.raises(Refused):
        door.admit(ana, Act.READS_SEARCH, WITH_CASE, cities=["willard-mo"], second_factor=True)


@pytest.mark.parametrize("cities", [(), ("atlantis-xx",)])
def test_no_city_and_an_unknown_city_are_refused_and_logged(cities: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        ask("finn", WITH_CASE, *cities)
    assert log.count(outcome="refused") == 1


def test_a_log_that_cannot_be_written_admits_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> int:
        raise RuntimeError("no log")

    ana = cast.enrolled("ana")
    monkeypatch.setattr("plateward.audit.log.append", fails)
    with pytest.raises(RuntimeError, match="no log"):
        door.admit(ana, Act.READS_SEARCH, WITH_CASE, cities=["willard-mo"], second_factor=True)


def test_what_was_typed_as_a_purpose_is_published_only_when_it_is_on_the_list() -> None:
    with pytest.raises(Refused) as told:
        ask("ana", Reason(purpose="ABC1234 my neighbour", note=NOTE), "willard-mo")
    entry = log.entry(told.value.refusals[0].entry)
    assert entry.facts["purpose"] == ""
    assert entry.private is not None
    assert entry.private["purpose"] == "ABC1234 my neighbour"


def test_a_number_in_the_wrong_box_is_moved_to_the_case() -> None:
    permit = ask("ana", Reason(WITH_CASE.purpose, note="26-10412"), "odessa-mo")
    entry = log.entry(permit.entry)
    assert entry.private is not None
    assert (entry.private["case"], entry.private["note"]) == ("26-10412", "")


def test_a_request_that_was_only_typed_opens_nothing() -> None:
    reason = Reason("deter_crime", case_number="26-10412", note=NOTE, request="R-1")
    with pytest.raises(Refused) as told:
        ask("gus", reason, "carson-ca")
    assert "CAR-5.2" in told.value.refusals[0].clauses


def test_the_log_names_the_exact_policy_that_decided() -> None:
    entry = log.entry(ask("ana", WITH_CASE, "willard-mo").entry)
    assert entry.facts["policy_digest"] == in_force.profile("willard-mo").digest

"""The log has the union of what five cities and Civ. Code 1798.90.52 ask of an access record."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate import cases, door, recorded
from plateward.gate.permit import Permit, Refused
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.circumstances import Breadth
from plateward.policy.decide import Reason, decide
from plateward.policy.vocabulary import Act
from plateward.reads import search
from tests import cast
from tests.gate import test_requests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]

CASE, PLATE, NOTE = "26-10412", "ABC1234", "owner reports it taken from Jackson St"
PURPOSE = "stolen_wanted_or_interest_vehicle"
BREADTH = Breadth(plate=PLATE, known_characters=7)


def ask(person: Person, city: str = cast.WILLARD, **told: Any) -> Permit:
    reason = told.pop("reason", Reason(PURPOSE, CASE, NOTE))
    return door.admit(
        person,
        Act.READS_SEARCH,
        reason,
        cities=[city],
        query={"plate": PLATE},
        breadth=BREADTH,
        second_factor=True,
    )


def everything(entry: log.Entry) -> dict[str, object]:
    """What a city can show of one access: the published part and what only it may read."""
    assert entry.private is not None
    return {"at": entry.at, "actor": entry.actor, **entry.facts, **entry.private}


# Each word a profile may write in `access.log.required_fields`, and where the log has it.
KEPT_AS = {
    "who": "name",
    "when": "at",
    "reason": "note",
    "name": "name",
    "date": "at",
    "time": "at",
    "username": "username",
    "organisation": "agency",
    "agency": "agency",
    "username_and_organisation": "username",
    "plate_or_query_elements": "query",
    "purpose": "purpose",
    "case_or_cad_number": "case",
    "member_name_or_pin": "actor",
    "date_accessed_or_provided": "at",
}
OF_WHAT_WAS_PROVIDED = ("requested_when", "provided_when", "provided_to")


def test_every_field_that_a_city_asks_for_is_kept(cities: tuple[str, ...]) -> None:
    kept = everything(log.entry(ask(cast.enrolled("ana")).entry))
    asked = {
        word
        for city in cities
        for word in in_force.profile(city).at("access.log.required_fields") or ()
    }
    assert len(asked) > 8
    missing = {word for word in asked - set(OF_WHAT_WAS_PROVIDED) if not kept.get(KEPT_AS[word])}
    assert missing == set()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", "WPD-117"),
        ("name", "Ana Ortiz"),
        ("username", "ana"),
        ("agency", "Willard Police Department"),
        ("role", "sworn_officer"),
        ("purpose", PURPOSE),
        ("case", CASE),
        ("note", NOTE),
        ("query", {"plate": PLATE}),
    ],
)
def test_an_access_is_recorded_as(field: str, value: object) -> None:
    assert everything(log.entry(ask(cast.enrolled("ana")).entry))[field] == value


def test_what_goes_out_under_a_request_says_requested_when_provided_when_and_to_whom() -> None:
    gus = cast.enrolled("gus")
    line = test_requests.ask(gus, cast.CARSON)
    permit = test_requests.search(gus, cast.CARSON, line.reference)
    search.find(search.Query.parse(plate=PLATE), permit=permit)
    question, answer = log.entry(permit.entry), log.latest(1)[0]
    assert question.facts["request"] == answer.facts["request"] == line.reference
    assert question.facts["confirmed"] == ["warrant"]
    assert answer.private is not None
    assert answer.private["requested_when"] == line.asked_at.isoformat()
    assert str(answer.private["provided_when"]) >= line.asked_at.isoformat()
    assert answer.private["provided_to"] == gus.agency


def test_nothing_private_is_published() -> None:
    entry = log.entry(ask(cast.enrolled("ana")).entry)
    for secret in (PLATE, CASE, NOTE, "Ortiz"):
        assert secret not in str(entry.facts)


def test_the_decision_can_be_made_again_from_the_log() -> None:
    ana = cast.enrolled("ana")
    entry = log.entry(ask(ana).entry)
    assert entry.private is not None
    again = decide(
        in_force.profile(cast.WILLARD),
        recorded.standing_from(entry.private),
        Act.READS_SEARCH,
        Reason(PURPOSE, CASE, NOTE),
        entry.at,
        circumstances=recorded.circumstances_from(entry.private),
    )
    assert again.allowed
    assert list(again.clauses) == entry.facts["clauses"]


def test_the_plate_of_a_read_that_was_only_opened_does_not_outlive_it_in_the_log() -> None:
    permit = door.admit(
        cast.enrolled("ana"),
        Act.READS_VIEW,
        Reason(PURPOSE, CASE, NOTE),
        cities=[cast.WILLARD],
        query={"read": "7"},
        breadth=BREADTH,
        second_factor=True,
    )
    assert PLATE not in str(log.entry(permit.entry))


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "cases.csv"
    file.write_text(f"case,status\n{CASE},open\n26-7,closed\n")
    for city in (cast.WILLARD, cast.ODESSA):
        source = cases.Source(city, "", "YY-N or YY-NNNNN", "csv", str(file))
        cases.put(source, by="test clerk", now=timezone.now())
    return file


@pytest.mark.parametrize(
    ("case", "flags"),
    [(CASE, []), ("26-7", ["case_closed"]), ("26-8", ["case_unknown"])],
)
def test_a_doubtful_case_is_admitted_with_a_flag_in_the_log(
    listed: Path, case: str, flags: list[str]
) -> None:
    permit = ask(cast.enrolled("ana"), cast.ODESSA, reason=Reason("stolen_vehicle", case, NOTE))
    assert list(permit.flags.get(cast.ODESSA, ())) == flags
    assert log.entry(permit.entry).facts["flags"] == flags


def test_a_list_of_cases_that_is_gone_flags_and_does_not_stop_the_search(listed: Path) -> None:
    listed.unlink()
    permit = ask(cast.enrolled("ana"), cast.ODESSA, reason=Reason("stolen_vehicle", CASE, NOTE))
    assert permit.flags[cast.ODESSA] == ("case_unreachable",)


def test_a_number_of_another_shape_is_refused(listed: Path) -> None:
    reason = Reason("stolen_vehicle", "CASE 12 B", NOTE)
    with pytest.raises(Refused) as told:
        ask(cast.enrolled("ana"), cast.ODESSA, reason=reason)
    assert told.value.refusals[0].rule == "case_format"


def test_whoever_has_no_role_makes_nothing_be_looked_up(
    listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> cases.Checked:
        raise AssertionError("a case was looked up")

    monkeypatch.setattr(cases, "check", fails)
    with pytest.raises(Refused):
        ask(cast.enrolled("finn"))


def test_all_that_stands_in_the_way_is_told_at_once() -> None:
    with pytest.raises(Refused) as told:
        ask(cast.enrolled("ben"), reason=Reason("", "", ""))
    (refusal,) = told.value.refusals
    also = {each.rule for each in refusal.also}
    assert len(also) >= 2
    assert refusal.rule not in also

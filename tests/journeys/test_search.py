"""A search, from the browser's side: what the page says, and what the log says of it."""

from typing import Any

import pytest
from django.test import Client

from plateward.audit import log
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys.story import Seat

CRIME = "crime_person_or_property"
ASKED = {"cities": [cast.WILLARD], "purpose": CRIME, "plate": "TST4821", "note": "hit and run"}


def ask(client: Client, **other: object) -> Any:
    return client.post("/search/", {**ASKED, **other})


def last(act: Act = Act.READS_SEARCH) -> log.Entry:
    return next(entry for entry in log.latest(20) if entry.act == act)


def searches() -> int:
    return log.count(act=Act.READS_SEARCH)


def test_an_officer_with_a_reason_finds_the_plate_and_the_log_has_question_and_answer(
    seat: Seat, seen: int
) -> None:
    page = ask(seat("ana"))
    assert page.status_code == 200
    assert b"1 read in Willard, MO" in page.content
    assert b"US 160 and Jackson St" in page.content
    answer, question = log.latest(2)
    assert (question.outcome, question.facts["purpose"]) == ("admitted", CRIME)
    assert question.private is not None
    assert question.private["query"] == {"plate": "TST4821"}
    assert (answer.outcome, answer.facts["found"]) == ("answered", 1)


def test_times_are_shown_on_the_citys_clock(seat: Seat, seen: int) -> None:
    assert any(zone in ask(seat("ana")).content for zone in (b" CST", b" CDT"))


@pytest.mark.parametrize(
    ("name", "changed", "rule"),
    [
        ("ben", {}, "training_current"),
        ("ana", {"purpose": ""}, "purpose_given"),
        ("finn", {}, "role_held"),
        ("cy", {}, "role_allows"),
        ("ivo", {}, "role_allows"),
    ],
)
def test_whoever_may_not_search_is_refused_by_a_clause_and_the_log_says_so(
    seat: Seat, seen: int, name: str, changed: dict[str, str], rule: str
) -> None:
    page = ask(seat(name), **changed)
    assert page.status_code == 403
    entry = last()
    assert (entry.outcome, entry.city) == ("refused", cast.WILLARD)
    clauses = entry.facts["clauses"]
    assert isinstance(clauses, list)
    assert clauses
    for clause in clauses:
        assert f"/city/willard-mo/policy/#{clause}".encode() in page.content
    assert f"entry #{entry.index}".encode() in page.content
    assert b"US 160 and Jackson St</span>" not in page.content


def test_the_maintenance_contractor_of_carson_is_refused(seat: Seat, seen: int) -> None:
    page = ask(seat("eve"), cities=[cast.CARSON], purpose="deter_crime")
    assert page.status_code == 403
    assert (last().outcome, last().city) == ("refused", cast.CARSON)
    assert b"CAR-" in page.content


def test_without_a_case_number_odessa_refuses_and_willard_answers(
    seat: Seat, seen: int, seen_in_odessa: int
) -> None:
    page = ask(seat("ana"), cities=[cast.WILLARD, cast.ODESSA])
    text = page.content.decode()
    assert page.status_code == 200
    assert "1 read in Willard, MO" in text
    assert "Odessa, MO did not allow this" in text
    assert "/city/odessa-mo/policy/#ODE-" in text
    assert "MO 131 and I-70 ramp</span>" not in text
    refused = [e for e in log.latest(10, city=cast.ODESSA) if e.act == Act.READS_SEARCH]
    assert [entry.outcome for entry in refused] == ["refused"]


def test_with_a_case_number_both_answer(seat: Seat, seen: int, seen_in_odessa: int) -> None:
    page = ask(seat("ana"), cities=[cast.WILLARD, cast.ODESSA], case_number="26-014233")
    assert b"2 reads in" in page.content


def test_a_refused_person_finds_everything_typed_still_there(seat: Seat, seen: int) -> None:
    typed = {
        "purpose": "",
        "case_number": "26-014233",
        "note": "a note worth keeping",
        "since": "2026-11-01T08:00",
        "cameras": "wil-ab-farm",
    }
    text = ask(seat("ana"), **typed).content.decode()
    assert 'value="TST4821"' in text
    assert 'value="26-014233"' in text
    assert "a note worth keeping" in text
    assert 'value="2026-11-01T08:00"' in text
    assert 'value="wil-ab-farm" checked' in text
    assert 'value="willard-mo" checked' in text


def test_nothing_found_says_so(seat: Seat, seen: int) -> None:
    page = ask(seat("ana"), plate="ABC9999")
    assert page.status_code == 200
    assert b"No reads found in Willard, MO" in page.content


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"plate": "ABC%12"}, "is neither"),
        ({"since": "yesterday"}, "not a date and time"),
        ({"since": "2026-11-02T08:00", "until": "2026-11-01T08:00"}, "before its start"),
        ({"cities": []}, "Choose at least one city"),
        ({"cities": ["atlantis"]}, "atlantis"),
    ],
)
def test_what_cannot_be_searched_is_said_beside_the_field_and_nothing_is_lost(
    seat: Seat, seen: int, changed: dict[str, object], words: str
) -> None:
    page = ask(seat("ana"), **changed, case_number="26-014233")
    assert page.status_code == 400
    assert words in page.content.decode()
    assert 'value="26-014233"' in page.content.decode()
    assert searches() == 0


def test_a_search_that_is_too_broad_is_refused_by_each_city_and_the_log_says_so(
    seat: Seat, seen: int
) -> None:
    page = ask(seat("ana"), plate="A*")
    assert page.status_code == 403
    assert "at least 3 known characters" in page.content.decode()
    assert (last().outcome, last().facts["rule"]) == ("refused", "breadth")


def test_no_plate_is_ever_part_of_an_address(seat: Seat, seen: int) -> None:
    seat("ana").get("/search/?plate=TST4821&purpose=" + CRIME)
    assert searches() == 0


def test_wall_clock_times_are_those_of_the_first_city(seat: Seat, seen: int) -> None:
    ask(seat("ana"), since="2026-07-01T08:00")
    question = next(entry for entry in log.latest(5) if entry.outcome == "admitted")
    assert question.private is not None
    assert question.private["query"] == {
        "plate": "TST4821",
        "since": "2026-07-01T08:00:00-05:00",
    }


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    page = client.post("/search/", ASKED)
    assert page.status_code == 302
    assert page["Location"].startswith("/sign-in/")

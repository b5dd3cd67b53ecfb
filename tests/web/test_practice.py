"""Practice and help: the real rules, made-up plates, and no real read in sight."""

import pytest
from django.test import Client

from plateward.audit import log
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys import story
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
WILLARD = f"/practice/{cast.WILLARD}/"
RIGHT = {"purpose": "crime_person_or_property", "note": "burglary on 4th Street"}


@pytest.fixture
def ana() -> Client:
    return seats.at_the_keyboard("ana")


def test_the_page_opens_where_the_role_searches_even_before_training() -> None:
    assert seats.at_the_keyboard("ben").get(WILLARD).status_code == 200


@pytest.mark.parametrize("name", ["finn", "cy", "eve"])
def test_it_stays_closed_to_who_will_never_search(name: str) -> None:
    assert seats.at_the_keyboard(name).get(WILLARD).status_code == 403
    assert log.count(act=Act.PRACTICE, outcome="refused") == 1


def test_a_right_search_finds_the_made_up_plate_and_solves_the_exercise(ana: Client) -> None:
    page = ana.post(WILLARD, RIGHT | {"plate": "practice-1"})
    assert page.context["tried"].solved == "right"
    assert len(page.context["tried"].found) == 2
    entry = log.latest(1)[0]
    assert (entry.act, entry.outcome, entry.facts["exercise"]) == (Act.PRACTICE, "done", "right")


@pytest.mark.parametrize(
    ("said", "solved"),
    [
        ({"plate": "PRACTICE1"}, "no-purpose"),
        ({**RIGHT, "note": "check", "plate": "PRACTICE1"}, "vague-reason"),
        ({**RIGHT, "purpose": "other", "plate": "PRACTICE1"}, "not-listed"),
    ],
)
def test_a_wrong_search_is_told_what_a_real_one_would_be(
    ana: Client, said: dict[str, str], solved: str
) -> None:
    page = ana.post(WILLARD, said)
    assert page.context["tried"].solved == solved
    assert not page.context["tried"].found
    assert b"Refused: this is what a real search would be told" in page.content


def test_odessa_practises_its_case_number() -> None:
    dee = seats.at_the_keyboard("dee")
    page = dee.post(
        f"/practice/{cast.ODESSA}/", {"purpose": "official_law_enforcement", "plate": "PRACTICE1"}
    )
    assert page.context["tried"].solved == "no-case"


def test_carson_practises_its_request() -> None:
    gus = seats.at_the_keyboard("gus")
    address = f"/practice/{cast.CARSON}/"
    purposes = gus.get(address).context["form"].fields["purpose"].choices
    sent = {
        "purpose": next(code for code, _ in purposes if code),
        "case_number": "26-014233",
        "plate": "PRACTICE1",
        "confirmed": ["warrant"],
    }
    assert gus.post(address, sent).context["tried"].solved == "no-request"
    assert gus.post(address, sent | {"request": "on"}).context["tried"].solved == "right"


@pytest.mark.usefixtures("cameras")
def test_a_real_plate_is_never_found_here(ana: Client) -> None:
    story.taken_in(cast.sighting("TST4821"))
    page = ana.post(WILLARD, RIGHT | {"plate": "TST4821"})
    assert page.context["tried"].decision.allowed
    assert page.context["tried"].found == ()
    assert log.count(act=Act.READS_SEARCH) == 0


def test_exercises_done_stay_done_and_are_named_by_their_log_entry(ana: Client) -> None:
    ana.post(WILLARD, RIGHT | {"plate": "PRACTICE1"})
    steps = {step.exercise.code: step.entry for step in ana.get(WILLARD).context["steps"]}
    assert steps["right"] > 0
    assert steps["no-purpose"] == 0


@pytest.mark.parametrize("city", [cast.WILLARD, cast.ODESSA, cast.WALNUT, cast.CALABASAS])
def test_help_says_what_each_city_asks(ana: Client, city: str) -> None:
    page = ana.get(f"/help/{city}/")
    assert page.status_code == 200
    for need in page.context["rules"].needs:
        assert need[1:] in page.content.decode()


def test_help_is_linked_from_every_staff_page(ana: Client) -> None:
    for address in ("/home/", "/search/", "/log/", "/manage/", "/standing/", "/practice/"):
        assert b'href="/help/"' in ana.get(address).content


def test_help_of_a_city_that_is_not_served(ana: Client) -> None:
    assert ana.get("/help/atlantis-xx/").status_code == 404
    assert ana.get("/practice/atlantis-xx/").status_code == 404
    assert ana.get("/manage/atlantis-xx/people/").status_code == 404

"""Saved queries from the browser's side: kept for a case, shown through the gate, never run."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.people import appointments
from plateward.people.models import Person
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys.story import Seat
from tests.journeys.test_search import ask, searches
from tests.journeys.test_search_console import asked_last, hidden

CASE = "26-014233"


def saved(browser: Client, *, shared: bool = False, days: int = 20, **asked: object) -> Any:
    """Search for a case, then save what was asked; the page that follows."""
    found = ask(browser, **{"case_number": CASE, "span": "day", **asked})
    last_day = (timezone.localdate() + timedelta(days=days)).isoformat()
    sent = {**hidden(found, "Save"), "last_day": last_day, **({"shared": "on"} if shared else {})}
    return browser.post("/search/saved/keep/", sent, follow=True)


def reference(page: Any) -> str:
    _, _, after = page.content.decode().partition("<h3>Q-")
    return f"Q-{after.partition(',')[0]}"


def test_it_is_kept_listed_and_fills_in_the_form_which_then_asks_the_gate(
    seat: Seat, seen: int
) -> None:
    browser = seat("ana")
    page = saved(browser)
    assert b"plate TST4821; last 24 hours; in Willard, MO" in page.content
    number, before = reference(page), searches()
    form = browser.post(f"/search/saved/{number}/").content.decode()
    assert 'value="TST4821"' in form
    assert f'value="{CASE}"' in form
    assert "Nothing was searched yet" in form
    assert searches() == before
    sent = {"saved": hidden_of(form, "saved"), "case_number": CASE, "span": "day"}
    assert b"1 read in Willard" in ask(browser, **sent).content
    assert asked_last()["saved"] == number
    ask(browser, **{**sent, "case_number": "26-999999"})
    assert "saved" not in asked_last()


def hidden_of(text: str, name: str) -> str:
    _, _, after = text.partition(f'type="hidden" name="{name}" value="')
    return after.partition('"')[0]


def test_without_a_case_there_is_nothing_to_save_it_for(seat: Seat, seen: int) -> None:
    text = ask(seat("ana")).content.decode()
    assert "search with a case number" in text
    assert "/search/saved/keep/" not in text


@pytest.mark.parametrize("days", [-2, 400])
def test_a_wrong_last_day_is_said_and_nothing_is_kept(seat: Seat, seen: int, days: int) -> None:
    page = saved(seat("ana"), days=days)
    assert b"Choose a last day" in page.content
    assert b"You keep no query" in page.content


def test_a_colleague_uses_what_is_shared_by_naming_the_case(seat: Seat, seen: int) -> None:
    ana = seat("ana")
    number = reference(saved(ana, shared=True))
    ben = seat("ben")
    assert ben.get("/search/saved/").status_code == 403  # his training lapsed
    trained = colleague()
    assert number.encode() not in trained.get("/search/saved/").content
    assert number.encode() in trained.post("/search/saved/", {"case_number": CASE}).content
    opened = f"/search/saved/{number}/"
    assert trained.post(opened).status_code == 404
    assert trained.post(opened, {"case_number": CASE}).status_code == 200
    assert trained.post(f"{opened}delete/").status_code == 404


def colleague() -> Client:
    """Ben, trained again."""
    from plateward.people import training
    from tests.web import seats

    ben = Person.objects.get(username="ben")
    yesterday = timezone.localdate() - timedelta(days=1)
    course = training.Course(cast.WILLARD, yesterday, "test certificate", ())
    training.record(ben, course, by="test clerk")
    return seats.keyboard_of(ben)


def test_whoever_has_no_role_there_any_more_neither_sees_nor_fills_in(
    seat: Seat, seen: int
) -> None:
    browser = seat("ana")
    number = reference(saved(browser))
    ana = Person.objects.get(username="ana")
    appointments.revoke(ana, cast.WILLARD, why="left the department", by="test clerk")
    assert number.encode() not in browser.get("/search/saved/").content
    assert browser.post(f"/search/saved/{number}/").status_code == 403
    entry = next(e for e in log.latest(5) if e.act == Act.QUERIES_SEE)
    assert (entry.outcome, entry.city) == ("refused", cast.WILLARD)


def test_deleting_it_is_on_record_and_it_is_gone(seat: Seat, seen: int) -> None:
    browser = seat("ana")
    number = reference(saved(browser))
    page = browser.post(f"/search/saved/{number}/delete/", follow=True)
    assert f"{number} is deleted".encode() in page.content
    assert "reads:query:delete" in [entry.act for entry in log.latest(4)]
    assert browser.post(f"/search/saved/{number}/").status_code in {403, 404}

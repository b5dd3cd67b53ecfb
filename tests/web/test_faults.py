"""When something is wrong: what happened, that nothing was lost, what to do. Never a trace."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from plateward.audit import log
from plateward.audit.log import NotSigned
from plateward.gate import door
from plateward.people import standing
from plateward.web import home, search
from tests.web import seats

SEARCH = {"cities": ["willard-mo"], "purpose": "crime_person_or_property", "plate": "TST4821"}


@pytest.fixture
def ana(cameras: dict[str, str]) -> Client:
    client = seats.at_the_keyboard("ana")
    client.raise_request_exception = False
    return client


def away(*_: object, **__: object) -> Any:
    raise OperationalError("connection refused: secret-host:5432")


def test_with_the_database_away_a_search_is_refused_with_a_plain_page(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "admit", away)
    page = ana.post("/search/", SEARCH)
    text = page.content.decode()
    assert page.status_code == 503
    assert page["Retry-After"] == "60"
    assert "The database cannot be reached" in text
    assert "Nothing was searched and nothing was lost" in text
    assert "secret-host" not in text


def test_with_the_database_away_before_the_page_is_reached_the_words_are_the_same(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    client.cookies["plateward_session"] = "anything"
    page = client.get("/home/")
    assert page.status_code == 503
    assert b"The database cannot be reached" in page.content


def test_machines_are_told_in_json(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    from django.test import RequestFactory

    from plateward.web import faults

    answer = faults.page(RequestFactory().post("/api/v1/sightings"), faults.DATABASE)
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/json"
    assert b"Try again in a minute" in answer.content


def test_a_log_that_cannot_be_signed_stops_the_search(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsigned(*_: object, **__: object) -> Any:
        raise NotSigned("1000 entries are waiting")

    monkeypatch.setattr(door, "admit", unsigned)
    page = ana.post("/search/", SEARCH)
    assert page.status_code == 503
    assert b"The log cannot be signed" in page.content


def test_a_fault_of_ours_shows_no_trace(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise ZeroDivisionError("a secret of the program")

    monkeypatch.setattr(home.standing, "held_by", broken)
    page = ana.get("/home/")
    assert page.status_code == 500
    assert b"Something went wrong on our side" in page.content
    assert b"secret of the program" not in page.content
    assert b"Traceback" not in page.content


def test_an_unknown_address_is_said_plainly(client: Client, db: None) -> None:
    for address in ("/no-such-page/", "/city/atlantis/", "/city/atlantis/policy/"):
        page = client.get(address)
        assert page.status_code == 404
        assert b"There is no such page" in page.content


def test_a_form_without_its_token_is_refused_in_words(ana: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ana.cookies
    page = strict.post("/search/", SEARCH)
    assert page.status_code == 403
    assert b"The form had expired" in page.content
    assert log.count(act="reads:plate:search") == 0


def test_a_missing_search_page_asks_the_rooms_it_says_it_does() -> None:
    """The faults above are put into these names; a renamed import must not make them pass."""
    assert search.door is door
    assert home.standing is standing

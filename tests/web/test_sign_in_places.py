"""One account, one place: a second is refused or flagged, and the log names each session."""

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows import login
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from plateward.audit import log, origin
from plateward.people import lockout, sessions
from plateward.policy.vocabulary import Act
from tests import cast
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
DESK, CAR = "192.0.2.10", "198.51.100.7"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


def sign_in(name: str, address: str) -> Client:
    browser = Client(REMOTE_ADDR=address)
    browser.post("/sign-in/notice/")
    browser.post("/sign-in/", {"login": name, "password": cast.PASSWORD})
    browser.get("/locked/")
    return browser


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def sign_ins() -> list[log.Entry]:
    return [entry for entry in log.latest(20) if entry.act == "people:account:sign-in"]


def test_a_second_place_is_refused_and_flagged_where_nobody_may_share_an_account() -> None:
    gus = cast.enrolled("gus")  # of Calabasas, among others
    desk = sign_in("gus", DESK)
    car = sign_in("gus", CAR)
    assert is_in(desk)
    assert not is_in(car)
    refused = sign_ins()[0]
    assert (refused.outcome, refused.facts["flags"]) == ("refused", [lockout.SECOND_PLACE])
    assert refused.private is not None
    assert refused.private["address"] == CAR
    page = seats.keyboard_of(gus).get("/account/sessions/").content.decode()
    assert "Refused" in page
    assert CAR in page


def test_the_answer_says_what_to_do() -> None:
    cast.enrolled("gus")
    sign_in("gus", DESK)
    browser = Client(REMOTE_ADDR=CAR)
    browser.post("/sign-in/notice/")
    answer = browser.post("/sign-in/", {"login": "gus", "password": cast.PASSWORD})
    assert answer.status_code == 403
    assert b"sign out or lock the screen there" in answer.content


def test_elsewhere_a_second_place_is_flagged() -> None:
    cast.enrolled("ana")  # of Willard and Odessa, whose texts say nothing of it
    sign_in("ana", DESK)
    assert is_in(sign_in("ana", CAR))
    assert [entry.facts["flags"] for entry in sign_ins()] == [[lockout.SECOND_PLACE], []]


@pytest.mark.parametrize("left_by", ["sign-out", "lock", "idle"])
def test_whoever_left_the_desk_may_sign_in_elsewhere(left_by: str) -> None:
    cast.enrolled("gus")
    desk = sign_in("gus", DESK)
    if left_by == "sign-out":
        desk.post("/sign-out/")
    elif left_by == "lock":
        desk.post("/locked/now/")
    else:
        UserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=31))
    assert is_in(sign_in("gus", CAR))


def test_the_same_place_twice_is_no_second_place() -> None:
    cast.enrolled("gus")
    sign_in("gus", DESK)
    assert is_in(sign_in("gus", DESK))
    assert sign_ins()[0].facts["flags"] == []


def test_each_entry_made_from_a_page_names_its_session_and_not_its_key() -> None:
    ana = cast.enrolled("ana")
    one, other = seats.keyboard_of(ana), seats.keyboard_of(ana)
    searched = {"plate": "TST4821", "cities": [cast.WILLARD], "purpose": "hotlist_check"}
    one.post("/search/", searched | {"note": "vehicle named in a broadcast of today"})
    other.get("/log/")
    named = {
        entry.act: (entry.private or {}).get("session")
        for entry in log.latest(10)
        if entry.act in {Act.READS_SEARCH, Act.AUDIT_READ}
    }
    assert len(named) == 2
    keys = [client.session.session_key for client in (one, other)]
    assert set(named.values()) == {sessions.reference(key) for key in keys}
    assert not any(str(key) in str(entry) for key in keys for entry in log.latest(10))
    assert sessions.reference(keys[0]) in one.get("/account/sessions/").content.decode()


def test_what_the_house_does_afterwards_is_of_no_session() -> None:
    seats.at_the_keyboard("ana").get("/log/")
    assert origin.session() == ""
    entry = log.entry(log.append(actor="house", act="test:thing:do", outcome="done"))
    assert entry.private is None


PRIVILEGED = [
    ("GET", f"/manage/{cast.CALABASAS}/people/new/"),
    ("POST", f"/manage/{cast.CALABASAS}/people/new/"),
    ("POST", f"/log/{cast.CALABASAS}/export/"),
]


@pytest.mark.parametrize(("method", "path"), PRIVILEGED)
def test_a_privileged_page_asks_again_who_one_is(method: str, path: str) -> None:
    browser = seats.at_the_keyboard("lou")
    session = browser.session
    old = time.time() - timedelta(hours=1).total_seconds()
    records = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [each | {"at": old} for each in records]
    session.save()
    answer = browser.generic(method, path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm/")


def test_a_search_does_not_ask_again() -> None:
    browser = seats.at_the_keyboard("ana")
    session = browser.session
    old = time.time() - timedelta(hours=1).total_seconds()
    records = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [each | {"at": old} for each in records]
    session.save()
    assert browser.get("/search/").status_code == 200

"""A session locks when idle, ends with the shift, is listed, and is closed at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from unittest import mock

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from plateward.audit import log
from plateward.people import lockout, sessions
from plateward.people.models import Person
from plateward.web import alerts, presence
from tests import cast
from tests.web import seats
from tests.web.soft_key import Key

pytestmark = pytest.mark.django_db
PAGE = "/account/"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def ana(cities: tuple[str, ...]) -> Person:
    return cast.enrolled("ana")


@pytest.fixture
def seat(ana: Person) -> Client:
    client = seats.keyboard_of(ana)
    assert client.get(PAGE).status_code == 200
    return client


def idle(client: Client, **ago: int) -> None:
    """Nobody touched this browser for so long."""
    rows = UserSession.objects.filter(session_key=client.session.session_key)
    assert rows.update(last_seen_at=timezone.now() - timedelta(**ago))


def entries(act: str) -> list[log.Entry]:
    return [entry for entry in log.latest(30) if entry.act == act]


def is_locked(client: Client) -> bool:
    answer = client.get(PAGE)
    return answer.status_code == 302 and answer["Location"].startswith("/locked/")


def test_after_half_an_hour_the_next_page_is_the_lock(seat: Client) -> None:
    idle(seat, minutes=29)
    assert not is_locked(seat)
    idle(seat, minutes=30)
    assert seat.get("/account/?x=1")["Location"] == "/locked/?next=%2Faccount%2F%3Fx%3D1"
    assert b"Locked" in seat.get("/locked/").content


def test_locking_is_logged_once_however_often_it_is_found(seat: Client, ana: Person) -> None:
    idle(seat, minutes=31)
    for _ in range(3):
        seat.get(PAGE)
        seat.get("/locked/")
    (entry,) = entries("people:session:lock")
    assert (entry.actor, entry.facts["why"]) == (ana.badge, "idle")


def test_a_locked_session_is_not_woken_by_asking_again(seat: Client) -> None:
    idle(seat, minutes=31)
    assert is_locked(seat)
    seat.post("/session/")
    assert is_locked(seat)


def test_looking_at_the_lock_page_does_not_wake_the_session(seat: Client) -> None:
    idle(seat, minutes=31)
    assert seat.get("/locked/").status_code == 200
    assert is_locked(seat)


def test_a_form_sent_while_locked_changes_nothing(seat: Client, ana: Person) -> None:
    idle(seat, minutes=31)
    sent = {"oldpassword": cast.PASSWORD, "password1": "a b c d e f g 9", "password2": "a b c"}
    assert seat.post("/account/password/", sent)["Location"].startswith("/locked/")
    ana.refresh_from_db()
    assert ana.check_password(cast.PASSWORD)


def test_the_password_unlocks_and_leads_back(seat: Client) -> None:
    idle(seat, minutes=31)
    where = seat.get("/account/?x=1")["Location"]
    answer = seat.post(where, {"secret": cast.PASSWORD})
    assert answer["Location"] == "/account/?x=1"
    assert not is_locked(seat)
    assert entries("people:session:unlock")[0].facts["factor"] == "password"


def test_a_page_that_found_it_idle_just_before_does_not_lock_it_again(
    seat: Client, ana: Person
) -> None:
    idle(seat, minutes=31)
    found = sessions.of_key(seat.session.session_key)
    assert found is not None
    sessions.unlock(found, ana, factor="password", now=timezone.now())
    sessions.lock(found, ana, why="idle", now=timezone.now())
    assert not is_locked(seat)


def test_the_open_page_unlocks_without_leaving(seat: Client) -> None:
    idle(seat, minutes=31)
    told = seat.post("/locked/", {"secret": cast.PASSWORD}, HTTP_ACCEPT="application/json")
    assert told.json() == {"locked": False}
    assert not is_locked(seat)


def test_nobody_is_led_to_another_site(seat: Client) -> None:
    idle(seat, minutes=31)
    seat.get(PAGE)
    answer = seat.post("/locked/?next=https://elsewhere.example/", {"secret": cast.PASSWORD})
    assert answer["Location"] == "/home/"


def test_a_code_unlocks_once(seat: Client, ana: Person) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ana, secret)
    shown = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    for opens in (True, False):
        idle(seat, minutes=31)
        seat.get(PAGE)
        cache.clear()  # what another process would not know
        assert (seat.post("/locked/", {"secret": shown}).status_code == 302) is opens
    assert entries("people:session:unlock")[0].facts["factor"] == "totp"


def test_a_key_unlocks(seat: Client, ana: Person) -> None:
    key = Key()
    seat.post("/account/confirm/", {"password": cast.PASSWORD})
    options = seat.get("/account/keys/new/").context["js_data"]["creation_options"]
    seat.post("/account/keys/new/", {"name": "k", "credential": key.made(options)})
    idle(seat, minutes=31)
    options = seat.get("/locked/").context["js_data"]["request_options"]
    assert seat.post("/locked/", {"credential": key.answered(options)}).status_code == 302
    assert not is_locked(seat)


def test_five_wrong_tries_close_the_account_and_it_stays_locked(seat: Client) -> None:
    idle(seat, minutes=31)
    seat.get(PAGE)
    for _ in range(lockout.FAILURES):
        assert seat.post("/locked/", {"secret": "not the password"}).status_code == 200
    answer = seat.post("/locked/", {"secret": cast.PASSWORD})
    assert b"Too many wrong" in answer.content
    assert is_locked(seat)


def test_one_may_lock_at_once_and_sign_out_from_there(seat: Client) -> None:
    assert seat.post("/locked/now/")["Location"] == "/locked/"
    assert is_locked(seat)
    assert entries("people:session:lock")[0].facts["why"] == "asked"
    seat.post("/sign-out/")
    assert seat.get(PAGE)["Location"].startswith("/sign-in/")
    assert entries("people:account:sign-out")[0].facts["why"] == "signed out"


def test_what_a_page_asks_by_itself_is_no_activity(seat: Client) -> None:
    idle(seat, minutes=20)
    before = UserSession.objects.get().last_seen_at
    assert seat.get("/session/").json() == {"locked": False}
    assert UserSession.objects.get().last_seen_at == before
    assert seat.post("/session/").json() == {"locked": False}
    assert UserSession.objects.get().last_seen_at > before


def test_the_alert_stream_is_no_activity_and_does_not_open_in_a_locked_session(
    seat: Client,
) -> None:
    idle(seat, minutes=31)
    before = UserSession.objects.get().last_seen_at
    assert seat.get("/alerts/stream/").status_code == 204
    assert UserSession.objects.get().last_seen_at == before


def test_the_alert_stream_ends_unsent_when_its_session_is_locked_or_closed(seat: Client) -> None:
    answers = iter([True, False])
    hit = mock.Mock(id=1, cursor=0)

    async def two_hits(_topic: str) -> AsyncIterator[dict[str, str]]:
        yield {"alert": "1"}
        yield {"alert": "2"}
        await asyncio.sleep(60)

    async def listen() -> list[str]:
        with (
            mock.patch.object(alerts, "_missed", mock.AsyncMock(return_value=[])),
            mock.patch.object(alerts, "_one", mock.Mock(return_value=[hit])),
            mock.patch.object(alerts, "_event", mock.Mock(return_value="a hit")),
            mock.patch.object(alerts.live, "subscribe", two_hits),
        ):
            events = alerts._events(
                mock.Mock(), after=alerts.Known(), still_open=lambda: next(answers)
            )
            return [event async for event in events]

    assert asyncio.run(listen()) == ["retry: 3000\n\n", "a hit"]


def test_a_stream_may_go_on_only_in_an_open_session(seat: Client, ana: Person) -> None:
    key = seat.session.session_key
    assert sessions.is_open(key, ana, now=timezone.now())
    assert not sessions.is_open(key, ana, now=timezone.now() + timedelta(minutes=31))
    sessions.close_all(ana)
    assert not sessions.is_open(key, ana, now=timezone.now())


def test_a_dispatch_position_is_never_locked(seat: Client, settings: Settings) -> None:
    settings.NEVER_LOCKED = ["willard-mo:sworn_officer", "odessa-mo:pd_member"]
    idle(seat, hours=5)
    assert not is_locked(seat)


def test_one_position_that_must_be_locked_locks_them_all(seat: Client, settings: Settings) -> None:
    settings.NEVER_LOCKED = ["odessa-mo:pd_member"]
    idle(seat, minutes=31)
    assert is_locked(seat)


def test_the_machine_may_ask_for_less(seat: Client, settings: Settings) -> None:
    settings.LOCK_AFTER_MINUTES = 10
    idle(seat, minutes=11)
    assert is_locked(seat)


def proved(client: Client, **ago: int) -> None:
    """The last proof of who sits there is so old."""
    session = client.session
    at = time.time() - timedelta(**ago).total_seconds()
    records = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record | {"at": at} for record in records]
    session.save()


def test_after_twelve_hours_everyone_signs_in_again_however_busy(seat: Client) -> None:
    proved(seat, hours=11, minutes=59)
    assert seat.get(PAGE).status_code == 200
    seat.post("/account/confirm/", {"password": cast.PASSWORD})  # not a new beginning
    session = seat.session
    first, *later = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    first["at"] = time.time() - timedelta(hours=12).total_seconds()
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [first, *later]
    session.save()
    assert seat.get(PAGE)["Location"].startswith("/sign-in/")
    assert seat.get(PAGE)["Location"].startswith("/sign-in/")
    assert entries("people:account:sign-out")[0].facts["why"] == "twelve hours are over"


def test_one_sees_and_closes_ones_own_sessions(seat: Client, ana: Person) -> None:
    other = seats.keyboard_of(ana)
    other.get(PAGE, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    assert b"Firefox on Windows" in seat.get("/account/sessions/").content
    number = sessions.of_key(other.session.session_key)
    assert number
    seat.post("/account/sessions/", {"session": str(number.number)})
    assert other.get(PAGE)["Location"].startswith("/sign-in/")
    assert seat.get(PAGE).status_code == 200
    assert entries("people:session:close")[0].facts == {"badge": ana.badge, "sessions": 1}


def test_one_closes_all_the_others(seat: Client, ana: Person) -> None:
    others = [seats.keyboard_of(ana) for _ in range(2)]
    for other in others:
        other.get(PAGE)
    seat.post("/account/sessions/", {"session": "others"})
    assert [other.get(PAGE).status_code for other in others] == [302, 302]
    assert len(sessions.open_sessions(ana)) == 1


def test_one_may_close_the_one_one_sits_in(seat: Client) -> None:
    number = UserSession.objects.get().pk
    answer = seat.post("/account/sessions/", {"session": str(number)})
    assert answer["Location"] == "/sign-in/"
    assert seat.get(PAGE)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("sent", ["", "-1", "x", "9" * 30, "²"])
def test_nonsense_closes_nothing(seat: Client, sent: str) -> None:
    seat.post("/account/sessions/", {"session": sent})
    assert seat.get(PAGE).status_code == 200


def test_nobody_closes_another_persons_session(seat: Client, ana: Person) -> None:
    ben = seats.keyboard_of(cast.enrolled("ben"))
    ben.get(PAGE)
    number = UserSession.objects.get(user=ana).pk
    ben.post("/account/sessions/", {"session": str(number)})
    assert seat.get(PAGE).status_code == 200


def test_closing_all_ends_every_session_at_once(seat: Client, ana: Person) -> None:
    other = seats.keyboard_of(ana)
    other.get(PAGE)
    assert sessions.close_all(ana, by="CHIEF") == 2
    assert [each.get(PAGE)["Location"][:9] for each in (seat, other)] == ["/sign-in/"] * 2
    assert entries("people:session:close")[0].actor == "CHIEF"
    assert sessions.close_all(ana) == 0


def privileged(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def asked(client: Client, method: str = "GET") -> HttpResponse:
    """The answer of a privileged page to this browser."""
    request = HttpRequest()
    request.method, request.path = method, "/people/"
    request.META["HTTP_HOST"] = "testserver"
    request.session = client.session
    request.user = Person.objects.get(username="ana")
    answer = presence.recently_confirmed(privileged)(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.parametrize(
    ("method", "minutes", "status"),
    [("GET", 14, 200), ("GET", 15, 302), ("POST", 44, 200), ("POST", 45, 302)],
)
def test_a_privileged_act_asks_who_one_is_again(
    seat: Client, method: str, minutes: int, status: int
) -> None:
    proved(seat, minutes=minutes)
    answer = asked(seat, method)
    assert answer.status_code == status
    assert status == 200 or answer["Location"].startswith("/account/confirm/")


def test_with_a_password_somebody_else_chose_nothing_else_opens(seat: Client, ana: Person) -> None:
    ana.must_change_password = True
    ana.save()
    assert seat.get("/search/")["Location"] == "/account/password/"
    mine = "a river under seven bridges"
    sent = {"oldpassword": cast.PASSWORD, "password1": mine, "password2": mine}
    seat.post("/account/password/", sent)
    assert seat.get(PAGE).status_code == 200
    ana.refresh_from_db()
    assert not ana.must_change_password
    assert entries("people:password:change")[0].actor == ana.badge


def test_a_new_password_ends_the_other_sessions(seat: Client, ana: Person) -> None:
    other = seats.keyboard_of(ana)
    mine = "a river under seven bridges"
    sent = {"oldpassword": cast.PASSWORD, "password1": mine, "password2": mine}
    seat.post("/account/password/", sent)
    assert other.get(PAGE)["Location"].startswith("/sign-in/")
    assert seat.get(PAGE).status_code == 200


def test_recovery_codes_are_shown_once_used_once_and_made_anew(seat: Client, ana: Person) -> None:
    totp.TOTP.activate(ana, totp.generate_totp_secret())
    seat.post("/account/confirm/", {"password": cast.PASSWORD})
    seat.post("/account/codes/new/")
    codes = seat.get("/account/codes/").context["unused_codes"]
    assert codes[0].encode() not in seat.get("/account/codes/").content
    for used in (True, False):
        client = Client()
        client.post("/sign-in/notice/")
        client.post("/sign-in/", {"login": "ana", "password": cast.PASSWORD})
        client.post("/sign-in/code/", {"code": codes[0]})
        assert (client.get(PAGE).status_code == 200) is used
    sign_in = next(e for e in entries("people:account:sign-in") if e.outcome == "done")
    assert sign_in.facts["factors"] == ["password", "recovery_codes"]
    seat.post("/account/codes/new/")
    held = Authenticator.objects.get(user=ana, type=Authenticator.Type.RECOVERY_CODES)
    assert not set(codes) & set(held.wrap().get_unused_codes())
    assert len(entries("people:factor:make")) == 2
    assert len(entries("people:factor:show")) == 1
    assert codes[0] not in str(log.latest(30))


def test_the_notice_is_accepted_before_anything_is_asked(client: Client, ana: Person) -> None:
    page = client.get("/sign-in/?next=/search/")
    assert b"recorded" in page.content
    assert b'name="password"' not in page.content
    for part in (b"government", b"monitored", b"prohibited", b"consent"):
        assert part in page.content
    refused = client.post("/sign-in/", {"login": "ana", "password": cast.PASSWORD})
    assert b"I understand and agree" in refused.content
    answer = client.post("/sign-in/notice/", {"next": "/search/"})
    assert answer["Location"] == "/sign-in/?next=%2Fsearch%2F"
    assert b'name="password"' in client.get(answer["Location"]).content


def test_accepting_leads_to_no_other_site(client: Client, ana: Person) -> None:
    answer = client.post("/sign-in/notice/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/sign-in/"


def test_the_city_writes_its_own_notice(client: Client, ana: Person, settings: Settings) -> None:
    settings.USE_NOTICE = "Ours.\n\nRecorded <b>always</b>."
    page = client.get("/sign-in/")
    assert b"<p>Ours.</p>" in page.content
    assert b"&lt;b&gt;always" in page.content


def test_every_sign_in_says_which_notice_was_accepted_and_where_it_came_from(
    client: Client, cities: tuple[str, ...]
) -> None:
    cast.enrolled("gus")
    client.post("/sign-in/notice/")
    sent = {"login": "gus", "password": cast.PASSWORD}
    client.post("/sign-in/", sent, HTTP_USER_AGENT="Firefox/140.0")
    (entry,) = entries("people:account:sign-in")
    assert len(str(entry.facts["notice"])) == 64
    assert entry.private == {
        "address": "127.0.0.1",
        "browser": "Firefox/140.0",
        "session": sessions.reference(client.session.session_key),
    }


def test_a_session_from_before_is_listed_at_its_next_page(ana: Person) -> None:
    client = seats.keyboard_of(ana)
    assert sessions.of_key(client.session.session_key) is None
    client.get(PAGE)
    listed = sessions.of_key(client.session.session_key)
    assert listed
    assert isinstance(listed.began_at, datetime)

"""Security keys: set up, used, refused where they are forged, and never the last factor taken."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from plateward.audit import log
from plateward.people import lockout
from plateward.people.models import Person
from tests import cast
from tests.web import seats
from tests.web.soft_key import Key

pytestmark = pytest.mark.django_db
SIGN_IN = "people:account:sign-in"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def ana(cities: tuple[str, ...]) -> Person:
    person = cast.enrolled("ana")
    totp.TOTP.activate(person, totp.generate_totp_secret())
    return person


@pytest.fixture
def seat(ana: Person) -> Client:
    """Ana's browser; she confirmed a moment ago who she is."""
    client = seats.keyboard_of(ana)
    client.post("/account/confirm/", {"password": cast.PASSWORD})
    return client


@pytest.fixture
def key(seat: Client) -> Key:
    """A key that Ana has set up."""
    key = Key()
    assert add(seat, key)["Location"].startswith("/account/")
    return key


def add(client: Client, key: Key, name: str = "blue key") -> Any:
    options = client.get("/account/keys/new/").context["js_data"]["creation_options"]
    return client.post("/account/keys/new/", {"name": name, "credential": key.made(options)})


def at_the_second_step(name: str = "ana") -> tuple[Client, dict[str, Any]]:
    """A browser that gave the password, and what it would ask a key."""
    client = Client()
    client.post("/sign-in/notice/")
    client.post("/sign-in/", {"login": name, "password": cast.PASSWORD})
    page = client.get("/sign-in/code/")
    return client, page.context["js_data"]["request_options"]


def send(client: Client, credential: str) -> Any:
    return client.post("/sign-in/code/", {"credential": credential})


def keys() -> "list[Authenticator]":
    return list(Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN))


def entries(act: str) -> list[log.Entry]:
    return [entry for entry in log.latest(30) if entry.act == act]


def test_a_key_is_set_up_named_and_listed(seat: Client, key: Key) -> None:
    assert b"blue key" in seat.get("/account/keys/").content
    (entry,) = entries("people:factor:add")
    assert entry.facts["kind"] == "webauthn"
    assert entry.private is not None
    assert entry.private["name"] == "blue key"
    assert "blue key" not in str(entry.facts)


def test_it_gets_another_name(seat: Client, key: Key) -> None:
    seat.post(f"/account/keys/{keys()[0].pk}/", {"name": "red key"})
    assert keys()[0].wrap().name == "red key"
    assert entries("people:factor:rename")


def test_password_then_key_opens_the_home_page(key: Key) -> None:
    client, options = at_the_second_step()
    assert send(client, key.answered(options))["Location"] == "/home/"
    assert client.get("/account/").status_code == 200
    assert entries(SIGN_IN)[0].facts["factors"] == ["password", "webauthn"]


def test_a_key_used_on_a_forged_page_is_refused(key: Key) -> None:
    for forged in (
        "https://evil.example",
        "http://localhost.evil.example",
        "https://alerts.localhost",
    ):
        client, options = at_the_second_step()
        key.origin = forged
        assert send(client, key.answered(options)).status_code == 200, forged
        assert client.get("/account/").status_code == 302, forged


def test_an_answer_serves_once(key: Key) -> None:
    client, options = at_the_second_step()
    answer = key.answered(options)
    assert send(client, answer)["Location"] == "/home/"
    other, _ = at_the_second_step()
    assert send(other, answer).status_code == 200
    assert other.get("/account/").status_code == 302


def test_a_cloned_key_is_found_by_its_count(key: Key) -> None:
    client, options = at_the_second_step()
    assert send(client, key.answered(options))["Location"] == "/home/"
    key.count -= 1
    other, options = at_the_second_step()
    assert send(other, key.answered(options)).status_code == 200
    assert other.get("/account/").status_code == 302


def test_another_key_does_not_open(key: Key) -> None:
    client, options = at_the_second_step()
    forged = Key(id=key.id)
    assert send(client, forged.answered(options)).status_code == 200
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", "7", '{"id": 1}', '"x"', "not json"])
def test_whatever_is_sent_for_an_answer_it_is_a_failure_and_no_fault(key: Key, sent: str) -> None:
    client, _ = at_the_second_step()
    assert send(client, sent).status_code == 200
    assert client.get("/account/").status_code == 302


def test_wrong_keys_count_towards_the_same_lockout(key: Key) -> None:
    client, options = at_the_second_step()
    for _ in range(lockout.FAILURES - 1):
        send(client, Key(id=key.id).answered(options))
    client.post("/sign-in/code/", {"code": "000000"})
    _, *rest = entries(SIGN_IN)
    assert entries(SIGN_IN)[0].outcome == "locked"
    assert {entry.facts["factor"] for entry in rest[:4]} == {"key"}
    options = client.get("/sign-in/code/").context["js_data"]["request_options"]
    assert b"Too many wrong" in send(client, key.answered(options)).content


def test_a_key_confirms_who_one_is(ana: Person, key: Key) -> None:
    client = seats.keyboard_of(ana)
    assert client.get("/account/keys/new/").status_code == 302
    page = client.get("/account/confirm/key/?next=/account/keys/new/")
    answer = key.answered(page.context["js_data"]["request_options"])
    sent = {"credential": answer, "next": "/account/keys/new/"}
    assert client.post("/account/confirm/key/", sent)["Location"] == "/account/keys/new/"
    assert client.get("/account/keys/new/").status_code == 200


def test_one_of_two_factors_is_removed_and_the_last_one_stays(seat: Client, key: Key) -> None:
    address = f"/account/keys/{keys()[0].pk}/remove/"
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    assert b"last second factor" in seat.post(address, follow=True).content
    assert len(keys()) == 1
    assert add(seat, Key(), "spare")["Location"].startswith("/account/")
    seat.post(address)
    assert [held.wrap().name for held in keys()] == ["spare"]
    assert len(entries("people:factor:remove")) == 1


def test_the_app_is_taken_off_only_where_a_key_remains(seat: Client, ana: Person) -> None:
    assert seat.get("/account/authenticator/off/").status_code == 200
    seat.post("/account/authenticator/off/")
    held = Authenticator.objects.filter(user=ana, type=Authenticator.Type.TOTP)
    assert held.exists()
    add(seat, Key())
    seat.post("/account/authenticator/off/")
    assert not held.exists()


def test_nobody_touches_another_persons_key(key: Key, cities: tuple[str, ...]) -> None:
    ben = cast.enrolled("ben")
    totp.TOTP.activate(ben, totp.generate_totp_secret())
    client = seats.keyboard_of(ben)
    client.post("/account/confirm/", {"password": cast.PASSWORD})
    pk = keys()[0].pk
    assert client.post(f"/account/keys/{pk}/remove/").status_code == 404
    assert client.post(f"/account/keys/{pk}/", {"name": "mine now"}).status_code == 404
    assert keys()[0].wrap().name == "blue key"


def test_a_newcomer_may_begin_with_a_key(cities: tuple[str, ...]) -> None:
    cast.enrolled("gus")
    client = Client()
    client.post("/sign-in/notice/")
    client.post("/sign-in/", {"login": "gus", "password": cast.PASSWORD})
    assert add(client, Key())["Location"] == "/account/codes/"
    assert client.get("/account/codes/").status_code == 200
    assert client.get("/account/").status_code == 200

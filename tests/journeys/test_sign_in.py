"""Signing in: both factors, one count of failures, and every attempt in the log."""

import base64
import hmac
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from plateward.audit import log
from plateward.people import lockout
from plateward.people.models import Person
from tests import cast

SIGN_IN = "people:account:sign-in"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """allauth counts attempts in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def client(db: None) -> Client:
    """A browser in which the use notice was accepted."""
    return accepting(Client())


@pytest.fixture
def secret(cities: tuple[str, ...]) -> str:
    """Ana is enrolled and has an authenticator; this is its key."""
    key = str(auth.generate_totp_secret())
    auth.TOTP.activate(cast.enrolled("ana"), key)
    return key


def code(secret: str, *, steps: int = 0) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(time.time() // 30 + steps).to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def wrong_code(secret: str) -> str:
    near = {code(secret, steps=step) for step in (-2, -1, 0, 1, 2)}
    return next(guess for guess in ("000000", "111111", "222222", "333333") if guess not in near)


def accepting(browser: Client) -> Client:
    browser.post("/sign-in/notice/")
    return browser


def give_password(client: Client, password: str = cast.PASSWORD, name: str = "ana") -> Any:
    return client.post("/sign-in/", {"login": name, "password": password})


def give_code(client: Client, given: str) -> Any:
    return client.post("/sign-in/code/", {"code": given})


def attempts() -> list[str]:
    return [entry.outcome for entry in reversed(log.latest(30)) if entry.act == SIGN_IN]


def test_password_then_code_opens_the_home_page_and_is_logged_once(
    client: Client, secret: str
) -> None:
    assert give_password(client)["Location"].startswith("/sign-in/code/")
    assert attempts() == []
    assert give_code(client, code(secret))["Location"] == "/home/"
    assert client.get("/home/").status_code == 200
    assert attempts() == ["done"]


def test_with_the_password_alone_no_page_opens(client: Client, secret: str) -> None:
    give_password(client)
    assert client.get("/search/").status_code == 302
    assert client.get("/home/").status_code == 302


def test_a_wrong_password_says_nothing_of_which_half_was_wrong(client: Client, secret: str) -> None:
    known = give_password(client, "not the password")
    unknown = give_password(client, "not the password", name="nobody")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors
    assert attempts() == ["failed", "failed"]


def test_five_failures_of_either_factor_close_the_account_even_to_the_right_password(
    client: Client, secret: str
) -> None:
    for _ in range(3):
        give_password(client, "not the password")
    give_password(client)
    for _ in range(2):
        give_code(client, wrong_code(secret))
    assert attempts() == ["failed", "failed", "failed", "failed", "locked"]
    closed = give_password(accepting(Client()))
    assert b"Too many wrong passwords, codes or keys" in closed.content
    assert give_code(client, code(secret)).status_code == 200
    assert client.get("/home/").status_code == 302


def test_a_success_starts_the_count_again(client: Client, secret: str) -> None:
    for _ in range(lockout.FAILURES - 1):
        give_password(client, "not the password")
    give_password(client)
    give_code(client, code(secret))
    assert b"Too many" not in give_password(accepting(Client()), "not the password").content


def test_whoever_left_does_not_come_in(client: Client, secret: str) -> None:
    Person.objects.filter(username="ana").update(is_active=False)
    page = give_password(client)
    assert client.get("/home/").status_code == 302
    assert attempts() == ["failed"] or page["Location"] == "/sign-in/closed/"


def test_a_newcomer_sees_nothing_but_the_set_up_of_the_second_factor(
    client: Client, cities: tuple[str, ...]
) -> None:
    cast.enrolled("gus")
    give_password(client, name="gus")
    for address in ("/home/", "/search/", "/alerts/", "/log/", "/account/"):
        assert client.get(address)["Location"].startswith("/account/authenticator/"), address


def test_a_newcomer_scans_the_code_types_it_once_and_is_in(
    client: Client, cities: tuple[str, ...]
) -> None:
    cast.enrolled("gus")
    give_password(client, name="gus")
    page = client.get("/account/authenticator/")
    assert page.status_code == 200
    typed = code(str(page.context["form"].secret))
    done = client.post("/account/authenticator/", {"code": typed})
    assert done["Location"] == "/account/codes/"  # the recovery codes, to be kept
    assert client.get("/account/codes/").status_code == 200
    assert client.get("/home/").status_code == 200


def test_an_authenticator_in_use_is_not_replaced_with_the_password_alone(
    client: Client, secret: str
) -> None:
    give_password(client)
    page = client.get("/account/authenticator/")
    assert page.status_code == 302
    assert "/sign-in" in page["Location"]


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-out/"])
def test_nobody_is_sent_to_another_site_afterwards(
    client: Client, secret: str, address: str
) -> None:
    client.post("/sign-in/?next=https://elsewhere.example/", {})
    give_password(client)
    page = client.post("/sign-in/code/?next=https://elsewhere.example/", {"code": code(secret)})
    assert page["Location"] == "/home/"
    assert "elsewhere" not in client.post(f"{address}?next=https://elsewhere.example/")["Location"]

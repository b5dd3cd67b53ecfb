"""Unlock an account, close its sessions, link it to an agency's sign-in: from the command line."""

import pytest
from allauth.usersessions.models import UserSession
from click.testing import CliRunner, Result
from django.utils import timezone
from pytest_django import Settings

from plateward.cli import house, people
from plateward.people import linked, lockout
from plateward.people.models import Person
from tests import cast
from tests.web import seats

pytestmark = pytest.mark.django_db
APP = {"provider_id": "wpd", "settings": {"issuer": "https://login.example"}}


@pytest.fixture
def ana(cities: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Person:
    monkeypatch.setattr(house, "open_up", lambda: None)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [APP]}}
    return cast.enrolled("ana")


def run(*words: str) -> Result:
    return CliRunner().invoke(people.command, words)


def test_unlock_opens_what_failures_closed(ana: Person) -> None:
    assert "nothing was locked" in run("unlock", "ana").output
    for _ in range(lockout.FAILURES):
        lockout.failed("ana", factor="password", now=timezone.now())
    assert "can sign in again" in run("unlock", "ana").output
    assert lockout.locked_until("ana", now=timezone.now()) is None


def test_sign_out_closes_every_session(ana: Person) -> None:
    client = seats.keyboard_of(ana)
    client.get("/account/")
    assert UserSession.objects.filter(user=ana).count() == 1
    assert "1 session of ana closed" in run("sign-out", "ana").output
    assert client.get("/account/").status_code == 302


def test_link_and_unlink(ana: Person) -> None:
    assert run("link", "ana", "wpd", "8f1c").exit_code == 0
    (link,) = linked.links(ana)
    assert (link.issuer, link.subject) == ("https://login.example", "8f1c")
    again = run("link", "ana", "wpd", "other")
    assert again.exit_code == 1
    assert "linked already" in again.output
    assert run("unlink", "ana", "wpd").exit_code == 0
    assert linked.links(ana) == []
    assert run("unlink", "ana", "wpd").exit_code == 1


def test_an_agency_nobody_set_up_is_named_with_those_that_are(ana: Person) -> None:
    answer = run("link", "ana", "fbi", "1")
    assert answer.exit_code == 1
    assert "It names: wpd" in answer.output

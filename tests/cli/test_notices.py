"""`plateward notices`: a channel set up, tried, given a new key and closed; what waits is sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plateward.cli.notices import command
from plateward.notices import channels, word
from plateward.notices.models import Delivery
from plateward.notices.word import Event, Word
from tests import cast
from tests.notices import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def willard(db: None, settings: Any) -> None:
    settings.NOTICE_HOSTS = ["127.0.0.1"]
    cast.adopt_with_proposals(cast.WILLARD)


@pytest.fixture
def endpoint() -> Iterator[receiver.Receiver]:
    with receiver.running() as there:
        yield there


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_a_webhook_from_first_to_last(endpoint: receiver.Receiver) -> None:
    where = ("webhook", cast.WILLARD, "cad", endpoint.url, "--event", "fault.opened")
    told = run("add", *where)
    assert told.exit_code == 0, told.output
    assert "not shown again" in told.output
    secret = told.output.partition("secret ")[2].partition("\n")[0]
    assert "got through" in run("test", cast.WILLARD, "cad").output
    word.tell(Word(Event.FAULT_OPENED, cast.WILLARD, "fault:1", "/duties/", {"fault": "1"}))
    assert run("deliver", "--once").output == "1 notices were sent or tried.\n"
    assert len(endpoint.got) == 2
    shown = run("list", cast.WILLARD).output
    assert f"cad: Webhook to {endpoint.url}." in shown
    assert secret not in shown
    assert run("rotate", cast.WILLARD, "cad", "--overlap", "1").exit_code == 0
    assert channels.one(cast.WILLARD, "cad").old_key_until is not None
    assert run("close", cast.WILLARD, "cad").exit_code == 0
    assert run("list", cast.WILLARD).output == ""


def test_what_was_given_up_is_listed_and_sent_again(endpoint: receiver.Receiver) -> None:
    endpoint.answers = [503]
    run("add", "webhook", cast.WILLARD, "cad", endpoint.url, "--event", "fault.opened")
    word.tell(Word(Event.FAULT_OPENED, cast.WILLARD, "fault:1", "/duties/", {"fault": "1"}))
    run("deliver", "--once")
    assert "DOWN since" in run("list", cast.WILLARD).output
    Delivery.objects.update(state="dead")
    assert "GIVEN UP" in run("list", cast.WILLARD).output
    assert "1 notices wait" in run("resend", cast.WILLARD).output


def test_mail_and_a_broker_take_their_passwords_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("words of the server\n")
    server = ("127.0.0.1", "--username", "alpr", "--password-file", str(secret))
    mail = ("--to", "desk@example.gov", "--from", "alpr@example.gov")
    told = run("add", "email", cast.WILLARD, "desk", *server, *mail)
    assert told.exit_code == 0, told.output
    told = run("add", "mqtt", cast.WILLARD, "broker", *server, "--topic", "city/alpr")
    assert told.exit_code == 0, told.output
    shown = run("list", cast.WILLARD).output
    assert "desk: E-mail to 1 address by 127.0.0.1." in shown
    assert "broker: MQTT to city/alpr at 127.0.0.1." in shown
    assert "words" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "webhook", cast.WILLARD, "cad", "http://cad.example/"), "https"),
        (("add", "webhook", "nowhere", "cad", "https://cad.example/"), "no policy in force"),
        (("add", "webhook", cast.WILLARD, " ", "https://cad.example/"), "Give it a name"),
        (("test", cast.WILLARD, "cad"), "no open channel"),
        (("rotate", cast.WILLARD, "cad"), "no open channel"),
        (("close", cast.WILLARD, "cad"), "no open channel"),
    ],
)
def test_what_cannot_be_done_changes_nothing(words: tuple[str, ...], said: str) -> None:
    told = run(*words)
    assert told.exit_code == 1
    assert said in told.output
    assert channels.of(cast.WILLARD) == []

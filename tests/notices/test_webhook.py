"""Signed webhooks, and where nothing is ever sent."""

import hashlib
import hmac
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from plateward.notices import channels, deliver, post, reach
from plateward.notices.message import NotSent
from plateward.notices.post import WrongAddress
from plateward.notices.word import Event
from tests.notices.receiver import Receiver

CITY = "willard-mo"
HOW_TO = Path(__file__).parents[2] / "docs" / "how-tos" / "send-notices.md"


def opened(url: str) -> channels.SigningKey:
    key = channels.add(
        CITY, "webhook", "cad", said={"url": url}, events=[Event.ALERT_VERIFIED], by="clerk"
    )
    assert key is not None
    return key


def tried(by: str = "clerk") -> str:
    return deliver.try_out(CITY, "cad", by=by, now=timezone.now())


@pytest.mark.django_db
class TestSignature:
    def test_a_receiver_can_check_it_with_the_key_it_was_given(self, endpoint: Receiver) -> None:
        key = opened(endpoint.url)
        tried()
        _, headers, body = endpoint.got[0]
        signed = headers["Plateward-Timestamp"].encode() + b"." + body
        expected = hmac.new(key.secret.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["Plateward-Signature"] == f"{key.name}={expected}"
        assert headers["Plateward-Key"] == key.name

    def test_the_how_to_checks_it_and_refuses_what_was_changed_or_is_old(
        self, endpoint: Receiver
    ) -> None:
        """The program that we print for receivers is run as it is printed."""
        key = opened(endpoint.url)
        tried()
        _, headers, body = endpoint.got[0]
        printed = re.search(r"```python\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
        assert printed is not None
        there: dict[str, Any] = {}
        exec(printed[1], there)  # noqa: S102 -- our own page
        keys = {key.name: key.secret}
        sent_at = int(headers["Plateward-Timestamp"])
        assert there["is_ours"](keys, headers, body, now=sent_at + 1)
        assert not there["is_ours"](keys, headers, body + b" ", now=sent_at + 1)
        assert not there["is_ours"](keys, headers, body, now=sent_at + 301)
        assert not there["is_ours"]({key.name: "another"}, headers, body, now=sent_at + 1)
        assert not there["is_ours"]({}, headers, body, now=sent_at + 1)
        later = {**headers, "Plateward-Timestamp": str(sent_at + 60)}
        assert not there["is_ours"](keys, later, body, now=sent_at + 61)

    def test_both_keys_sign_while_they_overlap(self, endpoint: Receiver) -> None:
        old = opened(endpoint.url)
        now = timezone.now()
        new = channels.rotate(CITY, "cad", overlap=timedelta(hours=1), by="clerk", now=now)
        deliver.try_out(CITY, "cad", by="clerk", now=now)
        deliver.try_out(CITY, "cad", by="clerk", now=now + timedelta(hours=2))
        both, one = (headers["Plateward-Signature"] for _, headers, _ in endpoint.got)
        assert [each.partition("=")[0] for each in both.split(", ")] == [new.name, old.name]
        assert [each.partition("=")[0] for each in one.split(", ")] == [new.name]

    def test_a_key_that_leaked_ends_at_once(self, endpoint: Receiver) -> None:
        opened(endpoint.url)
        now = timezone.now()
        new = channels.rotate(CITY, "cad", overlap=timedelta(), by="clerk", now=now)
        deliver.try_out(CITY, "cad", by="clerk", now=now)
        assert endpoint.got[0][1]["Plateward-Signature"].startswith(f"{new.name}=")
        assert "," not in endpoint.got[0][1]["Plateward-Signature"]

    def test_no_redirect_is_followed(self, endpoint: Receiver) -> None:
        endpoint.answers = [307]
        opened(endpoint.url)
        with pytest.raises(NotSent, match="307"):
            tried()
        assert [path for path, _, _ in endpoint.got] == ["/"]


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/",
        "ftp://127.0.0.1/",
        "https://",
        "https://name:word@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://hooks.example.com/" + "a" * 1000,
        "https://[::1",
        "",
    ],
)
def test_such_an_address_is_refused(address: str) -> None:
    with pytest.raises(WrongAddress):
        post.place(address)


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_machine_inside_is_not_reached(inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever name it goes by."""
    assert not reach.is_public(inside)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (inside, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with (
        pytest.raises(NotSent, match="PLATEWARD_NOTICE_HOSTS"),
        reach.connection("hooks.example.com", 443),
    ):
        pass


def test_what_was_looked_up_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that points inside at the second question leads nowhere: there is only one."""
    asked: list[str] = []
    reached: list[Any] = []

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("93.184.215.14", 443))]

    def connect(where: Any, **_: object) -> socket.socket:
        reached.append(where)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotSent):
        post.post(post.place("https://hooks.example.com/"), b"{}", {})
    assert asked == ["hooks.example.com"]
    assert reached == [("93.184.215.14", 443)]


def test_who_answers_too_slowly_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "WHOLE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = post.place(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(NotSent) as failed:
            post.post(where, b"{}", {})
    assert failed.value.away

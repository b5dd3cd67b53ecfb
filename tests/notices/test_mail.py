"""Notices by e-mail, to a real mail server on this machine."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from plateward.notices import mail
from plateward.notices.message import Message, NotSent
from plateward.notices.post import WrongAddress
from plateward.notices.word import Event
from tests.notices import certificate

MESSAGE = Message(
    "0e6c", Event.ALERT_VERIFIED, "willard-mo", datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    "https://alpr.example.gov/alerts/", {"category": "stolen_vehicle"},
)  # fmt: skip
SAID = {"host": "127.0.0.1", "to": "dispatch@example.gov, cad@example.gov",
        "sender": "alpr@example.gov", "security": "none"}  # fmt: skip
PASSWORD = "words of the mail server"


@dataclass
class Server:
    port: int = 0
    got: list[Envelope] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 -- the library's name and arguments
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.got.append(envelope)
        return "250 OK"


@contextmanager
def running(**told: Any) -> Iterator[Server]:
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, **told)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def send(server: Server, **told: str) -> str:
    return mail.send(MESSAGE, mail.checked({**SAID, "port": str(server.port), **told}))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate.made(tmp_path_factory.mktemp("certificate"))


def context(authority: Path) -> ssl.SSLContext:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(authority)
    return ours


def test_it_is_addressed_to_each_and_says_what_happened() -> None:
    with running() as server:
        assert send(server) == ""
    (envelope,) = server.got
    assert envelope.rcpt_tos == ["dispatch@example.gov", "cad@example.gov"]
    said = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
    assert said["Subject"] == "Verified hotlist alert (willard-mo)"
    assert said["Message-ID"] == "<0e6c@example.gov>"
    text = said.get_content()
    assert "Category: stolen_vehicle" in text
    assert "2026-03-02 08:30:00 UTC" in text
    assert "https://alpr.example.gov/alerts/" in text
    assert "Plate" not in text


def test_it_goes_under_tls_and_a_password(authority: Path) -> None:
    def known(*told: Any) -> AuthResult:
        login = told[-1]
        assert isinstance(login, LoginPassword)
        return AuthResult(success=login.password.decode() == PASSWORD, handled=False)

    ours = {"tls_context": context(authority), "require_starttls": True}
    with running(**ours, auth_required=True, authenticator=known) as server:
        told = {"security": "starttls", "username": "alpr", "ca": authority.read_text()}
        send(server, **told, password=PASSWORD)
        assert len(server.got) == 1
        with pytest.raises(NotSent, match="535") as failed:
            send(server, **told, password="wrong")
        assert failed.value.away
        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            send(server, **told | {"ca": ""}, password=PASSWORD)
    assert len(server.got) == 1


def test_one_address_that_is_refused_does_not_stop_the_others() -> None:
    with running() as server:
        server.refuses = {"cad@example.gov": "550 No such mailbox"}
        assert send(server) == "The mail server refused 1 of the addresses."
        server.refuses["dispatch@example.gov"] = "550 No such mailbox"
        with pytest.raises(NotSent, match="every address"):
            send(server)
    assert len(server.got) == 1


def test_a_server_that_is_away_is_told_from_one_that_refuses() -> None:
    with running() as server:
        pass
    with pytest.raises(NotSent) as failed:
        send(server)
    assert failed.value.away
    assert "example.gov" not in str(failed.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"to": "dispatch@example.gov\r\nBcc: me"},
        {"sender": "nobody"},
        {"host": "mail.example.gov/x"},
        {"host": "mail.example.gov", "security": "none"},
        {"port": "0"},
        {"security": "some"},
        {"ca": "no certificate"},
    ],
)
def test_such_a_channel_is_not_set_up(wrong: dict[str, str]) -> None:
    with pytest.raises(WrongAddress):
        mail.checked({**SAID, **wrong})

"""The server, as the agent sees it: hand in a letter, say that we live, hear what it answers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from plateward.edge.keys import Signer
from plateward.edge.letter import canonical
from plateward.plates.letters import CAMERA, SIGNATURE, Kind

READS: Final = "/api/v1/edge/reads"
HEARTBEATS: Final = "/api/v1/edge/heartbeats"
_PATIENCE: Final = (5.0, 20.0)  # seconds to be reached, and for the answer
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_NEVER: Final = frozenset({400, 413, 422})
_LONGEST_WAIT: Final = 300


class BadServer(ValueError):
    """The address or the certificate file cannot be used. Nothing was sent."""


class Away(Exception):
    """Nobody took it now: keep it. `after`: seconds to wait, as the server asks, or 0."""

    def __init__(self, why: str, *, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class Refused(Exception):
    """The server will never take this letter; it says why."""


class OutOfTurn(Exception):
    """The number was used before, by another letter or heartbeat; `last` is the highest known."""

    def __init__(self, why: str, last: int) -> None:
        super().__init__(why)
        self.last = last


@dataclass(frozen=True, slots=True)
class Word:
    """What the server said. `offset` is this machine's clock less the server's, in seconds.

    It is right to within `within` seconds. `keep_for`: how long reads may wait here. `keeps_speed`:
    the city keeps how fast a vehicle was.
    """

    keep_for: timedelta | None
    offset: float | None
    within: float
    keeps_speed: bool = False


class Server:
    def __init__(self, address: str, camera: str, signer: Signer, *, ca: str | None = None) -> None:
        """`ca`: a PEM file of who vouches for the server. Raise BadServer."""
        self._address = checked(address)
        self._camera = camera
        self._signer = signer
        self._session = requests.Session()
        self._session.verify = ca or True

    def hand_in(self, body: bytes) -> Word:
        """Raise Away, Refused or OutOfTurn."""
        return self._say(READS, Kind.READ, body)

    def beat(self, content: dict[str, Any]) -> Word:
        """Raise Away, Refused or OutOfTurn."""
        said = content | {"camera": self._camera}
        return self._say(HEARTBEATS, Kind.HEARTBEAT, canonical(said))

    def _say(self, path: str, kind: Kind, body: bytes) -> Word:
        headers = {
            "Content-Type": "application/json",
            CAMERA: self._camera,
            SIGNATURE: self._signer.signature(kind, body),
        }
        sent = datetime.now(UTC)
        try:
            answer = self._session.post(
                self._address + path,
                data=body,
                headers=headers,
                timeout=_PATIENCE,
                allow_redirects=False,  # plates go to the server that was named, and nowhere else
            )
        except requests.RequestException as error:
            raise Away(_unreached(error)) from error
        came = datetime.now(UTC)
        return _understood(answer, sent, came)


def checked(address: str) -> str:
    """Without a slash at its end. Raise BadServer."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.username:
        raise BadServer(
            f"{address!r} is no address of a server. Write it like https://plateward.example.gov."
        )
    if parts.scheme == "http" and host not in _THIS_MACHINE:
        raise BadServer(
            f"{address} is not encrypted on its way, and plates would be. Nothing was sent. "
            "Write https://."
        )
    return address.rstrip("/")


def _understood(answer: requests.Response, sent: datetime, came: datetime) -> Word:
    said = _said(answer)
    why = str(said.get("detail") or f"The server answers {answer.status_code}.")
    if answer.status_code in {200, 201} and "received_at" in said:
        return _word(said, sent, came)
    if answer.status_code == 409 and isinstance(said.get("last"), int):
        raise OutOfTurn(why, said["last"])
    if answer.status_code in _NEVER and "detail" in said:
        raise Refused(why + _wrong_fields(said))
    raise Away(why, after=_wait(answer))


def _word(said: dict[str, Any], sent: datetime, came: datetime) -> Word:
    """By the middle of the way there and back: the server looked at its clock in between."""
    seconds = said.get("keep_for_seconds")
    keep_for = timedelta(seconds=seconds) if isinstance(seconds, int) and seconds >= 0 else None
    took = (came - sent).total_seconds()
    offset: float | None
    try:
        there = datetime.fromisoformat(said["received_at"])
        offset = (sent + (came - sent) / 2 - there).total_seconds()
    except (ValueError, TypeError):
        offset = None
    return Word(keep_for, offset, took / 2, said.get("keeps_speed") is True)


def _said(answer: requests.Response) -> dict[str, Any]:
    """Empty for what is not ours, such as the page of a proxy in between."""
    try:
        said = answer.json()
    except requests.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def _wrong_fields(said: dict[str, Any]) -> str:
    wrong = [each for each in said.get("errors") or () if isinstance(each, dict)]
    named = ", ".join(f"{each.get('field')}: {each.get('reason')}" for each in wrong[:3])
    return f" ({named})" if named else ""


def _wait(answer: requests.Response) -> float:
    asked = answer.headers.get("Retry-After", "")
    return float(min(int(asked), _LONGEST_WAIT)) if asked.isascii() and asked.isdigit() else 0.0


def _unreached(error: requests.RequestException) -> str:
    """Without the address of a proxy, which may hold a password."""
    if isinstance(error, requests.exceptions.SSLError):
        return "The server's certificate is not trusted here (name its authority with --ca)."
    if isinstance(error, requests.Timeout):
        return "The server does not answer in time."
    return f"The server cannot be reached ({type(error).__name__})."

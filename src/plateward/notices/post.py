"""Post bytes to an address on the web: no redirect is followed, and no answer is read."""

import http.client
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from plateward.notices import reach
from plateward.notices.message import NotSent

LONGEST: Final = 1000
_PORTS: Final = {"https": 443, "http": 80}
_DONE: Final = range(200, 300)
_LATER: Final = frozenset({408, 425, 429, *range(500, 600)})
_GONE: Final = frozenset({404, 410})


class WrongAddress(ValueError):
    """Nothing can be sent there; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address, taken apart once, so that what is checked is what is used."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        named = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{named}"


def place(address: str) -> Place:
    """Raise WrongAddress unless it is https, or a machine the operator named."""
    parts = _parts(address)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _PORTS or not host:
        raise WrongAddress("This is no web address: it begins with https:// and names a machine.")
    if scheme == "http" and not reach.is_named(host):
        raise WrongAddress(
            "Notices travel over https. Over http they may go to a machine only that the operator "
            "named in PLATEWARD_NOTICE_HOSTS."
        )
    if parts.username or parts.password or parts.fragment:
        raise WrongAddress("Write the address without a name, a password or a fragment (#).")
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Place(scheme, host, parts.port or _PORTS[scheme], path)


def _parts(address: str) -> SplitResult:
    """One without anything that would be read as a second line, and with a port that is one."""
    plain = address.isascii() and address.isprintable() and " " not in address
    try:
        parts = urlsplit(address)
        in_order = plain and len(address) <= LONGEST and parts.port != 0
    except ValueError:
        in_order = False
    if not in_order:
        raise WrongAddress("This is no web address: it begins with https:// and names a machine.")
    return parts


def post(where: Place, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise NotSent for any answer but a 2xx, of which nothing but its number is read."""
    try:
        with reach.connection(where.host, where.port) as ours:
            status = _asked(where, ours, body, headers)
    except (OSError, http.client.HTTPException) as away:
        raise NotSent(f"Nobody answered there ({_why(away)}).", away=True) from away
    if status not in _DONE:
        raise NotSent(f"The answer was {status}.", away=status in _LATER, gone=status in _GONE)


def _asked(where: Place, ours: socket.socket, body: bytes, headers: Mapping[str, str]) -> int:
    with closing(http.client.HTTPConnection(where.host, where.port)) as asking:
        asking.sock = reach.secured(ours, where.host) if where.scheme == "https" else ours
        asking.request("POST", where.path, body, {**headers, "Connection": "close"})
        with asking.getresponse() as answer:
            return answer.status


def _why(away: Exception) -> str:
    """The kind of failure, and not its text, which may quote the address."""
    return type(away).__name__

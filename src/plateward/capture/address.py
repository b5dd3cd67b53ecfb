"""Where a camera is, without its password ever being shown."""

import re
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import SplitResult, quote, unquote, urlsplit

from plateward.capture.faults import BadAddress

_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_PLAIN: Final = re.compile(r"[^\x00-\x20\x7f]+")
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Address:
    """Of an RTSP camera. `path` begins with / and has the query, in which some makers put secrets.

    User and password are as people write them, not percent-encoded.
    """

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str, *, user: str = "", password: str = "") -> Self:
        """`user` and `password` given beside the address go before those in it.

        Raises BadAddress, which does not repeat what was given.
        """
        why = _wrong(url)
        if why:
            raise BadAddress("the camera", why=why)
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            parts.scheme.lower(),
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme.lower()],
            (parts.path or "/") + query,
            user or unquote(parts.username or ""),
            password or unquote(parts.password or ""),
        )

    @property
    def shown(self) -> str:
        """For people and logs: no user, no password, no part of the path that says `name=value`."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        path = "/".join(
            "…" if "=" in part else part for part in self.path.partition("?")[0].split("/")
        )
        return f"{self.scheme}://{_bracketed(self.host)}{port}{path}"

    def url(self, host: str) -> str:
        """With everything in it, for the decoder alone; `host` may be the name's IP address."""
        who = quote(self.user, safe="")
        if self.password:
            who += f":{quote(self.password, safe='')}"
        return f"{self.scheme}://{who}{'@' if who else ''}{_bracketed(host)}:{self.port}{self.path}"


def is_camera(text: str) -> bool:
    """Whether it means to be the address of a camera, rather than a file."""
    return text.lower().startswith(tuple(f"{scheme}:" for scheme in _PORTS))


def _wrong(url: str) -> str | None:
    """Why it is no address; never a part of it."""
    if not _PLAIN.fullmatch(url) or len(url) > _LONGEST:
        return "it holds a space or another sign that no address has, or is too long"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return "what should be the port is no number from 1 to 65535"
    return _missing(parts)


def _missing(parts: SplitResult) -> str | None:
    if parts.scheme.lower() not in _PORTS:
        return "it does not begin with rtsp:// or rtsps://"
    if not parts.hostname:
        return "it names no host"
    if "@" in parts.path + parts.query or parts.fragment:
        return "an @ or a # stands after the host"
    return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

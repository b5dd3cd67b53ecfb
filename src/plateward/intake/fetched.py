"""Fetch one picture from a host that the camera's register allows, and from nowhere else.

The name is looked up once, what was found is checked, and that address is connected to: a name that
points elsewhere a moment later leads nowhere. No redirect is followed, and no proxy asked.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter

from plateward.cameras.picture_hosts import Host
from plateward.intake.adapters import pictures
from plateward.intake.adapters.canonical import Dropped
from plateward.notices import reach

STEP_SECONDS: Final = 3.0
WHOLE_SECONDS: Final = 8.0
_USUAL_PORTS: Final = {"https": 443, "http": 80}

NOT_ALLOWED: Final = "link_not_allowed"
FAILED: Final = "link_failed"
LookUp = Callable[[str, int], Sequence[str]]


class NotFetched(Exception):
    """`rule`: what it counts as. `passes`: it may succeed later. No line quotes the link."""

    def __init__(self, rule: str, *, passes: bool = False) -> None:
        super().__init__(rule)
        self.rule = rule
        self.passes = passes


class _Named(HTTPAdapter):
    """Connects to an address, and wants the certificate of the name that was asked for."""

    def __init__(self, name: str) -> None:
        self._name = name
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"server_hostname": self._name, "assert_hostname": self._name}
        super().init_poolmanager(*args, **kwargs)


def addresses(name: str, port: int) -> list[str]:
    """Everything that the name stands for now. Raise OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def allowed(link: str, hosts: Sequence[Host]) -> Host | None:
    """The entry of the register that lets this link be followed."""
    parts = urlsplit(link)
    if parts.username or parts.password:
        return None
    port = parts.port or _USUAL_PORTS.get(parts.scheme, 0)
    wanted = (parts.hostname or "", port, parts.scheme == "https")
    return next((each for each in hosts if (each.name, each.port, each.is_https) == wanted), None)


def picture(link: str, hosts: Sequence[Host], *, look_up: LookUp = addresses) -> bytes:
    """A JPEG, at most as large as one that comes inside a message. Raise NotFetched."""
    host = allowed(link, hosts)
    if host is None:
        raise NotFetched(NOT_ALLOWED)
    address = _checked(host, look_up)
    try:
        raw = _asked(urlsplit(link), host, address)
    except (requests.RequestException, UnicodeError, ValueError) as away:
        raise NotFetched(FAILED, passes=True) from away
    found = pictures.of_bytes("linked", raw)
    if found is None or isinstance(found, Dropped):
        raise NotFetched(found.rule if found else FAILED)
    return found.jpeg


def _checked(host: Host, look_up: LookUp) -> str:
    """An address to connect to; none where any that the name stands for is inside a network."""
    try:
        found = list(look_up(host.name, host.port))
    except (OSError, UnicodeError) as unknown:
        raise NotFetched(FAILED, passes=True) from unknown
    fits = _is_inside if host.is_private else reach.is_public
    if not found or not all(map(fits, found)):
        raise NotFetched(NOT_ALLOWED)
    return found[0]


def _is_inside(written: str) -> bool:
    """On the city's own network, or this machine; never where clouds keep their machines' keys."""
    address = ipaddress.ip_address(written.partition("%")[0])
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = inner or address
    return address.is_private and not (address.is_link_local or address.is_unspecified)


def _asked(link: SplitResult, host: Host, address: str) -> bytes:
    at = f"[{address}]" if ":" in address else address
    asked = link._replace(netloc=f"{at}:{host.port}", fragment="").geturl()
    until = time.monotonic() + WHOLE_SECONDS
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no .netrc of whoever runs the server
        session.mount("https://", _Named(host.name))
        with session.get(
            asked,
            headers={"Host": link.netloc, "Accept": "image/jpeg", "User-Agent": "plateward"},
            timeout=STEP_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise NotFetched(FAILED, passes=answer.status_code >= 500)
            return _body(answer, until)


def _body(answer: requests.Response, until: float) -> bytes:
    body = b""
    for piece in answer.iter_content(65_536):
        body += piece
        if len(body) > pictures.LARGEST:
            raise NotFetched("picture_too_large")
        if time.monotonic() > until:
            raise NotFetched(FAILED, passes=True)
    return body

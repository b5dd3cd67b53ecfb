"""Ask a CAD or RMS over HTTP whether a case is open: `GET location?case=26-014233`.

It answers 200 with `{"status": "open"}`, `"closed"` or `"unknown"`, or 404 for unknown. Only hosts
that the operator named are asked, at most two seconds, and no redirect is followed.
"""

import json
import time
from typing import Final
from urllib.parse import urlsplit

import requests
from django.conf import settings

from plateward.gate.case_csv import WrongPlace
from plateward.policy.circumstances import CaseCheck

TIMEOUT_SECONDS: Final = 2.0
KEPT_SECONDS: Final = 60.0
KEPT_UNREACHABLE_SECONDS: Final = 10.0
LARGEST: Final = 64 * 1024
_MOST_KEPT: Final = 1024
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SAID: Final[dict[str, CaseCheck]] = {"open": "open", "closed": "closed", "unknown": "unknown"}

_kept: dict[tuple[str, str], tuple[float, CaseCheck]] = {}


def look_up(location: str, number: str) -> CaseCheck:
    """`unreachable` for anything but a clear answer. An answer is kept for a minute."""
    key, now = (location, number), time.monotonic()
    until, check = _kept.get(key, (0.0, "unreachable"))
    if now < until:
        return check
    check = _ask(location, number)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    kept_for = KEPT_UNREACHABLE_SECONDS if check == "unreachable" else KEPT_SECONDS
    _kept[key] = (time.monotonic() + kept_for, check)
    return check


def check_place(location: str) -> None:
    """Raise WrongPlace unless it is https (or this machine) and a host the operator named."""
    try:
        parts = urlsplit(location)
        host, _port = parts.hostname or "", parts.port
    except ValueError as wrong:
        raise WrongPlace(f"{location}: this is no web address.") from wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise WrongPlace(f"{location}: case numbers travel over https only.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WrongPlace(
            f"{location}: give the address alone, without a name, a password or a query."
        )
    if host not in settings.CASE_HOSTS:
        raise WrongPlace(
            f"{host} is not among the hosts that may be asked. The operator names it in "
            "PLATEWARD_CASE_HOSTS."
        )


def _ask(location: str, number: str) -> CaseCheck:
    try:
        check_place(location)
        return _answer(location, number)
    except (WrongPlace, requests.RequestException, ValueError):
        return "unreachable"


def _answer(location: str, number: str) -> CaseCheck:
    headers = {"Accept": "application/json"}
    if settings.CASE_TOKEN:
        headers["Authorization"] = f"Bearer {settings.CASE_TOKEN}"
    ends = time.monotonic() + TIMEOUT_SECONDS
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no .netrc of whoever runs the server
        with session.get(
            location,
            params={"case": number},
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code == 404:
                return "unknown"
            if answer.status_code != 200:
                return "unreachable"
            said = json.loads(_body(answer, ends))
    status = said.get("status") if isinstance(said, dict) else None
    return _SAID.get(status, "unreachable") if isinstance(status, str) else "unreachable"


def _body(answer: requests.Response, ends: float) -> bytes:
    """Raise ValueError for one that is too long or comes too slowly."""
    body = b""
    for piece in answer.iter_content(4096):
        body += piece
        if len(body) > LARGEST or time.monotonic() > ends:
            raise ValueError("too long or too slow")
    return body

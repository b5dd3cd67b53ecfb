"""Look whether each city's policy is where it is posted, and whether the log takes entries."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import requests

_SECONDS: Final = (3.0, 5.0)
_LONGEST: Final = 2 * 1024 * 1024
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_logger = logging.getLogger(__name__)


def due(now: datetime) -> Iterator[str]:
    """The cities whose policy page is to be looked at."""
    from plateward.policy import in_force, watched

    for city in in_force.cities():
        if watched.is_due(watched.POLICY, city, now):
            yield city


def look(now: datetime) -> None:
    """Look at each page that is due, and record what was found."""
    from plateward.policy import watched

    for city in due(now):
        watched.note(watched.POLICY, city, why=why_not_posted(city), now=now)


def look_at_log(now: datetime) -> None:
    """Record whether the log takes entries. A word at each change, in the server's own log."""
    from plateward.audit import writable
    from plateward.policy import watched

    why, before = writable.why_not(), watched.last(watched.LOG)
    if why and (before is None or before.good):
        _logger.critical("The log cannot be written: %s. Searches and collection stop.", why)
    if why or before is None or not before.good:
        watched.note(watched.LOG, why=why, now=now)


def why_not_posted(city: str) -> str:
    """Empty where the policy can be read by whoever asks for it."""
    from plateward.policy import in_force, watched

    address = watched.address(city)
    try:
        title = in_force.profile(city).title()
    except in_force.NoPolicy as none:
        return str(none)
    if address != watched.own_page(city):
        return _fetched(address, holds="")
    if urlsplit(address).hostname in _THIS_MACHINE:
        return _made(address, holds=title)  # there is no public to whom it could be unreachable
    return _fetched(address, holds=title)


def _fetched(address: str, *, holds: str) -> str:
    try:
        with requests.get(address, timeout=_SECONDS, stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                return f"it answers {answer.status_code}"
            page = answer.raw.read(_LONGEST, decode_content=True).decode(errors="replace")
    except (requests.RequestException, OSError) as error:
        return f"it cannot be reached ({type(error).__name__})"
    return _judged(page, holds)


def _made(address: str, *, holds: str) -> str:
    """Our own page, made here and now as for a visitor, without the network."""
    from django.test import RequestFactory
    from django.urls import Resolver404, resolve

    path = urlsplit(address).path
    try:
        found = resolve(path)
    except Resolver404:
        return "there is no such page"
    request = RequestFactory(SERVER_NAME="127.0.0.1").get(path)
    try:
        answer = found.func(request, *found.args, **found.kwargs)
    except Exception as error:
        _logger.exception("The page with the policy cannot be made.")
        return f"the page cannot be made ({type(error).__name__})"
    if answer.status_code != requests.codes.ok:
        return f"it answers {answer.status_code}"
    return _judged(answer.content.decode(), holds)


def _judged(page: str, holds: str) -> str:
    if not page.strip():
        return "the page is empty"
    return "" if holds in page else f"the page does not name {holds}"

"""What is watched over time: each policy's page, whether the log takes entries, what deletes."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from plateward.audit import log
from plateward.policy.models import Watch as Row

POLICY: Final = "policy"
LOG: Final = "log"
DELETION: Final = "deletion"
EVERY: Final = timedelta(minutes=5)
NOTICED: Final = "policy:page:notice"
_logger = logging.getLogger(__name__)


class WrongAddress(ValueError):
    """PLATEWARD_POSTED_AT cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the last look found. `good_at`: when it was last good; None: never seen good."""

    good: bool
    why: str
    since: datetime
    good_at: datetime | None
    checked_at: datetime


def own_page(city: str) -> str:
    """The page on which Plateward itself posts the city's policy."""
    return f"{settings.PUBLIC_URL}/city/{city}/policy/"


def address(city: str) -> str:
    """Where the city's policy is posted: the operator's word, else our own page."""
    return _addresses().get(city, own_page(city))


def last(what: str, city: str = "") -> Found | None:
    """None where nobody has looked yet, or where the address has changed since."""
    return _found(Row.objects.filter(what=what, city=city).first())


def lasts(cities: Collection[str]) -> dict[tuple[str, str], Found | None]:
    """By what and city: the last look at each city's policy, and at the log, in one query."""
    rows = Row.objects.filter(what__in=(POLICY, LOG), city__in={"", *cities})
    return {(row.what, row.city): _found(row) for row in rows}


def _found(row: Row | None) -> Found | None:
    if row is None or row.address != _address(row.what, row.city):
        return None
    return Found(row.good, row.why, row.since, row.good_at, row.checked_at)


def is_due(what: str, city: str, now: datetime) -> bool:
    found = last(what, city)
    # Either way: a clock that was set back must not put the next look off.
    return found is None or abs(now - found.checked_at) >= EVERY


def note(what: str, city: str = "", *, why: str, now: datetime) -> None:
    """Record a look. `why` says what was wrong; empty: nothing. A change is an entry in the log."""
    before, good = last(what, city), not why
    changed = before is None or before.good is not good
    with transaction.atomic():
        Row.objects.update_or_create(
            what=what,
            city=city,
            defaults={
                "address": _address(what, city),
                "good": good,
                "why": why,
                "since": now if before is None or changed else before.since,
                "good_at": now if good else (before.good_at if before else None),
                "checked_at": now,
            },
        )
    if changed and what == POLICY and (before is not None or not good):
        _say(city, why)


def _say(city: str, why: str) -> None:
    outcome = "missing" if why else "posted"
    if why:
        _logger.error("The policy of %s is not where it should be posted: %s.", city, why)
    facts = {"address": address(city), "why": why}
    try:
        log.append(actor="house", act=NOTICED, outcome=outcome, city=city, facts=facts)
    except (log.NotSigned, log.NotWritten):
        _logger.exception("That could not be written to the log.")


def _address(what: str, city: str) -> str:
    return address(city) if what == POLICY else ""


def _addresses() -> dict[str, str]:
    found = {}
    for written in str(getattr(settings, "POSTED_AT", "")).split(","):
        city, _, url = written.strip().partition("=")
        if not written.strip():
            continue
        if not city or not url.startswith(("https://", "http://")):
            raise WrongAddress(
                f"PLATEWARD_POSTED_AT: {written.strip()!r} is not CITY=https://address."
            )
        found[city] = url
    return found

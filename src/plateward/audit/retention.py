"""The log's own retention: what is erased is the private part, never the entry."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from plateward.audit import log
from plateward.audit.models import Entry

WHY: Final = "retention.audit_log"
AT_ONCE: Final = 1000  # entries in one transaction, and in one entry that says so


def erase_expired(
    city: str, before: datetime, fields: Sequence[str] | None = None, *, by: str = "house"
) -> int:
    """Erase these private fields (None: all) of a city's entries from before this instant.

    Return how many entries lost something. Each call writes an entry for each thousand, so call it
    once a day, with `before` at the start of one. Whoever calls knows the city's policy: how long a
    log must be kept at least, and how long it may.
    """
    gone, reached = 0, _reached(city, fields)
    while batch := _next(city, before, reached):
        gone += log.erase(batch, fields, by=by, why=_why(fields), city=city)
        reached = batch[-1]
    return gone


def _why(fields: Sequence[str] | None) -> str:
    return f"{WHY}: {', '.join(sorted(fields))}" if fields is not None else WHY


def _reached(city: str, fields: Sequence[str] | None) -> int:
    """The last entry that this rule erased from, as the log says itself."""
    done = Entry.objects.filter(city=city, act=log.ERASE, facts__why=_why(fields))
    last = done.order_by("-at", "-index").first()
    return int(last.facts["last"]) if last is not None else -1


def _next(city: str, before: datetime, reached: int) -> list[int]:
    rows = Entry.objects.filter(city=city, at__lt=before, index__gt=reached).order_by("index")
    return list(rows.values_list("index", flat=True)[:AT_ONCE])

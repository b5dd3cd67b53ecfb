"""Erase what names somebody or something from log entries that are past their city's time for it.

The entries stay, and so does every proof. A city whose policy sets no end loses nothing.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from plateward.audit import fields
from plateward.audit import retention as entries
from plateward.policy import in_force
from plateward.policy.periods import Period, moment_after

# Private fields that name a person, a vehicle or a case, and words in which somebody may have.
NAMING: Final = tuple(
    sorted(
        fields.PERSON
        | fields.VEHICLE
        | fields.CASE
        | {"query", "issued_by", "subject", "document", "despite"}
        | {"note", "why", "answer", "opinion", "found", "evidence", "provided_to"}
    )
)
_done: dict[str, datetime] = {}


def erase(*, now: datetime) -> int:
    """What is due in each city, once for each of its days; how many entries lost something."""
    return sum(_erase_in(city, now) for city in in_force.cities())


def reached(period: Period, zone: ZoneInfo, *, now: datetime) -> datetime:
    """Entries from before this instant had their time when the city's day began.

    A midnight, so that each night takes one day's entries and one entry says so.
    """
    began = now.astimezone(zone).date()
    first = _midnight(began, zone)
    day = began - timedelta(days=period.fewest_days)
    while moment_after(_end_of_the_day_before(day, zone), period) > first:
        day -= timedelta(days=1)
    return _midnight(day, zone)


def _erase_in(city: str, now: datetime) -> int:
    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy:
        return 0  # without a policy to be read, nothing is known of its time
    most = profile.retention.audit_log_at_most
    if most is None:
        return 0
    before = reached(most, profile.zone, now=now)
    if _done.get(city) == before:
        return 0
    gone = entries.erase_expired(city, before, NAMING)
    _done[city] = before
    return gone


def _end_of_the_day_before(day: date, zone: ZoneInfo) -> datetime:
    """A month from the 30th may end later than a month from the 31st, so the 30th is asked."""
    end = _midnight(day, zone).astimezone(UTC) - timedelta(microseconds=1)
    return end.astimezone(zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)

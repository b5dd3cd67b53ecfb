"""The last thirty days of a city in numbers: counts, never plates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from plateward.audit import log
from plateward.custody import holds, preserved
from plateward.hotlists import counts as alert_counts
from plateward.intake import counts as intake_counts
from plateward.intake.receive import LATE
from plateward.oversight.cities import profile_of
from plateward.policy import purposes
from plateward.policy.vocabulary import Act
from plateward.reads import counts as read_counts

DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    reads: int


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why staff searched, in the city's words."""

    label: str
    searches: int


@dataclass(frozen=True, slots=True)
class Month:
    """`days` has one entry a day (UTC), oldest first. `kept_out`: values field policy dropped.

    `holds` are in force now, and keep `held` copies of reads; `preserved`: of the emergency copies
    that a court or counsel demanded against the text, how many there are now.
    """

    since: date
    reads: int
    alerts: int
    searches: int
    refused: int
    deleted: int
    kept_out: int
    late: int
    holds: int
    held: int
    preserved: int
    days: tuple[Day, ...]
    purposes: tuple[Purpose, ...]


def of(city: str, *, now: datetime) -> Month:
    """Whole days in UTC, today included. Raise NoSuchCity where none of that name is served."""
    profile = profile_of(city)
    first = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    days = _days(read_counts.by_day(city, since=since), first)
    dropped = dict(intake_counts.dropped(city, since=since))
    late = dropped.pop(LATE, 0)
    return Month(
        since=first,
        reads=sum(day.reads for day in days),
        alerts=alert_counts.raised(city, since=since),
        searches=_searches(city, "admitted", since),
        refused=_searches(city, "refused", since),
        deleted=read_counts.gone_since(city, since),
        kept_out=sum(dropped.values()),
        late=late,
        holds=holds.hold_count(city),
        held=holds.held_count(city),
        preserved=preserved.kept_count(city),
        days=days,
        purposes=_purposes(city, profile.purposes.labels, since),
    )


def _days(counted: dict[date, int], first: date) -> tuple[Day, ...]:
    each = (first + timedelta(days=n) for n in range(DAYS))
    return tuple(Day(on, counted.get(on, 0)) for on in each)


def _searches(city: str, outcome: str, since: datetime) -> int:
    return log.count(act=Act.READS_SEARCH, outcome=outcome, city=city, since=since)


def _purposes(city: str, labels: Mapping[str, str], since: datetime) -> tuple[Purpose, ...]:
    counted = log.count_by(
        "purpose", act=Act.READS_SEARCH, outcome="admitted", city=city, since=since
    )
    # A purpose may have been picked from another city's list, or its word may have left this one.
    named = (
        Purpose(labels.get(code) or purposes.known(code).label, searches)
        for code, searches in counted.items()
    )
    return tuple(sorted(named, key=lambda purpose: (-purpose.searches, purpose.label)))

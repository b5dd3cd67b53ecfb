"""How many of a city's reads another policy would keep otherwise: numbers only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least

from plateward.policy.profile import Profile
from plateward.reads.models import GoneCount, Read

_LONG_AGO: Final = timedelta(days=150 * 366)
# Where each field of a profile stands in a read, and what an empty one looks like.
_HELD: Final = {
    "make": ~Q(make=""),
    "model": ~Q(model=""),
    "color": ~Q(color=""),
    "body_type": ~Q(body_type=""),
    "features": Q(features__isnull=False),
    "speed": Q(speed_kmh__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Otherwise:
    """`gone`: kept now, deleted under the other policy. `kept`: deleted, and would still be here.

    `kept` is counted by whole days (UTC), as deleted reads leave only a count a day. `without`:
    reads that hold a field which the other policy does not keep, by the field's name.
    """

    here: int
    gone: int
    kept: int
    without: dict[str, int]


def under(profile: Profile, city: str, *, since: datetime, now: datetime) -> Otherwise:
    """The reads of `city` seen since then, had `profile` ruled all the time."""
    live = Read.objects.filter(city=city, expires_at__gt=now, seen_at__gte=since)
    started = (
        F("received_at")
        if profile.retention.anchor == "downloaded_to_server_at"
        else Least("seen_at", "received_at")
    )
    last = latest_start_that_is_over(
        lambda start: profile.reads_expire_at(seen_at=start, recorded_at=start), now=now
    )
    return Otherwise(
        here=live.count(),
        gone=live.annotate(started=started).filter(started__lte=last).count(),
        kept=_still_here(profile, city, since=since, now=now),
        without=_dropped(profile, live),
    )


def latest_start_that_is_over(ends: Callable[[datetime], datetime], *, now: datetime) -> datetime:
    """The latest moment at which a read may have begun and be over by now, to the second.

    Months and years follow a calendar, so the end is asked for and not worked backwards; a later
    start never ends earlier.
    """
    early, late = now - _LONG_AGO, now
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if ends(middle) <= now else (early, middle)
    return early


def _still_here(profile: Profile, city: str, *, since: datetime, now: datetime) -> int:
    counted = GoneCount.objects.filter(city=city, seen_on__gte=since.astimezone(UTC).date())
    kept = 0
    for seen_on, reads in counted.values_list("seen_on", "reads"):
        start = datetime.combine(seen_on, time.min, tzinfo=UTC)
        if profile.reads_expire_at(seen_at=start, recorded_at=start) > now:
            kept += reads
    return kept


def _dropped(profile: Profile, live: QuerySet[Read]) -> dict[str, int]:
    counted = {
        name: live.filter(holds).count()
        for name, holds in _HELD.items()
        if not profile.keeps_field(name)
    }
    return {name: reads for name, reads in counted.items() if reads}

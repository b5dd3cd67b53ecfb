"""Receive sightings, one or many: the one way in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from plateward.hotlists import match
from plateward.intake import doors as at_doors
from plateward.intake import fields
from plateward.intake.doors import Door, NotASighting, Refused, StaysOnItsMedium, Stopped
from plateward.intake.models import Dropped
from plateward.plates.sighting import Sighting
from plateward.plates.text import LONGEST, normalise
from plateward.reads.record import Keeping, record_all

__all__ = ["NotASighting", "Receipt", "Refused", "StaysOnItsMedium", "Stopped", "receive"]
__all__ += ["receive_all"]

# A clock this far ahead would stretch retention: the city's period counts from `seen_at`.
CLOCK_AHEAD: Final = timedelta(minutes=5)
# What a camera says that lost its clock: no ALPR camera of ours saw anything before.
CLOCK_NEVER_SET: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATE: Final = "late_arrival"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of it. `read` is None when it came too late to be kept.

    `revised`: it was there, provisionally, and was read better this time.
    """

    read: int | None
    new: bool
    alerts: int
    dropped: tuple[str, ...]
    received_at: datetime
    revised: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """What goes on to the store, without the fields that its city drops."""

    sighting: Sighting
    keeping: Keeping
    dropped: tuple[str, ...]
    matches: bool


def receive(sighting: Sighting, *, received_at: datetime | None = None) -> Receipt:
    """Filter by the city's policy, store, match, alert: all of it or none of it.

    Sending the same `(source, device, event)` again stores nothing twice and raises nothing twice.
    Raise UnknownCamera, NoPolicy, Stopped or NotASighting (of which StaysOnItsMedium is one).
    """
    [became] = receive_all([sighting], received_at=received_at)
    if isinstance(became, Receipt):
        return became
    raise became


@transaction.atomic
def receive_all(
    sightings: Sequence[Sighting], *, received_at: datetime | None = None
) -> list[Receipt | Refused]:
    """The same for each, in this order, in one transaction: all is committed at once, or nothing.

    A refusal stands in the place of what it refuses, and stops none of the others.
    """
    now = received_at or timezone.now()
    doors = at_doors.of({sighting.device for sighting in sightings}, now)
    came = [_kept(sighting, doors[sighting.device], now) for sighting in sightings]
    receipts = iter(_stored([each for each in came if isinstance(each, _Kept)], now))
    became = [next(receipts) if isinstance(each, _Kept) else each for each in came]
    late = Counter(
        door.camera.city
        for sighting, each in zip(sightings, became, strict=True)
        if isinstance(each, Receipt)
        and each.read is None
        and isinstance(door := doors[sighting.device], Door)
    )
    _count({(city, LATE): often for city, often in late.items()}, now)
    return became


def _kept(sighting: Sighting, door: Door | Refused, now: datetime) -> _Kept | Receipt | Refused:
    """What is kept of one sighting; a receipt where its time is over; or why it is refused."""
    if not isinstance(door, Door):
        return door
    try:
        _check(sighting, now)
    except NotASighting as refusal:
        return refusal
    expires_at = door.profile.reads_expire_at(seen_at=sighting.seen_at, recorded_at=now)
    if expires_at <= now:
        return Receipt(read=None, new=False, alerts=0, dropped=(LATE,), received_at=now)
    kept, dropped = fields.keep_allowed(sighting, door.profile)
    keeping = Keeping(door.camera.city, door.camera.key, now, expires_at)
    return _Kept(kept, keeping, dropped, door.matches)


def _stored(all_: Sequence[_Kept], now: datetime) -> list[Receipt]:
    """Store them, then match what is new or reads better now: alerts take the log's lock, last."""
    if not all_:
        return []
    stored = record_all([(each.sighting, each.keeping) for each in all_])
    counted: Counter[tuple[str, str]] = Counter()
    matching: dict[int, match.Seen] = {}
    for place, (each, found) in enumerate(zip(all_, stored, strict=True)):
        city, sighting = each.keeping.city, each.sighting
        if found.new:
            counted.update((city, name) for name in each.dropped)
        if each.matches and (found.new or found.revised):
            seen = (found.expires_at, sighting.region, sighting.characters)
            matching[place] = match.Seen(found.read, city, sighting.plate, *seen)
    _count(counted, now)
    raised = match.raise_hits_of(list(matching.values()), now=now)
    alerts = dict(zip(matching, raised, strict=True))
    return [
        Receipt(found.read, found.new, alerts.get(at, 0), each.dropped, now, revised=found.revised)
        for at, (each, found) in enumerate(zip(all_, stored, strict=True))
    ]


def _check(sighting: Sighting, now: datetime) -> None:
    if not sighting.plate or sighting.plate != normalise(sighting.plate):
        raise NotASighting(
            "The plate holds no letter or digit. Nothing was stored. Correct it, then resend."
        )
    if len(sighting.plate) > LONGEST:
        raise NotASighting(
            f"A plate has at most {LONGEST} characters. Nothing was stored. "
            "Correct it, then resend."
        )
    if sighting.seen_at.tzinfo is None:
        raise NotASighting("The time has no zone. Send it with an offset. Nothing was stored.")
    if sighting.seen_at < CLOCK_NEVER_SET:
        raise NotASighting(
            f"The camera's clock was never set: it says {sighting.seen_at.isoformat()}. "
            "Nothing was stored. Set the clock, then resend."
        )
    if sighting.seen_at > now + CLOCK_AHEAD:
        raise NotASighting(
            f"The camera's clock is ahead: it says {sighting.seen_at.isoformat()}, and it is "
            f"{now.isoformat(timespec='seconds')}. Nothing was stored. Set the clock, then resend."
        )


def _count(dropped: Mapping[tuple[str, str], int], now: datetime) -> None:
    """How often each city left out what."""
    Dropped.objects.bulk_create(
        Dropped(city=city, at=now, what=what, often=often)
        for (city, what), often in dropped.items()
    )

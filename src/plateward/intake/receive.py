"""Receive sightings, one or many: the one way in."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.utils import timezone

from plateward.cameras import register
from plateward.hotlists import match
from plateward.intake import fields
from plateward.intake.models import Dropped
from plateward.plates.sighting import Sighting
from plateward.plates.text import LONGEST, normalise
from plateward.policy import in_force, removable, service
from plateward.policy.profile import Profile
from plateward.reads.record import Keeping, record_all

# A clock this far ahead would stretch retention: the city's period counts from `seen_at`.
CLOCK_AHEAD: Final = timedelta(minutes=5)
# What a camera says that lost its clock: no ALPR camera of ours saw anything before.
CLOCK_NEVER_SET: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATE: Final = "late_arrival"
_CHECK: Final = "hotlist_check"  # the purpose under which a text lists it
_KEEP_IT: Final = "Nothing was stored and nothing is lost: keep the sighting and send it again."


class NotASighting(ValueError):
    """What the camera sent cannot be stored as it is. Nothing was stored."""


class StaysOnItsMedium(NotASighting):
    """The city's text keeps this camera's pictures on their cards and out of every database."""


class Stopped(Exception):
    """Nothing may be collected now. Nothing was stored; the camera keeps it and sends it again."""


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


# Why one sighting of many is not stored: `receive` raises it, `receive_all` returns it.
Refused: TypeAlias = NotASighting | Stopped | register.UnknownCamera | in_force.NoPolicy


@dataclass(frozen=True, slots=True)
class _Door:
    """What a camera's sightings are held to now."""

    camera: register.Registered
    profile: Profile
    matches: bool


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
    doors = _doors({sighting.device for sighting in sightings}, now)
    came = [_kept(sighting, doors[sighting.device], now) for sighting in sightings]
    receipts = iter(_stored([each for each in came if isinstance(each, _Kept)], now))
    became = [next(receipts) if isinstance(each, _Kept) else each for each in came]
    late = Counter(
        door.camera.city
        for sighting, each in zip(sightings, became, strict=True)
        if isinstance(each, Receipt)
        and each.read is None
        and isinstance(door := doors[sighting.device], _Door)
    )
    _count({(city, LATE): often for city, often in late.items()}, now)
    return became


def _doors(devices: Set[str], now: datetime) -> dict[str, _Door | Refused]:
    """For each device what it is held to, or why nothing of it is taken now."""
    cameras = register.known(devices)
    profiles = _open({each.city for each in cameras.values()}, now)
    doors: dict[str, _Door | Refused] = {each: register.unknown(each) for each in devices}
    for device, camera in cameras.items():
        profile = profiles[camera.city]
        if isinstance(profile, Profile):
            doors[device] = _door(camera, profile)
        else:
            doors[device] = profile
    return doors


def _door(camera: register.Registered, profile: Profile) -> _Door | StaysOnItsMedium:
    clauses = removable.of(profile, camera.kind or None).stays_on_it
    if not clauses:
        return _Door(camera, profile, _matches(profile))
    return StaysOnItsMedium(
        f"{camera.code} is a motion detection camera, and {profile.title()} keeps what those "
        f"photograph on their own cards and drives ({', '.join(clauses)}). Nothing was stored; do "
        "not send it again. Keep it on the card, and put that on record with: plateward import"
    )


def _open(cities: Set[str], now: datetime) -> dict[str, Profile | in_force.NoPolicy | Stopped]:
    """By city, the policy in force where sightings are taken now, or why none is."""
    policies, states = in_force.each(cities), service.states(cities)
    found: dict[str, Profile | in_force.NoPolicy | Stopped] = dict(policies)
    for city, profile in policies.items():
        if isinstance(profile, Profile):
            try:
                _check_in_force(profile, now)
                _check_service(profile, states[city])
            except (in_force.NoPolicy, Stopped) as refusal:
                found[city] = refusal
    return found


def _kept(sighting: Sighting, door: _Door | Refused, now: datetime) -> _Kept | Receipt | Refused:
    """What is kept of one sighting; a receipt where its time is over; or why it is refused."""
    if not isinstance(door, _Door):
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


def _matches(profile: Profile) -> bool:
    """Not while the clause that lets plates be checked against hotlists is suspended."""
    return not any(
        clause.id in profile.suspended and _CHECK in clause.about for clause in profile.clauses
    )


def _check_in_force(profile: Profile, now: datetime) -> None:
    starts = profile.gate.in_force_from
    if starts is not None and now.astimezone(profile.zone).date() < starts:
        raise in_force.NoPolicy(profile.id)


def _check_service(profile: Profile, now: service.ServiceState) -> None:
    """Before a sighting's time: a wrong clock here must not be blamed on the camera."""
    if now.clock_trusted is not True:
        raise Stopped(f"The system's clock is not known to be right. {_KEEP_IT}")
    if now.log_writable is not True:
        raise Stopped(f"The log cannot be written, and nothing is done unrecorded. {_KEEP_IT}")
    if not now.disk_has_room:
        raise Stopped(
            f"The disk is nearly full; what is left is for the log and for deletion. {_KEEP_IT}"
        )
    if profile.gate.posting_required and now.policy_posted is not True:
        raise Stopped(
            f"{profile.title()}'s policy is not posted where the public can read it, and its law "
            f"lets nothing be collected without that. {_KEEP_IT}"
        )


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

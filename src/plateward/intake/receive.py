"""Receive one sighting: the one way in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from plateward.cameras import register
from plateward.hotlists import match
from plateward.intake import fields
from plateward.intake.models import Dropped
from plateward.plates.sighting import Sighting
from plateward.plates.text import LONGEST, normalise
from plateward.policy import in_force, service
from plateward.policy.profile import Profile
from plateward.reads.record import Keeping, record

# A clock this far ahead would stretch retention: the city's period counts from `seen_at`.
CLOCK_AHEAD: Final = timedelta(minutes=5)
# What a camera says that lost its clock: no ALPR camera of ours saw anything before.
CLOCK_NEVER_SET: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATE: Final = "late_arrival"
_CHECK: Final = "hotlist_check"  # the purpose under which a text lists it
_KEEP_IT: Final = "Nothing was stored and nothing is lost: keep the sighting and send it again."


class NotASighting(ValueError):
    """What the camera sent cannot be stored as it is. Nothing was stored."""


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


@transaction.atomic
def receive(sighting: Sighting, *, received_at: datetime | None = None) -> Receipt:
    """Filter by the city's policy, store, match, alert: all of it or none of it.

    Sending the same `(source, device, event)` again stores nothing twice and raises nothing twice.
    Raise UnknownCamera, NoPolicy, Stopped or NotASighting.
    """
    now = received_at or timezone.now()
    camera = register.named(sighting.device)
    profile = in_force.profile(camera.city)
    _check_in_force(profile, now)
    _check_service(profile)  # before the times: a wrong clock here must not blame the camera's
    _check(sighting, now)
    expires_at = profile.reads_expire_at(seen_at=sighting.seen_at, recorded_at=now)
    if expires_at <= now:
        _count(camera.city, (LATE,), now)
        return Receipt(read=None, new=False, alerts=0, dropped=(LATE,), received_at=now)
    kept, dropped = fields.keep_allowed(sighting, profile)
    stored = record(kept, Keeping(camera.city, camera.key, now, expires_at))
    if not stored.new and not stored.revised:
        return Receipt(stored.read, new=False, alerts=0, dropped=dropped, received_at=now)
    if stored.new:
        _count(camera.city, dropped, now)
    seen = match.Seen(stored.read, camera.city, kept.plate, kept.region, kept.characters)
    alerts = match.raise_hits(seen, now=now) if _matches(profile) else 0
    return Receipt(stored.read, stored.new, alerts, dropped, now, revised=stored.revised)


def _matches(profile: Profile) -> bool:
    """Not while the clause that lets plates be checked against hotlists is suspended."""
    return not any(
        clause.id in profile.suspended and _CHECK in clause.about for clause in profile.clauses
    )


def _check_in_force(profile: Profile, now: datetime) -> None:
    starts = profile.gate.in_force_from
    if starts is not None and now.astimezone(profile.zone).date() < starts:
        raise in_force.NoPolicy(profile.id)


def _check_service(profile: Profile) -> None:
    now = service.state(profile.id)
    if now.clock_trusted is not True:
        raise Stopped(f"The system's clock is not known to be right. {_KEEP_IT}")
    if now.log_writable is not True:
        raise Stopped(f"The log cannot be written, and nothing is done unrecorded. {_KEEP_IT}")
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


def _count(city: str, what: tuple[str, ...], now: datetime) -> None:
    Dropped.objects.bulk_create(Dropped(city=city, at=now, what=name) for name in what)

"""Whether reads go on time, neither late nor early: the house opens a fault where they do not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from plateward.gate import door
from plateward.policy import in_force
from plateward.policy.periods import moment_after
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import counts, losses
from plateward.reads.losses import Losses
from plateward.upkeep import faults
from plateward.upkeep.faults import Fault, Trouble

# A text that names no lateness still means deletion, not deletion some day.
HOUSE_LATENESS: Final = timedelta(days=1)
HOUSE: Final = "house"
LATE: Final = "Deletion on time"
EARLY: Final = "Reads kept for their whole time"
_looked: dict[str, datetime] = {}
_LOOK_EVERY: Final = timedelta(days=1)


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def lateness_allowed(profile: Profile, now: datetime) -> timedelta:
    """How long after its end a read may still lie in the store, unseen."""
    most = profile.retention.max_lateness
    return HOUSE_LATENESS if most is None else moment_after(now, most) - now


def _of_city(city: str, now: datetime) -> Iterator[None]:
    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy:
        return
    ours = {each.what: each for each in faults.still_open(city) if each.opened_by == HOUSE}
    yield from _late(profile, ours.get(LATE), now)
    if now - _looked.get(city, now - _LOOK_EVERY) >= _LOOK_EVERY:
        _looked[city] = now
        yield from _early(profile, ours.get(EARLY), now)


def _late(profile: Profile, fault: Fault | None, now: datetime) -> Iterator[None]:
    allowed = lateness_allowed(profile, now)
    oldest = counts.oldest_expiry(profile.id, before=now - allowed)
    if oldest is not None and fault is None:
        trouble = (
            f"Reads that ended at {oldest:%Y-%m-%d %H:%M:%S} UTC still lie in the store; the city "
            f"allows {int(allowed.total_seconds()):,} seconds. Nobody can see them. Look at the "
            "server's own log for why they could not be deleted."
        )
        _open(profile.id, LATE, trouble, since=oldest + allowed, now=now)
        yield
    elif oldest is None and fault is not None:
        _close(fault, "What was late is deleted; its certificates say how late.", now)
        yield


def _early(profile: Profile, fault: Fault | None, now: datetime) -> Iterator[None]:
    found = losses.of(profile.id, now=now)
    if found.any and fault is None:
        _open(profile.id, EARLY, _in_words(found), since=None, now=now)
        yield
    elif not found.any and fault is not None:
        _close(fault, "What was stored, what is there and what was deleted agree again.", now)
        yield


def _in_words(found: Losses) -> str:
    said = []
    if found.missing:
        said.append(
            f"{sum(found.missing.values()):,} reads, seen on {min(found.missing)} to "
            f"{max(found.missing)}, are gone before their time and without a certificate."
        )
    if found.strange:
        said.append(
            f"{sum(found.strange.values()):,} reads, seen on {min(found.strange)} to "
            f"{max(found.strange)}, are in the store and were never taken in through its door."
        )
    if found.unopened:
        said.append(
            f"The keys of {found.unopened:,} half minutes are gone before their time: what they "
            "seal can never be opened."
        )
    return " ".join(said) + " Find out who or what changed the store; the log cannot have been."


def _open(city: str, what: str, trouble: str, *, since: datetime | None, now: datetime) -> None:
    permit = door.admit_house(Act.CAMERAS_MONITOR, "deletion is not on time", city=city)
    seen = Trouble(what, trouble, discovered_at=now, not_working_from=since)
    faults.open_one(seen, by=HOUSE, permit=permit, now=now)


def _close(fault: Fault, how: str, now: datetime) -> None:
    permit = door.admit_house(Act.CAMERAS_MONITOR, "deletion is on time again", city=fault.city)
    faults.close(fault.id, how, working_since=now, by=HOUSE, permit=permit, now=now)

"""Faults of cameras whose own system says that they do not work, or do not see what they should."""

from datetime import UTC, datetime
from typing import Final

from plateward.cameras import register
from plateward.gate import door
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults
from plateward.upkeep.faults import Trouble

HOUSE: Final = "house"
DOWN: Final = "Its own system says that it does not work."
TAMPERED: Final = "Its own system says that it was covered, turned away or blurred."
_UP: Final = "Its own system says that it works again."
_CLEAR: Final = "Its own system says that it sees again."
_SENSIBLE: Final = datetime(2000, 1, 1, tzinfo=UTC)  # what is told from before is a clock not set


def down(camera: str, *, since: datetime | None, now: datetime) -> bool:
    """Open its fault, unless it is open; True where it was opened. `since`: as its system says."""
    known = since if since is not None and _SENSIBLE < since <= now else now
    return _opened(camera, DOWN, known, now)


def up(camera: str, *, now: datetime) -> bool:
    """Close the fault that `down` opened, where it is open."""
    return _closed(camera, DOWN, _UP, now)


def tampered(camera: str, *, now: datetime) -> bool:
    """It works, but badly: what it reads is worth less until somebody has looked."""
    return _opened(camera, TAMPERED, None, now)


def clear(camera: str, *, now: datetime) -> bool:
    return _closed(camera, TAMPERED, _CLEAR, now)


def _opened(camera: str, trouble: str, since: datetime | None, now: datetime) -> bool:
    city = register.named(camera).city
    if _open_one(city, camera, trouble) is not None:
        return False
    permit = door.admit_house(Act.CAMERAS_MONITOR, trouble, city=city)
    told = Trouble(camera, trouble, discovered_at=now, not_working_from=since)
    faults.open_one(told, by=HOUSE, permit=permit, now=now)
    return True


def _closed(camera: str, trouble: str, correction: str, now: datetime) -> bool:
    city = register.named(camera).city
    fault = _open_one(city, camera, trouble)
    if fault is None:
        return False
    permit = door.admit_house(Act.CAMERAS_MONITOR, correction, city=city)
    faults.close(fault, correction, working_since=None, by=HOUSE, permit=permit, now=now)
    return True


def _open_one(city: str, camera: str, trouble: str) -> int | None:
    mine = (camera, trouble, HOUSE)
    return next(
        (f.id for f in faults.still_open(city) if (f.what, f.trouble, f.opened_by) == mine), None
    )

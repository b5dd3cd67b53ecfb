"""Notice cameras that fell silent: the house opens a fault, and closes it when they are heard."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from plateward.cameras import register
from plateward.cameras.register import Registered
from plateward.gate import door
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.reads import counts
from plateward.upkeep import faults
from plateward.upkeep.faults import Fault, Trouble

# A quiet street may see nobody for a night; a whole day without one plate is worth a look.
SILENT_FOR: Final = timedelta(days=1)
HOUSE: Final = "house"
_TROUBLE: Final = "Nothing was read for a day."
_HEARD: Final = "It reads plates again."


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def _of_city(city: str, now: datetime) -> Iterator[None]:
    still_open = {fault.what: fault for fault in faults.still_open(city)}
    for camera in register.of(city):
        fault = still_open.get(camera.code)
        if fault is None:
            yield from _opened(camera, now)
        elif (fault.opened_by, fault.trouble) == (HOUSE, _TROUBLE):
            yield from _closed(camera, fault, now)


def _opened(camera: Registered, now: datetime) -> Iterator[None]:
    """A camera that never saw anything is new, not silent."""
    last = counts.last_seen(camera.city, camera.key)
    if last is None or now - last <= SILENT_FOR:
        return
    permit = door.admit_house(Act.CAMERAS_MONITOR, "a camera fell silent", city=camera.city)
    trouble = Trouble(camera.code, _TROUBLE, discovered_at=now, not_working_from=last)
    faults.open_one(trouble, by=HOUSE, permit=permit, now=now)
    yield


def _closed(camera: Registered, fault: Fault, now: datetime) -> Iterator[None]:
    since = fault.not_working_from
    heard = counts.first_seen_after(camera.city, camera.key, since) if since else None
    if heard is None:
        return
    permit = door.admit_house(Act.CAMERAS_MONITOR, "a camera is heard again", city=camera.city)
    faults.close(fault.id, _HEARD, working_since=heard, by=HOUSE, permit=permit, now=now)
    yield

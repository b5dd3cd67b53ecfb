"""Notice copies that were not purged in time: the house opens a fault, and closes it after.

Neither the register of downloads nor the faults may know of the other, so they meet here.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

_SAID: Final = (
    "It was to be purged by its day, and nobody has attested that it was. Its key is destroyed; "
    "have every copy purged, and attest it in the register of downloads."
)
_PURGED: Final = "Its holder attested that it is purged."


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    from plateward.policy import in_force

    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def _of_city(city: str, now: datetime) -> Iterator[None]:
    from plateward.custody import downloads_due
    from plateward.gate import door
    from plateward.policy.vocabulary import Act
    from plateward.upkeep import faults
    from plateward.upkeep.machine_duties import DOWNLOAD
    from plateward.upkeep.silent import HOUSE

    late = {f"{DOWNLOAD}{each.number}" for each in downloads_due.overdue(city, now=now)}
    still_open = {fault.what: fault for fault in faults.still_open(city)}
    for what in sorted(late - still_open.keys()):
        permit = door.admit_house(Act.CAMERAS_MONITOR, "a copy was not purged", city=city)
        trouble = faults.Trouble(what, _SAID, discovered_at=now)
        faults.open_one(trouble, by=HOUSE, permit=permit, now=now)
        yield
    for what, fault in still_open.items():
        if what.startswith(DOWNLOAD) and fault.opened_by == HOUSE and what not in late:
            permit = door.admit_house(Act.CAMERAS_MONITOR, "a copy was purged", city=city)
            faults.close(fault.id, _PURGED, working_since=now, by=HOUSE, permit=permit, now=now)
            yield

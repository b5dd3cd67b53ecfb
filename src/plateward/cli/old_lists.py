"""Notice hotlists too old to raise alerts: the house opens a fault, and closes it with a new file.

Neither the lists nor the faults may know of the other, so it is here that they meet.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

_ABOUT: Final = "Hotlist "
_NEW: Final = "A new file came."


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    from plateward.policy import in_force

    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def _of_city(city: str, now: datetime) -> Iterator[None]:
    from plateward.gate import door
    from plateward.hotlists import fresh
    from plateward.policy.vocabulary import Act
    from plateward.upkeep import faults
    from plateward.upkeep.silent import HOUSE

    old = {f"{_ABOUT}{each.name}": each for each in fresh.grown_old(city, now=now)}
    still_open = {fault.what: fault for fault in faults.still_open(city)}
    for what in old.keys() - still_open.keys():
        permit = door.admit_house(Act.CAMERAS_MONITOR, "a hotlist grew too old", city=city)
        said = "Its last file is older than allowed, so it raises no alerts. Take in a newer one."
        trouble = faults.Trouble(what, said, discovered_at=now, not_working_from=old[what].since)
        faults.open_one(trouble, by=HOUSE, permit=permit, now=now)
        yield
    for what, fault in still_open.items():
        if what.startswith(_ABOUT) and fault.opened_by == HOUSE and what not in old:
            permit = door.admit_house(Act.CAMERAS_MONITOR, "a hotlist is new again", city=city)
            faults.close(fault.id, _NEW, working_since=now, by=HOUSE, permit=permit, now=now)
            yield

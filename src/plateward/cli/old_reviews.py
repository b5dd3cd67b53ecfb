"""Notice holds whose review is overdue: the house opens a fault, and closes it once one reviewed.

Nothing that is held is deleted for it. Neither the holds nor the faults may know of the other, so
it is here that they meet.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from plateward.custody import holds_keeper

_ABOUT: Final = "Review of hold "
_SAID: Final = (
    "Its day is over and nobody said whether it is still needed. Nothing is deleted meanwhile. "
    "Review it, or release it."
)


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    from plateward.policy import in_force

    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def _of_city(city: str, now: datetime) -> Iterator[None]:
    from plateward.custody import holds_keeper
    from plateward.gate import door
    from plateward.policy import in_force
    from plateward.policy.vocabulary import Act
    from plateward.upkeep import faults
    from plateward.upkeep.silent import HOUSE

    try:
        today = now.astimezone(in_force.profile(city).zone).date()
    except in_force.NoPolicy:
        return  # its day is not known; the faults of the policy itself are told elsewhere
    due = holds_keeper.due(city, today=today, within=timedelta())
    late = {f"{_ABOUT}{_named(each)}" for each in due if each.overdue}
    ours = {f.what: f for f in faults.still_open(city) if f.opened_by == HOUSE}
    for what in sorted(late - ours.keys()):
        permit = door.admit_house(Act.CAMERAS_MONITOR, "a review is overdue", city=city)
        trouble = faults.Trouble(what, _SAID, discovered_at=now)
        faults.open_one(trouble, by=HOUSE, permit=permit, now=now)
        yield
    for what, fault in ours.items():
        if what.startswith(_ABOUT) and what not in late:
            permit = door.admit_house(Act.CAMERAS_MONITOR, "a review was done", city=city)
            said = "It was reviewed or released."
            faults.close(fault.id, said, working_since=None, by=HOUSE, permit=permit, now=now)
            yield


def _named(due: "holds_keeper.Due") -> str:
    return f"{'P' if due.preservation else 'H'}-{due.number}"

"""Agents beside cameras that fell silent, or whose clock is off: a fault while it lasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from plateward.cameras import health
from plateward.cameras.health import CLOCK_LIMIT, SILENT_AFTER, Health, State
from plateward.gate import door
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults
from plateward.upkeep.faults import Fault, Trouble

HOUSE: Final = "house"
SILENT: Final = (
    f"Its agent has not been heard for {int(SILENT_AFTER.total_seconds() // 60)} minutes."
)
CLOCK_OFF: Final = f"Its clock is more than {CLOCK_LIMIT:.0f} seconds off."
_HEARD: Final = "Its agent is heard again."
_CLOCK_RIGHT: Final = "Its clock is right again."


@dataclass(frozen=True, slots=True)
class _Found:
    """One thing that may be wrong. `wrong` None: its agent's silence leaves it open."""

    trouble: str
    wrong: bool | None
    correction: str
    not_working_from: datetime | None = None
    working_since: datetime | None = None


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def _of_city(city: str, now: datetime) -> Iterator[None]:
    agents = health.of(city, now=now)
    if not agents:
        return
    open_ones = {
        (fault.what, fault.trouble): fault
        for fault in faults.still_open(city)
        if fault.opened_by == HOUSE
    }
    for agent in agents:
        for found in (_silence(agent), _clock(agent)):
            fault = open_ones.get((agent.code, found.trouble))
            if fault is None and found.wrong:
                yield from _opened(city, agent, found, now)
            elif fault is not None and found.wrong is False:
                yield from _closed(city, fault, found, now)


def _silence(agent: Health) -> _Found:
    """One that was never heard is not there yet."""
    silent = agent.state is State.SILENT
    return _Found(SILENT, silent, _HEARD, agent.heard_at, agent.heard_again_at)


def _clock(agent: Health) -> _Found:
    known = agent.state in {State.HEALTHY, State.LATE}
    return _Found(CLOCK_OFF, agent.clock_is_off if known else None, _CLOCK_RIGHT)


def _opened(city: str, agent: Health, found: _Found, now: datetime) -> Iterator[None]:
    permit = door.admit_house(Act.CAMERAS_MONITOR, found.trouble, city=city)
    trouble = Trouble(
        agent.code, found.trouble, discovered_at=now, not_working_from=found.not_working_from
    )
    faults.open_one(trouble, by=HOUSE, permit=permit, now=now)
    yield


def _closed(city: str, fault: Fault, found: _Found, now: datetime) -> Iterator[None]:
    """The end of the outage is when it was heard again, where that is after its beginning."""
    since = found.working_since
    began = fault.not_working_from
    known = since is not None and began is not None and began <= since
    permit = door.admit_house(Act.CAMERAS_MONITOR, found.correction, city=city)
    faults.close(
        fault.id,
        found.correction,
        working_since=since if known else None,
        by=HOUSE,
        permit=permit,
        now=now,
    )
    yield

"""Notice channels over which nothing gets out: the house opens a fault, and closes it again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from plateward.gate import door
from plateward.notices import channels
from plateward.notices.channels import Channel
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults
from plateward.upkeep.faults import Fault, Trouble

# A mail server that restarts is no fault; after this, somebody waits for word in vain.
DOWN_FOR: Final = timedelta(minutes=30)
HOUSE: Final = "house"
_TROUBLE: Final = "Nothing gets out over this channel. What waits is kept and tried again."
_AGAIN: Final = "Notices get out again."
_CLOSED: Final = "The channel was closed."


def watch(*, now: datetime) -> int:
    """Open and close what is due; how many faults changed. Asking again changes nothing."""
    return sum(1 for city in in_force.cities() for _ in _of_city(city, now))


def named(channel: Channel) -> str:
    """What the fault is about, as its page says it."""
    return f"Notices over {channel.name}"


def _of_city(city: str, now: datetime) -> Iterator[None]:
    ours = {each.what: each for each in faults.still_open(city) if each.opened_by == HOUSE}
    known = {named(channel): channel for channel in channels.of(city)}
    for what, channel in known.items():
        if what in ours:
            yield from _closed(ours[what], channel, now)
        elif channel.down_since is not None and now - channel.down_since > DOWN_FOR:
            yield from _opened(city, what, channel.down_since, now)
    for what, fault in ours.items():
        if what.startswith("Notices over ") and what not in known:
            _close(fault, _CLOSED, now, now)
            yield


def _opened(city: str, what: str, since: datetime, now: datetime) -> Iterator[None]:
    permit = door.admit_house(Act.CAMERAS_MONITOR, "no notice gets out", city=city)
    trouble = Trouble(what, _TROUBLE, discovered_at=now, not_working_from=since)
    faults.open_one(trouble, by=HOUSE, permit=permit, now=now)
    yield


def _closed(fault: Fault, channel: Channel, now: datetime) -> Iterator[None]:
    if channel.down_since is None:
        _close(fault, _AGAIN, channel.last_sent_at or now, now)
        yield


def _close(fault: Fault, how: str, since: datetime, now: datetime) -> None:
    permit = door.admit_house(Act.CAMERAS_MONITOR, "notices get out again", city=fault.city)
    faults.close(fault.id, how, working_since=since, by=HOUSE, permit=permit, now=now)

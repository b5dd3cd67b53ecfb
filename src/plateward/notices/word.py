"""Say that something happened: the word is written with it, and leaves the house afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from plateward.notices.models import Word as Row


class Event(StrEnum):
    """What may be told. The text is what a receiver reads."""

    ALERT_RAISED = "alert.raised"
    ALERT_VERIFIED = "alert.verified"
    ALERT_WITHDRAWN = "alert.withdrawn"
    LIST_STALE = "list.stale"
    FAULT_OPENED = "fault.opened"
    FAULT_CLOSED = "fault.closed"
    DOWNLOAD_DUE = "download.due"
    TEST = "test"


# Nobody has compared the picture yet: people who may see alerts hear of it, in their own browsers,
# and nobody else. A machine that pulled cars over on these would be the harm reviews warn of.
ONLY_TO_PEOPLE: Final = frozenset({Event.ALERT_RAISED})
# What people who may see alerts are told in their browsers.
TO_PEOPLE: Final = frozenset(
    {Event.ALERT_RAISED, Event.ALERT_VERIFIED, Event.ALERT_WITHDRAWN, Event.LIST_STALE}
)
# Told wherever the other is told: who heard of a hit must hear that it was none.
GOES_WITH: Final[Mapping[Event, Event]] = MappingProxyType(
    {Event.ALERT_WITHDRAWN: Event.ALERT_VERIFIED}
)
# Whose channels an administrator may choose.
TO_CHANNELS: Final = tuple(
    event for event in Event if event not in {*ONLY_TO_PEOPLE, *GOES_WITH, Event.TEST}
)
# The only things a word says. There is no place for a plate, a name, a case or a vehicle.
FACTS: Final = frozenset(
    {"alert", "category", "hotlist", "camera", "place", "fault", "since", "download", "due"}
)
LONGEST: Final = 200
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that happened, once: two words of one `key` are one word.

    `path` is the page to look at, from the root of the site. `alert`: the alert it is about, so
    that its plate can be asked for, under a permit, where the city's policy lets plates leave.
    """

    event: Event
    city: str
    key: str
    path: str
    facts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    alert: int | None = None

    def __post_init__(self) -> None:
        if beyond := set(self.facts) - FACTS:
            raise ValueError(f"No word says {', '.join(sorted(beyond))}. Nothing was told.")


def tell(word: Word) -> None:
    """Write the word down, in the transaction of the change it speaks of. Told again: nothing."""
    facts = {name: said[:LONGEST] for name, said in word.facts.items() if said}
    Row.objects.bulk_create(
        [
            Row(
                city=word.city,
                event=word.event,
                key=word.key,
                facts=facts,
                alert=word.alert,
                path=word.path,
            )
        ],
        ignore_conflicts=True,
    )


def is_told(key: str) -> bool:
    """Was it told, and has not been cleared away since?"""
    return Row.objects.filter(key=key).exists()


def alert_raised(alert: int, *, city: str, category: str) -> Word:
    """A hit that nobody has verified. The category is all that is said of it."""
    return Word(
        Event.ALERT_RAISED,
        city,
        f"alert:{alert}:raised",
        "/alerts/",
        {"category": category},
        alert=alert,
    )


def alert_verified(
    alert: int, *, city: str, category: str, hotlist: str, camera: str, step: int = 1
) -> Word:
    """A hit that a person confirmed against its picture. `camera`: its title; `step`: the number of
    that confirmation, as an alert may be rejected and confirmed again."""
    facts = {"alert": str(alert), "category": category, "hotlist": hotlist, "camera": camera}
    key = f"alert:{alert}:{step}:verified"
    return Word(Event.ALERT_VERIFIED, city, key, "/alerts/", facts, alert=alert)


def alert_withdrawn(alert: int, *, city: str, category: str, step: int) -> Word:
    """A hit that was confirmed, and rejected after all."""
    facts = {"alert": str(alert), "category": category}
    key = f"alert:{alert}:{step}:withdrawn"
    return Word(Event.ALERT_WITHDRAWN, city, key, "/alerts/", facts, alert=alert)


def download_due(download: int, *, city: str, due: datetime, step: str) -> Word:
    """A copy outside that is to be purged soon, by its number. `step`: which reminder it is."""
    day = f"{due:%Y-%m-%d}"
    key = f"download:{download}:{day}:{step}"
    facts = {"download": str(download), "due": day}
    return Word(Event.DOWNLOAD_DUE, city, key, f"/manage/{city}/downloads/{download}/", facts)

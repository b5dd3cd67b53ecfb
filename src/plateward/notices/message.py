"""What a notice says, over any channel. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from plateward.notices.word import Event

TITLES: Final[Mapping[Event, str]] = MappingProxyType(
    {
        Event.ALERT_RAISED: "Hotlist alert, not verified",
        Event.ALERT_VERIFIED: "Verified hotlist alert",
        Event.ALERT_WITHDRAWN: "A hotlist alert was taken back",
        Event.LIST_STALE: "A hotlist is too old to raise alerts",
        Event.FAULT_OPENED: "Something does not work",
        Event.FAULT_CLOSED: "Something works again",
        Event.DOWNLOAD_DUE: "A downloaded copy is to be purged soon",
        Event.TEST: "A test",
    }
)
_SENTENCES: Final[Mapping[Event, str]] = MappingProxyType(
    {
        Event.ALERT_RAISED: "Nobody has compared the picture yet. Open the board before anything "
        "is done.",
        Event.ALERT_VERIFIED: "A person compared the plate, the state and the vehicle with the "
        "picture.",
        Event.ALERT_WITHDRAWN: "It was verified, and is rejected after all. Stop nobody for it.",
        Event.LIST_STALE: "No vehicle on it raises an alert until a newer file comes.",
        Event.FAULT_OPENED: "A fault was put on record.",
        Event.FAULT_CLOSED: "A fault was put right.",
        Event.DOWNLOAD_DUE: "Purge it by the day below and attest to that, or confirm that the "
        "case still needs it.",
        Event.TEST: "Somebody who administers this city tried this channel. Nothing happened.",
    }
)


class NotSent(Exception):
    """It did not get through. The text names no address, and no secret.

    `away`: nobody answers there, so that nothing else would get through either just now. `gone`:
    the other end is no more, and will not come back.
    """

    def __init__(self, why: str, *, away: bool = False, gone: bool = False) -> None:
        super().__init__(why)
        self.away, self.gone = away, gone


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same however often it is sent: a receiver that knows it has heard it already.

    `plate` is empty unless the city's adopted policy lets plates leave; then a verified alert has
    one. A browser is never told it.
    """

    id: str
    event: Event
    city: str
    told_at: datetime
    link: str
    facts: Mapping[str, str] = field(default_factory=dict)
    plate: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.event]

    @property
    def sentence(self) -> str:
        return _SENTENCES[self.event]

    def as_json(self) -> bytes:
        """For machines: one object, in UTF-8."""
        said: dict[str, Any] = {
            "id": self.id,
            "event": str(self.event),
            "city": self.city,
            "at": self.told_at.isoformat(),
            "facts": dict(self.facts),
            "link": self.link,
        }
        if self.plate:
            said["plate"] = self.plate
        return json.dumps(said, separators=(",", ":")).encode()

    def for_browser(self) -> bytes:
        """For a locked screen, which anyone passing may read: what kind of thing, and no more."""
        category = self.facts.get("category", "").replace("_", " ")
        said = f"{category.capitalize()}. {self.sentence}" if category else self.sentence
        told = {"id": self.id, "title": self.title, "body": said, "link": self.link}
        return json.dumps(told, separators=(",", ":")).encode()

    def as_text(self) -> str:
        """For people."""
        facts = [f"{name.capitalize()}: {said}" for name, said in self.facts.items()]
        plate = [f"Plate: {self.plate}"] if self.plate else []
        lines = [self.sentence, "", f"City: {self.city}", *plate, *facts]
        lines += [f"At: {self.told_at:%Y-%m-%d %H:%M:%S} UTC", "", self.link, ""]
        return "\n".join(lines)

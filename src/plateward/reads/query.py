"""What may be asked of the reads, parsed from what a person typed."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from plateward.plates.text import LONGEST, normalise
from plateward.plates.wildcards import tidied
from plateward.policy.circumstances import Breadth

Match = Literal["exact", "prefix", "pattern", "any"]
_PATTERN = re.compile(r"[^A-Z0-9?*]")


class BadQuery(ValueError):
    """What was typed cannot be searched for. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Query:
    """A plate pattern (`?` one character, `*` any), a span of instants, a camera's code."""

    plate: str
    since: datetime | None = None
    until: datetime | None = None
    camera: str = ""

    @classmethod
    def parse(
        cls,
        *,
        plate: str,
        since: datetime | None = None,
        until: datetime | None = None,
        camera: str = "",
    ) -> "Query":
        """Raise BadQuery, naming the field, when it makes no sense.

        How much may be asked for at once is for the city's policy to say: see `breadth`.
        """
        query = cls(re.sub(r"\*+", "*", tidied(plate)), since, until, camera.strip())
        _check_plate(query.plate)
        _check_span(query)
        return query

    @property
    def match(self) -> Match:
        if self.plate in {"", "*"}:
            return "any"
        if not re.search(r"[?*]", self.plate):
            return "exact"
        return "prefix" if re.fullmatch(r"[A-Z0-9]+\*", self.plate) else "pattern"

    def breadth(self, *, now: datetime) -> Breadth:
        """How much is asked for, for the city's policy to judge."""
        return Breadth(
            plate=self.plate,
            known_characters=len(normalise(self.plate)),
            camera=bool(self.camera),
            seen_from=self.since,
            seen_to=self.until,
            oldest=max(now - self.since, timedelta()) if self.since else None,
        )

    def facts(self) -> dict[str, str]:
        """As the log keeps it, in words and ISO instants."""
        return {
            "plate": self.plate,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "camera": self.camera,
        }


def _check_plate(pattern: str) -> None:
    if wrong := _PATTERN.search(pattern):
        raise BadQuery(
            "plate",
            f"A plate is letters A to Z and digits; {wrong.group()!r} is neither. "
            "Use ? for one unknown character and * for any number. Nothing was searched.",
        )
    if len(normalise(pattern)) > LONGEST:
        raise BadQuery("plate", f"A plate has at most {LONGEST} characters. Nothing was searched.")


def _check_span(query: Query) -> None:
    if query.since and query.until and query.since > query.until:
        raise BadQuery(
            "until", "The end of the time range is before its start. Nothing was searched."
        )

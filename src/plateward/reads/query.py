"""What may be asked of the reads, parsed from what a person typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from django.core import signing

from plateward.plates.text import LONGEST, normalise
from plateward.plates.wildcards import FEWEST_KNOWN, is_pattern, tidied
from plateward.policy.circumstances import Breadth
from plateward.reads.area import Area, BadArea, Circle, Polygon, polygon

__all__ = ["BadArea", "BadQuery", "Circle", "Looks", "Mark", "Match", "Polygon", "Query", "polygon"]

Match = Literal["exact", "prefix", "pattern", "close", "any"]
MOST_CAMERAS: Final = 50
LONGEST_WORD: Final = 40
_PATTERN = re.compile(r"[^A-Z0-9?*]")
_NOTHING: Final = "Nothing was searched."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class BadQuery(ValueError):
    """What was typed cannot be searched for. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Looks:
    """What a vehicle looks like and where it went, in the words of its camera; empty: any.

    Upper and lower case are one, and so are blanks at either end.
    """

    make: str = ""
    model: str = ""
    color: str = ""
    body_type: str = ""
    direction: str = ""

    def asked(self) -> dict[str, str]:
        """What is asked for, by the field that holds it."""
        named = {
            "make": self.make,
            "model": self.model,
            "color": self.color,
            "body_type": self.body_type,
            "direction": self.direction,
        }
        return {name: word for name, word in named.items() if word}


ANY_LOOKS: Final = Looks()
# What a profile says about keeping: where a vehicle went is no field of any.
_POLICY_FIELDS: Final = ("make", "model", "color", "body_type")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ends: what follows was seen before, or then under a smaller number."""

    seen_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Query:
    """A plate pattern (`?` one character, `*` any) and what else must be so of a read.

    `close`: plates that look alike, or differ by one character, too. `cameras`: codes, empty: any.
    `area`: where it was seen. `after`: the end of the page before this one.
    """

    plate: str
    since: datetime | None = None
    until: datetime | None = None
    cameras: tuple[str, ...] = ()
    close: bool = False
    area: Area | None = None
    looks: Looks = ANY_LOOKS
    after: Mark | None = None

    @classmethod
    def parse(  # noqa: PLR0913 -- every field of the form
        cls,
        *,
        plate: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        cameras: Sequence[str] = (),
        close: bool = False,
        area: Area | None = None,
        looks: Looks = ANY_LOOKS,
        page: str = "",
    ) -> "Query":
        """Raise BadQuery, naming the field, when it makes no sense.

        `area` comes from `Circle` or `polygon`, which raise BadArea. `page` is the `next` of the
        results before. How much may be asked for at once is for the city's policy to say: see
        `breadth`.
        """
        query = cls(
            plate=re.sub(r"\*+", "*", tidied(plate)),
            since=since,
            until=until,
            cameras=tuple(dict.fromkeys(code for each in cameras if (code := each.strip()))),
            close=close,
            area=area,
            looks=_tidy(looks),
        )
        _check_plate(query.plate)
        _check_close(query)
        _check_span(query)
        if len(query.cameras) > MOST_CAMERAS:
            raise BadQuery("cameras", f"Name at most {MOST_CAMERAS} cameras. {_NOTHING}")
        return replace(query, after=_mark(page, query)) if page else query

    @property
    def match(self) -> Match:
        if self.close:
            return "close"
        if self.plate in {"", "*"}:
            return "any"
        if not is_pattern(self.plate):
            return "exact"
        return "prefix" if re.fullmatch(r"[A-Z0-9]+\*", self.plate) else "pattern"

    @property
    def fields(self) -> frozenset[str]:
        """The fields that a city must keep to be asked this: see `Profile.keeps_field`."""
        return frozenset(self.looks.asked()) & frozenset(_POLICY_FIELDS)

    def breadth(self, *, now: datetime) -> Breadth:
        """How much is asked for, for the city's policy to judge. Characters count as typed."""
        return Breadth(
            plate=self.plate,
            known_characters=len(normalise(self.plate)),
            camera=bool(self.cameras),
            seen_from=self.since,
            seen_to=self.until,
            radius_m=self.area.reach_m if self.area else None,
            oldest=max(now - self.since, timedelta()) if self.since else None,
            near=self.close,
            fields=self.fields,
        )

    def facts(self) -> dict[str, str]:
        """As the log keeps it, in words and ISO instants; empty for what was not asked."""
        return {
            "plate": self.plate,
            "close": "yes" if self.close else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "camera": ", ".join(self.cameras),
            "place": self.area.words() if self.area else "",
            **{f"vehicle_{name}": word for name, word in self.looks.asked().items()},
            "after": f"{self.after.seen_at.isoformat()} {self.after.id}" if self.after else "",
        }

    def page_after(self, mark: Mark) -> str:
        """What `parse` takes as `page`, with the same question, for what follows `mark`."""
        instant = (mark.seen_at - _EPOCH) // timedelta(microseconds=1)
        return _signer(self).sign(f"{instant}.{mark.id}")


def _signer(query: Query) -> signing.Signer:
    """The question is part of the seal, so a page of one is no page of another."""
    asked = replace(query, after=None).facts()
    return signing.Signer(salt=f"plateward.reads.page {sorted(asked.items())}", sep="~")


def _mark(page: str, query: Query) -> Mark:
    try:
        instant, _, number = _signer(query).unsign(page).partition(".")
    except signing.BadSignature as wrong:
        raise BadQuery(
            "page",
            "This is no page of this search. Search again to see its first page. " + _NOTHING,
        ) from wrong
    return Mark(_EPOCH + timedelta(microseconds=int(instant)), int(number))


def _tidy(looks: Looks) -> Looks:
    words = {name: " ".join(word.split()) for name, word in looks.asked().items()}
    for name, word in words.items():
        if len(word) > LONGEST_WORD:
            raise BadQuery(name, f"At most {LONGEST_WORD} characters. {_NOTHING}")
    return Looks(**words)


def _check_plate(pattern: str) -> None:
    if wrong := _PATTERN.search(pattern):
        raise BadQuery(
            "plate",
            f"A plate is letters A to Z and digits; {wrong.group()!r} is neither. "
            f"Use ? for one unknown character and * for any number. {_NOTHING}",
        )
    if len(normalise(pattern)) > LONGEST:
        raise BadQuery("plate", f"A plate has at most {LONGEST} characters. {_NOTHING}")


def _check_close(query: Query) -> None:
    if not query.close:
        return
    if is_pattern(query.plate):
        raise BadQuery(
            "plate",
            "Plates that look alike are found around a whole plate. Type it without ? and *, or "
            f"do not ask for them. {_NOTHING}",
        )
    if len(query.plate) < FEWEST_KNOWN:
        raise BadQuery(
            "plate",
            f"Plates that look alike need at least {FEWEST_KNOWN} characters to be looked for. "
            + _NOTHING,
        )


def _check_span(query: Query) -> None:
    if query.since and query.until and query.since > query.until:
        raise BadQuery("until", f"The end of the time range is before its start. {_NOTHING}")

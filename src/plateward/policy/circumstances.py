"""What the gate has looked up about one request, as plain values: `decide` trusts them as facts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

CaseCheck = Literal["unchecked", "open", "closed", "unknown", "unreachable"]


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """An agency's request for access. `plates` folded, empty: any plate. `until`: its last day."""

    reference: str
    agency: str
    purpose: str
    case_number: str
    plates: frozenset[str]
    seen_from: datetime | None
    seen_to: datetime | None
    until: date


@dataclass(frozen=True, slots=True)
class Review:
    """An approved legal review of a purpose that is on no list. `until`: its last day."""

    reference: str
    purpose_words: str
    case_number: str
    until: date


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much a request reaches for. `plate` is a normalised pattern; `radius_m` in metres.

    `camera`: cameras are named. `oldest`: the age of the oldest read it may bring into view. For a
    single read, `plate` is that read's, and `seen_from` and `seen_to` are when it was seen. `near`:
    plates one character away are asked for too. `fields`: what of a vehicle it is searched by, as
    `collection.fields` of a profile names it.
    """

    plate: str = ""
    known_characters: int = 0
    camera: bool = False
    seen_from: datetime | None = None
    seen_to: datetime | None = None
    radius_m: int | None = None
    oldest: timedelta | None = None
    near: bool = False
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """None: not known. What is not known refuses wherever the profile or the house asks for it.

    `case_format`: whether the case number has its agency's shape; None where the agency has none on
    record.
    """

    request: OpenRequest | None = None
    review: Review | None = None
    case_check: CaseCheck = "unchecked"
    case_format: bool | None = None
    breadth: Breadth | None = None
    policy_posted: bool | None = None
    clock_trusted: bool | None = None


NOTHING_KNOWN = Circumstances()

"""Show the alerts. Every function here takes a permit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.hotlists.models import Alert as Row
from plateward.plates.likeness import Difference, How
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import glance

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Alert:
    """A hit, with the read that caused it. Unverified until a person compares the picture.

    `listed`, `state` and `vehicle` are the entry's; the rest says how far the read is from it.
    """

    id: int
    city: str
    raised_at: datetime
    hotlist: str
    category: str
    why: str
    case_number: str
    read: int
    plate: PlateText
    seen_at: datetime
    camera: str
    camera_title: str
    confidence: float | None
    crop: bytes | None
    listed: PlateText
    state: str
    vehicle: str
    how: How
    differences: tuple[Difference, ...]
    likelihood: float
    other_state: bool

    @property
    def listed_as(self) -> str:
        """The entry's plate as a person reads it, with its state where that is known."""
        return f"{self.listed} ({self.state})" if self.state else self.listed

    @property
    def what_differs(self) -> tuple[str, ...]:
        """Sentences on how the read differs from the entry; none where it does not."""
        said = [_LEADS[self.how]] if self.how in _LEADS else []
        said += [_difference(each) for each in self.differences]
        if self.other_state:
            said.append(f"The list says {self.state}; the plate was read as another state's.")
        return tuple(said)


_LEADS: Final[Mapping[How, str]] = MappingProxyType(
    {
        How.LOOK_ALIKE: "Look-alike characters.",
        How.DOUBTFUL: "The camera was not sure of these characters.",
        How.ONE_OTHER: "One character differs.",
        How.ONE_MISSING: "The list has one character more.",
        How.ONE_TOO_MANY: "The list has one character less.",
        How.WILDCARD: "The list knows only part of the plate.",
    }
)


def _difference(each: Difference) -> str:
    if not each.read:
        return f"The list has {each.listed} before character {each.position} of the read."
    if not each.listed:
        return f"Character {each.position}, read as {each.read}, is not in the list."
    return f"Character {each.position} was read as {each.read}, the list has {each.listed}."


def recent(*, permit: Permit, after: int = 0) -> list[Alert]:
    """The alerts of the permit's cities numbered above `after`, newest first, at most MOST."""
    permit.require(Act.ALERTS_SEE)
    rows = _visible(permit).filter(pk__gt=after).order_by("-raised_at", "-pk")
    return _shown(rows[:MOST], permit)


def one(alert: int, *, permit: Permit) -> Alert | None:
    """One alert, as a live notice names it; None when it is another city's or has expired."""
    permit.require(Act.ALERTS_SEE)
    return next(iter(_shown(_visible(permit).filter(pk=alert), permit)), None)


def _shown(rows: "QuerySet[Row]", permit: Permit) -> list[Alert]:
    """What is shown is counted in the log, with the cases it belongs to: Odessa's ODE-20 asks that
    each access has one, and an alert's is that of its hotlist entry. Nothing found, nothing added.
    """
    found = _alerts(rows, permit)
    cases: dict[str, list[str]] = {}
    for alert in found:
        cases.setdefault(alert.city, []).append(alert.case_number)
    if found:
        permit.answered(Counter(alert.city for alert in found), cases=cases)
    return found


def _visible(permit: Permit) -> "QuerySet[Row]":
    return Row.objects.filter(
        city__in=permit.cities, read__expires_at__gt=timezone.now()
    ).select_related("wanted__hotlist")


def _alerts(rows: "QuerySet[Row]", permit: Permit) -> list[Alert]:
    seen = glance.at([row.read_id for row in rows], permit=permit)
    return [_alert(row, seen[row.read_id]) for row in rows if row.read_id in seen]


def _alert(row: Row, read: glance.Glance) -> Alert:
    return Alert(
        id=row.pk,
        city=row.city,
        raised_at=row.raised_at,
        hotlist=row.wanted.hotlist.name,
        category=row.wanted.hotlist.category,
        why=row.wanted.why,
        case_number=row.wanted.case_number,
        read=row.read_id,
        plate=read.plate,
        seen_at=read.seen_at,
        camera=read.camera,
        camera_title=read.camera_title,
        confidence=read.confidence,
        crop=read.crop,
        listed=PlateText(row.wanted.plate),
        state=row.wanted.state,
        vehicle=row.wanted.vehicle,
        how=How(row.how),
        differences=tuple(Difference(*each) for each in row.differences),
        likelihood=row.likelihood,
        other_state=row.other_state,
    )

"""How each agency writes its case numbers, and whether one is an open case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.gate import case_csv, case_format, case_http
from plateward.gate.models import CaseSource
from plateward.policy.circumstances import CaseCheck

_LOOK_UPS: Final[Mapping[str, Callable[[str, str], CaseCheck]]] = MappingProxyType(
    {"csv": case_csv.look_up, "http": case_http.look_up}
)
_CHECKS: Final[Mapping[str, Callable[[str], None]]] = MappingProxyType(
    {"csv": case_csv.check_place, "http": case_http.check_place}
)


@dataclass(frozen=True, slots=True)
class Source:
    """`format` and `location` may each be empty: then that is not asked."""

    city: str
    agency: str
    format: str
    kind: str
    location: str
    set_by: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """`format` None: the agency has no format on record. `example`: how it writes a number."""

    check: CaseCheck
    format: bool | None
    example: str = ""


NOT_CHECKED: Final = Checked("unchecked", None)


def check(city: str, agency: str, number: str) -> Checked:
    """What the agency's records say of a case number. Its source is asked once a minute at most."""
    source = of(city, agency)
    if source is None or not number.strip():
        return NOT_CHECKED
    fits, example = None, ""
    if source.format:
        written = case_format.parse(source.format)
        fits, example = written.fits(number), written.example()
    if fits is False or not source.kind:
        return Checked("unchecked", fits, example)
    return Checked(_LOOK_UPS[source.kind](source.location, number.strip()), fits, example)


def of(city: str, agency: str) -> Source | None:
    """The agency's own row, else the city's for every agency."""
    rows = CaseSource.objects.filter(city=city, agency__in=[agency, ""]).order_by("-agency")
    return next((_source(row) for row in rows), None)


def format_of(city: str, agency: str) -> case_format.CaseFormat | None:
    """How an agency writes its case numbers, where that is on record."""
    source = of(city, agency)
    return case_format.parse(source.format) if source and source.format else None


def in_city(city: str) -> list[Source]:
    return [_source(row) for row in CaseSource.objects.filter(city=city).order_by("agency")]


@transaction.atomic
def put(source: Source, *, by: str, now: datetime) -> None:
    """Record a source in place of the one before. Raise WrongFormat or WrongPlace."""
    if source.format:
        case_format.parse(source.format)
    if source.kind:
        _CHECKS[source.kind](source.location)
    CaseSource.objects.update_or_create(
        city=source.city,
        agency=source.agency,
        defaults={
            "format": source.format,
            "kind": source.kind,
            "location": source.location,
            "set_by": by,
            "set_at": now,
        },
    )
    log.append(
        actor=by,
        act="gate:cases:set",
        outcome="done",
        city=source.city,
        facts={"agency": source.agency, "format": source.format, "kind": source.kind},
        private={"location": source.location} if source.location else {},
    )


def _source(row: CaseSource) -> Source:
    return Source(row.city, row.agency, row.format, row.kind, row.location, row.set_by, row.set_at)

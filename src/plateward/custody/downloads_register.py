"""The register of downloads: who holds which copy, until when, and what was done with each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plateward.custody import chain
from plateward.custody.chain import Step
from plateward.custody.downloads_models import Download, DownloadStep
from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act

if TYPE_CHECKING:
    from django.db.models import QuerySet

SOON: Final = timedelta(days=30)
_MOST: Final = 500


class NoSuchDownload(LookupError):
    """There is none of that number in the permit's cities."""


class State(StrEnum):
    """Where a copy stands today."""

    HELD = "held"
    DUE = "due"
    OVERDUE = "overdue"
    PURGED = "purged"
    TO_BOOK = "to be booked"
    NO_RECEIPT = "receipt missing"
    HANDED_OVER = "handed over"


class Shown(StrEnum):
    """Which of a city's downloads to list."""

    ALL = "all"
    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Line:
    """One download. `reads`: how many. `name` "" once it has been forgotten with the log's own."""

    number: int
    city: str
    taken_by: str
    name: str
    agency: str
    purpose: str
    case_number: str
    reads: int
    custody: str
    request: str
    taken_at: datetime
    purge_by: datetime | None
    state: State

    def __str__(self) -> str:
        return f"D-{self.number}"


@dataclass(frozen=True, slots=True)
class Whole:
    """One download with its chain of custody. `read_numbers` name reads, and no plate."""

    line: Line
    entry: int
    manifest: str
    package: str
    bytes: int
    sealed: bool
    key_gone_at: datetime | None
    resolved_on: date | None
    purged_at: datetime | None
    evidence: bool
    property_number: str
    booked_at: datetime | None
    received_at: datetime | None
    receipt: int | None
    read_numbers: tuple[int, ...]
    steps: tuple[Step, ...]


def of(city: str, *, shown: Shown, permit: Permit, now: datetime) -> list[Line]:
    """Newest first; of what is due, the soonest first."""
    permit.require(Act.DOWNLOADS_KEEP)
    rows = Download.objects.filter(city=city, city__in=permit.cities)
    found = [_line(row, now) for row in FILTERS[shown](rows, now)[:_MOST]]
    permit.answered({each: len(found) if each == city else 0 for each in permit.cities})
    return found


def one(number: int, *, permit: Permit, now: datetime) -> Whole:
    """Raise NoSuchDownload."""
    permit.require(Act.DOWNLOADS_KEEP)
    row = found(number, permit=permit)
    steps = DownloadStep.objects.filter(download=row).order_by("at", "pk")
    return Whole(
        line=_line(row, now),
        entry=row.entry,
        manifest=row.manifest,
        package=row.package,
        bytes=row.bytes,
        sealed=row.sealed,
        key_gone_at=row.key_gone_at,
        resolved_on=row.resolved_on,
        purged_at=row.purged_at,
        evidence=row.evidence,
        property_number=row.property_number,
        booked_at=row.booked_at,
        received_at=row.received_at,
        receipt=row.receipt_id,
        read_numbers=tuple(row.reads),
        steps=chain.told(steps),
    )


def found(number: int, *, permit: Permit, lock: bool = False) -> Download:
    """The row, for custody itself. Raise NoSuchDownload."""
    rows = Download.objects.select_for_update() if lock else Download.objects.all()
    row = rows.filter(pk=number, city__in=permit.cities).first()
    if row is None:
        raise NoSuchDownload(f"There is no download D-{number} here. Nothing was changed.")
    return row


def counts(city: str, *, permit: Permit, now: datetime) -> dict[State, int]:
    """How many of each that still wait for somebody."""
    permit.require(Act.DOWNLOADS_KEEP)
    open_ = _open(Download.objects.filter(city=city, city__in=permit.cities), now)
    states = [_state(row, now) for row in open_]
    return {state: states.count(state) for state in State if state in states}


def _open(rows: "QuerySet[Download]", _now: datetime) -> "QuerySet[Download]":
    return rows.filter(purged_at=None, received_at=None).order_by("-taken_at")


def _due(rows: "QuerySet[Download]", now: datetime) -> "QuerySet[Download]":
    return rows.filter(purged_at=None, purge_by__lte=now + SOON).order_by("purge_by")


def _overdue(rows: "QuerySet[Download]", now: datetime) -> "QuerySet[Download]":
    return rows.filter(purged_at=None, purge_by__lte=now).order_by("purge_by")


FILTERS: Final[dict[Shown, Callable[["QuerySet[Download]", datetime], "QuerySet[Download]"]]] = {
    Shown.ALL: lambda rows, _now: rows.order_by("-taken_at"),
    Shown.OPEN: _open,
    Shown.DUE: _due,
    Shown.OVERDUE: _overdue,
    Shown.PURGED: lambda rows, _now: rows.filter(purged_at__isnull=False).order_by("-purged_at"),
}


def _line(row: Download, now: datetime) -> Line:
    return Line(
        number=row.pk,
        city=row.city,
        taken_by=row.taken_by,
        name=row.name,
        agency=row.agency,
        purpose=row.purpose,
        case_number=row.case_number,
        reads=len(row.reads),
        custody=row.custody,
        request=row.request,
        taken_at=row.taken_at,
        purge_by=row.purge_by,
        state=_state(row, now),
    )


def _state(row: Download, now: datetime) -> State:
    if row.purged_at is not None:
        return State.PURGED
    if row.request:
        return State.HANDED_OVER if row.received_at else State.NO_RECEIPT
    if row.purge_by is not None and row.purge_by <= now:
        return State.OVERDUE
    if row.evidence and row.booked_at is None:
        return State.TO_BOOK
    due = row.purge_by is not None and row.purge_by <= now + SOON
    return State.DUE if due else State.HELD

"""Read what Flock exports about its own use: searches, acts of administration, shares. Pure.

A masked cell stays masked: it is told apart from an empty one and never guessed.
"""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from plateward.intake.adapters import flock_tables
from plateward.intake.adapters.flock_tables import BadRow, Row, Table, Unreadable
from plateward.intake.adapters.message import Refused
from plateward.intake.adapters.times import written
from plateward.plates.text import LONGEST, PlateText, normalise

_LABEL: Final = re.compile(r"([A-Za-z][A-Za-z #/'-]{0,39}):(?:\s+|$)(.*)", re.DOTALL)
_FLOCK_TIME: Final = "%m/%d/%Y, %I:%M:%S %p"
_SPREADSHEET_BEGAN: Final = datetime(1899, 12, 30, tzinfo=UTC)
_LONGEST_PERIOD: Final = 200
_LONGEST_KIND: Final = 80
_MOBILE: Final = re.compile(r"\s*-\s*mobile$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Search:
    """One search in Flock, as its audit tells it.

    `masked` names the fields whose cells were blacked out: they were there, and we may not know
    them. `searched_at`, `period` are UTC; `period` is what of the past was asked for. `plate_asked`
    is as it was typed, which may hold wildcards; then there is no `plate`.
    """

    line: int
    searched_at: datetime
    person: str | None = None
    organization: str | None = None
    networks: int | None = None
    devices: int | None = None
    period: tuple[datetime, datetime] | None = None
    plate: PlateText | None = None
    plate_asked: str | None = None
    reason: str | None = None
    offense: str | None = None
    case: str | None = None
    filters: str | None = None
    kind: str | None = None
    mobile: bool = False
    prompt: str | None = None
    moderation: str | None = None
    id: str | None = None
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One act of administration: who did what to which thing, and the thing's labelled lines."""

    line: int
    at: datetime
    person: str | None
    entity: str
    act: str
    details: tuple[tuple[str, str], ...]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One organization, and which networks go to and fro between it and the exporter."""

    line: int
    organization: str
    shared_with_us: tuple[str, ...]
    shared_by_us: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """What one file holds. `columns_unread`: names of columns that we do not know."""

    kind: str
    searches: tuple[Search, ...] = ()
    acts: tuple[Act, ...] = ()
    shares: tuple[Share, ...] = ()
    left_out: tuple[BadRow, ...] = ()
    columns_unread: tuple[str, ...] = ()


def is_one(data: bytes) -> bool:
    """Is it such an export? By its heading alone."""
    try:
        flock_tables.opened(data)
    except Refused:
        return False
    return True


def read(data: bytes) -> Audit:
    """Read one export: a search audit, an event log or a list of shares. Raise Refused."""
    table = flock_tables.opened(data)
    found = [
        each if isinstance(each, BadRow) else _one(each, table) for each in flock_tables.rows(table)
    ]
    return Audit(
        kind=_kind_of_audit(table),
        searches=tuple(each for each in found if isinstance(each, Search)),
        acts=tuple(each for each in found if isinstance(each, Act)),
        shares=tuple(each for each in found if isinstance(each, Share)),
        left_out=tuple(each for each in found if isinstance(each, BadRow)),
        columns_unread=table.unread,
    )


def as_json(audit: Audit) -> dict[str, Any]:
    """For people who look what a file holds; only the lists and cells that there are."""
    plain: dict[str, Any] = _plain(asdict(audit))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items() if held not in (None, (), False)}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _one(row: Row, table: Table) -> Search | Act | Share | BadRow:
    try:
        match table.kind:
            case "events":
                return _act(row)
            case "shares":
                return _share(row)
            case _:
                return _search(row)
    except Unreadable as why:
        return BadRow(row.line, str(why))


def _kind_of_audit(table: Table) -> str:
    """An organization's audit of its own people has no column for whose people they are."""
    if table.kind != "searches":
        return table.kind
    return "network_audit" if "organization" in table.columns else "organization_audit"


def _search(row: Row) -> Search:
    kind = (row.text("kind") or "")[:_LONGEST_KIND]
    return Search(
        line=row.line,
        searched_at=_time(" ".join(filter(None, (row.text("date"), row.text("time"))))),
        person=row.text("person"),
        organization=row.text("organization"),
        networks=_count(row, "networks"),
        devices=_count(row, "devices"),
        period=_period(row.text("period")),
        plate=_plate(row.text("plate")),
        plate_asked=row.text("plate"),
        reason=row.text("reason"),
        offense=row.text("offense"),
        case=row.text("case"),
        filters=row.text("filters"),
        kind=_MOBILE.sub("", kind) or None,
        mobile=bool(_MOBILE.search(kind)),
        prompt=row.text("prompt"),
        moderation=row.text("moderation"),
        id=row.text("id"),
        masked=row.masked(),
    )


def _act(row: Row) -> Act:
    entity, act = row.text("entity"), row.text("act")
    if entity is None or act is None:
        raise Unreadable("it does not say what was done to what")
    return Act(
        line=row.line,
        at=_time(row.text("time") or ""),
        person=row.text("person"),
        entity=entity,
        act=act.lower(),
        details=_labelled(row.cells.get("details", "")),
        id=row.text("id"),
    )


def _share(row: Row) -> Share:
    organization = row.text("organization")
    if organization is None:
        raise Unreadable("it names no organization")
    return Share(
        line=row.line,
        organization=organization,
        shared_with_us=_names(row.text("shared_with_us")),
        shared_by_us=_names(row.text("shared_by_us")),
    )


def _names(cell: str | None) -> tuple[str, ...]:
    # Names of agencies hold commas; a list of them goes by lines or semicolons.
    return tuple(n for n in (part.strip() for part in re.split(r"[;\r\n]+", cell or "")) if n)


def _labelled(cell: str) -> tuple[tuple[str, str], ...]:
    """`Label: value` lines; a line without a label goes on with the value above it."""
    pairs: list[tuple[str, str]] = []
    for line in filter(None, (part.strip() for part in cell.splitlines())):
        found = _LABEL.fullmatch(line)
        if found:
            pairs.append((found[1].strip(), found[2].strip()))
        elif pairs:
            label, value = pairs[-1]
            pairs[-1] = (label, f"{value}\n{line}".strip())
        else:
            pairs.append(("", line))
    return tuple(pairs)


def _count(row: Row, name: str) -> int | None:
    cell = row.text(name)
    if cell is None:
        return None
    plain = cell.replace(",", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 12:
        raise Unreadable(f"its number of {name} is no number")
    return int(plain)


def _plate(cell: str | None) -> PlateText | None:
    """The plate asked for; one with wildcards is none."""
    if cell is None or any(sign in cell for sign in "*?%"):
        return None
    plate = normalise(cell)
    return plate if 0 < len(plate) <= LONGEST else None


def _period(cell: str | None) -> tuple[datetime, datetime] | None:
    """`From: … To: …` on two lines, two bare lines, or `… to …` on one."""
    if cell is None or len(cell) > _LONGEST_PERIOD:
        return None
    parts = [p for p in re.split(r"[\r\n]+|\s+to\s+", cell) if p.strip()]
    try:
        ends = [_time(re.sub(r"(?i)^\s*(from|to)\s*:\s*", "", part)) for part in parts]
    except Unreadable:
        return None
    return (ends[0], ends[1]) if len(ends) == 2 else None


def _time(cell: str) -> datetime:
    """Flock's own writing, ISO 8601 or a spreadsheet's number of days. Without a zone it is UTC."""
    text = re.sub(r"\s+", " ", cell.strip()).removesuffix(" UTC")
    try:
        return datetime.strptime(text, _FLOCK_TIME).replace(tzinfo=UTC)
    except ValueError:
        return _other_time(text)


def _other_time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    # Spreadsheets keep days; numbers of days within a century of 1990 cannot be anything else.
    if re.fullmatch(r"\d{5}(\.\d{1,12})?", text) and 25_000 < float(text) < 60_000:
        return _SPREADSHEET_BEGAN + timedelta(seconds=round(float(text) * 86_400))
    raise Unreadable("its time cannot be read")

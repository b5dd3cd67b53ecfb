"""Open a table that Flock exported: which of its kinds it is, and where each field's column is.

Columns go by their names, never by their places: organizations get 10, 13 or 14 of them, in orders
that changed.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from plateward.intake.adapters import told
from plateward.intake.adapters.message import Refused

MOST_ROWS: Final = 2_000_000  # a month of a whole state's network audit has about this many
_LONGEST_CELL: Final = 100_000
# The whole cell: a star within a plate stands for any character, and masks nothing.
_MASKED: Final = re.compile(r"\[?redacted\]?|\*{2,}|\*( \*)+|##+|\u2588+", re.IGNORECASE)

# Each field, and the names that Flock and agencies gave its column, as `_plain` writes them.
_SEARCH: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("name", "user", "username", "searcher"),
    "organization": ("orgname", "organization", "organizationname", "agency"),
    "networks": ("totalnetworkssearched", "networkssearched", "networks"),
    "devices": ("totaldevicessearched", "devicessearched", "devices"),
    "period": ("timeframe",),
    "plate": ("licenseplate", "plate"),
    "reason": ("reason", "searchreason"),
    "offense": ("offensetype", "offense"),
    "case": ("case", "casenumber", "caseno"),
    "filters": ("filters", "filter"),
    "time": ("searchtime", "searchdatetime", "timestamp", "datetime"),
    "date": ("searchdate",),
    "kind": ("searchtype", "type"),
    "prompt": ("textprompt", "prompt"),
    "moderation": ("moderation",),
    "id": ("id", "searchid"),
}
_ACT: Final[Mapping[str, tuple[str, ...]]] = {
    "time": ("timestamp", "eventtime", "time"),
    "person": ("user", "username"),
    "entity": ("entitytype",),
    "act": ("eventtype",),
    "details": ("entitydetails",),
    "id": ("eventid", "id"),
}
_SHARE: Final[Mapping[str, tuple[str, ...]]] = {
    "organization": ("organizationname", "orgname", "organization"),
    "shared_with_us": ("networkssharedwithme", "networkssharedwithus"),
    "shared_by_us": ("networksimsharing", "networkssharedbyme", "networkswearesharing"),
}


class _Reader(Protocol):
    """What `csv.reader` gives, which has no name of its own."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class Unreadable(Exception):
    """Why one row cannot be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by field, trimmed; and which were masked."""

    line: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str | None:
        cell = self.cells.get(name, "")
        return None if not cell or _MASKED.fullmatch(cell) else cell

    def masked(self) -> tuple[str, ...]:
        return tuple(sorted(n for n, cell in self.cells.items() if cell and _is_masked(cell)))


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, by the line it begins on, and why. No cell of it."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """Its rows to come, and where each field's column is; `heading` in plain letters."""

    kind: str
    columns: Mapping[str, int]
    heading: list[str]
    unread: tuple[str, ...]
    rows: _Reader


def opened(data: bytes) -> Table:
    text = _decoded(data)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        heading = next(rows, [])
    except csv.Error as error:
        raise _no_table(error) from None
    plain = [_plain(name) for name in heading]
    for kind, names in _KINDS.items():
        columns = _columns(plain, names)
        if _ESSENTIAL[kind] <= set(columns):
            read = set(columns.values())
            unread = tuple(
                told.text(name) or "" for place, name in enumerate(heading) if place not in read
            )
            return Table(kind, columns, plain, tuple(filter(None, unread)), rows)
    raise Refused(
        "The first row names no columns of Flock's search audit, event log or list of shares",
        do="Export it again with its heading.",
    )


def _no_table(error: csv.Error) -> Refused:
    return Refused(f"The file is not a table ({error})", do="Export it again as CSV.")


_KINDS: Final = {"events": _ACT, "shares": _SHARE, "searches": _SEARCH}
_ESSENTIAL: Final = {
    "events": {"time", "entity", "act"},
    "shares": {"organization", "shared_with_us", "shared_by_us"},
    "searches": {"time", "networks"},
}


def rows(table: Table) -> Iterator[Row | BadRow]:
    """Each row that holds anything, by the line it begins on; repeated headings are left out."""
    begins = table.rows.line_num + 1
    for count, cells in enumerate(_each(table.rows), start=1):
        if count > MOST_ROWS:
            raise Refused(
                f"The file has more than {MOST_ROWS:,} rows", do="Export shorter periods."
            )
        if any(cell.strip() for cell in cells) and [_plain(c) for c in cells] != table.heading:
            wrong = _wrong_width(cells, table.heading)
            yield BadRow(begins, wrong) if wrong else _row(begins, cells, table.columns)
        begins = table.rows.line_num + 1


def _each(reader: _Reader) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise _no_table(error) from None


def _wrong_width(cells: list[str], header: list[str]) -> str | None:
    # One cell too many and every cell after it would stand under another's name.
    if any(cell.strip() for cell in cells[len(header) :]):
        return f"it has {len(cells)} cells under {len(header)} headings"
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        return "a cell is longer than any that Flock writes"
    return None


def _row(line: int, cells: list[str], columns: Mapping[str, int]) -> Row:
    return Row(
        line, {n: cells[place].strip() for n, place in columns.items() if place < len(cells)}
    )


def _columns(header: list[str], names: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """The place of each field's column; the first where two columns have one name."""
    return {
        field: header.index(spelling)
        for field, spellings in names.items()
        for spelling in spellings[::-1]
        if spelling in header
    }


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _is_masked(cell: str) -> bool:
    return _MASKED.fullmatch(cell) is not None


def _decoded(data: bytes) -> str:
    """Exports come as UTF-8; spreadsheets save UTF-16 and Windows-1252 as well."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not marked:
        raise Refused("The file is not text", do="Export it again as CSV, not as a workbook.")
    try:
        return data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    heading = text[:4_000].partition("\n")[0]
    return max(",;\t", key=heading.count)

"""Read the rows of a hotlist file, each of them a plate to look for or a reason why not."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO
from zoneinfo import ZoneInfo

from plateward.hotlists.layout import COLUMNS, Layout, WrongLayout
from plateward.plates import wildcards
from plateward.plates.likeness import state_of
from plateward.plates.text import LONGEST, normalise
from plateward.policy.periods import Period, moment_after

_LONGEST_WHY: Final = 200
_LONGEST_CASE: Final = 64
_LONGEST_VEHICLE: Final = 120
_CELLS: Final = (*COLUMNS, "action")
_CONTROL: Final = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a plate to look for, or to look for no longer. `number` counts from 1."""

    number: int
    plate: str
    state: str
    category: str
    why: str
    case_number: str
    vehicle: str
    begins_at: datetime | None
    ends_at: datetime
    removed: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A line that was left out, and why, in words that name no plate."""

    number: int
    why: str


class NotThisRow(ValueError):
    """Why one line is left out."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one file. `allowed` raises NotThisRow for a category the city does not allow.

    `why` and `case_number` stand for what a row does not say itself.
    """

    path: Path
    layout: Layout
    zone: ZoneInfo
    now: datetime
    why: str
    case_number: str
    allowed: Callable[[str], None]

    def read(self, done: Callable[[int], None] = lambda _: None) -> Iterator[Row | RefusedRow]:
        """Each line in its order; `done` is told the bytes read so far, now and then.

        Raise WrongLayout where the header lacks a column.
        """
        times = _Times(self.layout, self.zone, self.now)
        encoding = self.layout.encoding
        with (
            self.path.open("rb") as raw,
            TextIOWrapper(raw, encoding, errors="replace", newline="") as file,
        ):
            for number, cells in self._lines(file):
                if number % 5000 == 0:
                    done(raw.tell())
                if cells is None:
                    yield RefusedRow(number, "the line cannot be read")
                    continue
                try:
                    yield self._row(number, cells, times)
                except NotThisRow as refused:
                    yield RefusedRow(number, str(refused))
        done(self.path.stat().st_size)

    def _lines(self, file: TextIO) -> Iterator[tuple[int, Sequence[str] | None]]:
        """Line numbers of the file with the cells in the order of `_CELLS`; None: unreadable."""
        if self.layout.format == "fixed":
            yield from self._fixed(file)
            return
        reader = csv.reader(file, delimiter=self.layout.delimiter)
        places = _places(self.layout, next(reader, []))
        least = max((at for group in places for at in group), default=0)
        while True:
            try:
                line = next(reader, None)
            except csv.Error:
                yield reader.line_num, None
                continue
            if line is None:
                return
            if not any(line):
                continue
            if len(line) <= least:
                line = [*line, *[""] * (least + 1 - len(line))]
            yield reader.line_num, [_cell(line, group) for group in places]

    def _fixed(self, file: TextIO) -> Iterator[tuple[int, Sequence[str]]]:
        spans = []
        for name in _CELLS:
            first, many = (int(each) for each in self.layout.columns.get(name, (1, 0)))
            spans.append(slice(first - 1, first - 1 + many))
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, [line[span].strip() for span in spans]

    def _row(self, number: int, cells: Sequence[str], times: "_Times") -> Row:
        plate, state, said, why, case, vehicle, begins, ends, action = cells
        category = self.layout.category_of(said)
        if not category:
            raise NotThisRow(f"the layout knows no category for {said[:40]!r}")
        self.allowed(category)
        begins_at, ends_at = times.between(begins, ends)
        return Row(
            number=number,
            plate=_plate(plate),
            state=state_of(state),
            category=category,
            why=_words(why, _LONGEST_WHY) or self.why,
            case_number=_words(case, _LONGEST_CASE) or self.case_number,
            vehicle=_words(vehicle, _LONGEST_VEHICLE),
            begins_at=begins_at,
            ends_at=ends_at,
            removed=bool(action) and action.upper() in self.layout.removes,
        )


class _Times:
    """When rows begin and end; a day ends with its last moment in the city."""

    def __init__(self, layout: Layout, zone: ZoneInfo, now: datetime) -> None:
        self._dates, self._zone, self._now = layout.dates, zone, now
        self._without_end = moment_after(now.astimezone(zone), Period.parse(layout.lasts))
        self.between = lru_cache(maxsize=65536)(self._between)

    def _between(self, begins: str, ends: str) -> tuple[datetime | None, datetime]:
        begins_at = self._day(begins, "effective") if begins else None
        ends_at = self._without_end
        if ends:
            ends_at = self._day(ends, "expiry") + timedelta(days=1)
        if ends_at <= self._now:
            raise NotThisRow("it has expired")
        if begins_at is not None and begins_at >= ends_at:
            raise NotThisRow("it expires before it takes effect")
        return (None if begins_at is None or begins_at <= self._now else begins_at), ends_at

    def _day(self, written: str, which: str) -> datetime:
        for form in self._dates:
            try:
                day = datetime.strptime(written, form).date()  # noqa: DTZ007 -- a day, not a moment
            except ValueError:
                continue
            return datetime.combine(day, time(), self._zone)
        raise NotThisRow(f"its {which} date is not written as {' or '.join(self._dates)}")


def _places(layout: Layout, header: Sequence[str]) -> list[list[int]]:
    """For each of our cells, where theirs stand."""
    names = {name.strip().casefold(): at for at, name in enumerate(header)}
    wanted = [[str(each) for each in layout.columns.get(name, ())] for name in _CELLS]
    missing = [name for group in wanted for name in group if name.casefold() not in names]
    if missing:
        raise WrongLayout(
            f"The file's first line has no column {', '.join(missing)}. Is the layout "
            f"{layout.name} the right one? Nothing was imported."
        )
    return [[names[name.casefold()] for name in group] for group in wanted]


def _cell(line: Sequence[str], places: Sequence[int]) -> str:
    if len(places) == 1:
        return line[places[0]].strip()
    return " ".join(filter(None, (line[at].strip() for at in places)))


def _plate(written: str) -> str:
    if written.isascii() and written.isalnum():
        plate = written.upper()
    elif wildcards.is_pattern(written):
        plate = "".join(written.upper().split()).replace("-", "")
        try:
            wildcards.check(plate)
        except wildcards.NotAPattern as wrong:
            raise NotThisRow(f"{wrong}") from None
    else:
        plate = normalise(written)
    if not plate:
        raise NotThisRow("it names no plate")
    if len(plate) > LONGEST:
        raise NotThisRow(f"its plate is longer than {LONGEST} characters")
    return plate


def _words(written: str, longest: int) -> str:
    if not written.isprintable():
        written = written.translate(_CONTROL)
    return written[:longest].strip()

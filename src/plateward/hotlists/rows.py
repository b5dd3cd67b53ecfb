"""Read the rows of a hotlist file, each of them a plate to look for or a reason why not."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache, partial
from io import TextIOWrapper
from pathlib import Path
from typing import Final, NamedTuple, Self, TextIO
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
_ONLY_WORDS: Final = re.compile(r"(?=.*[a-z ])[^\W\d_]+(?: [^\W\d_]+)*")
_NOWHERE: Final = -1  # the empty cell that stands behind every line
NOTHING: Final = "\\N"  # as COPY reads it
_CONTROL: Final = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class Held:
    """From when and until when an entry holds; None: at once. `written`: both, as COPY reads them.

    Many rows share one, so it is worked out once.
    """

    begins_at: datetime | None
    ends_at: datetime
    written: str


class Row(NamedTuple):
    """One line: a plate to look for, or to look for no longer. `number` counts from 1."""

    number: int
    plate: str
    state: str
    category: str
    why: str
    case_number: str
    vehicle: str
    held: Held
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
        made = _Made(self)
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
                    yield made.row(number, cells)
                except NotThisRow as refused:
                    yield RefusedRow(number, str(refused))
        done(self.path.stat().st_size)

    def _lines(self, file: TextIO) -> Iterator[tuple[int, Sequence[str] | None]]:
        """Line numbers of the file with the cells in the order of `_CELLS`; None: unreadable."""
        if self.layout.format == "fixed":
            yield from self._fixed(file)
            return
        reader = csv.reader(file, delimiter=self.layout.delimiter)
        places = _Places.found(self.layout, next(reader, []))
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
            yield reader.line_num, places.cells(line)

    def _fixed(self, file: TextIO) -> Iterator[tuple[int, Sequence[str]]]:
        spans = []
        for name in _CELLS:
            first, many = (int(each) for each in self.layout.columns.get(name, (1, 0)))
            spans.append(slice(first - 1, first - 1 + many))
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, [line[span].strip() for span in spans]


class _Made:
    """Makes rows of cells. What many rows have in common is worked out once."""

    def __init__(self, rows: Rows) -> None:
        self._why, self._case_number = rows.why, rows.case_number
        self._removes = rows.layout.removes
        self._held = _Times(rows.layout, rows.zone, rows.now).between
        self._category = lru_cache(maxsize=4096)(partial(_category, rows.layout, rows.allowed))

    def row(self, number: int, cells: Sequence[str]) -> Row:
        """Raise NotThisRow."""
        plate, state, said, why, case, vehicle, begins, ends, action = cells
        return Row(
            number,
            _plate(plate),
            state_of(state),
            self._category(said),
            _words(why, _LONGEST_WHY) or self._why,
            _words(case, _LONGEST_CASE) or self._case_number,
            _words(vehicle, _LONGEST_VEHICLE),
            self._held(begins, ends),
            bool(action) and action.upper() in self._removes,
        )


def _category(layout: Layout, allowed: Callable[[str], None], said: str) -> str:
    """Ours for theirs. Raise NotThisRow, which repeats no word that could be a plate."""
    category = layout.category_of(said)
    if not category:
        named = f" for {said[:40]!r}" if _ONLY_WORDS.fullmatch(said) else ""
        raise NotThisRow(f"the layout knows no category{named or ' for what stands there'}")
    allowed(category)
    return category


class _Times:
    """When rows begin and end; a day ends with its last moment in the city."""

    def __init__(self, layout: Layout, zone: ZoneInfo, now: datetime) -> None:
        self._dates, self._zone, self._now = layout.dates, zone, now
        self._without_end = moment_after(now.astimezone(zone), Period.parse(layout.lasts))
        self.between = lru_cache(maxsize=65536)(self._between)

    def _between(self, begins: str, ends: str) -> Held:
        begins_at = self._day(begins, "effective") if begins else None
        ends_at = self._without_end
        if ends:
            ends_at = self._day(ends, "expiry") + timedelta(days=1)
        if ends_at <= self._now:
            raise NotThisRow("it has expired")
        if begins_at is not None and begins_at >= ends_at:
            raise NotThisRow("it expires before it takes effect")
        begins_at = None if begins_at is None or begins_at <= self._now else begins_at
        first = begins_at.isoformat() if begins_at else NOTHING
        return Held(begins_at, ends_at, f"{first}\t{ends_at.isoformat()}")

    def _day(self, written: str, which: str) -> datetime:
        for form in self._dates:
            try:
                day = datetime.strptime(written, form).date()  # noqa: DTZ007 -- a day, not a moment
            except ValueError:
                continue
            return datetime.combine(day, time(), self._zone)
        raise NotThisRow(f"its {which} date is not written as {' or '.join(self._dates)}")


@dataclass(frozen=True, slots=True)
class _Places:
    """For each of our cells, where theirs stands: `_NOWHERE`, one place, or several."""

    single: tuple[int, ...]
    several: tuple[tuple[int, tuple[int, ...]], ...]
    least: int

    @classmethod
    def found(cls, layout: Layout, header: Sequence[str]) -> Self:
        names = {name.strip().casefold(): at for at, name in enumerate(header)}
        wanted = [[str(each) for each in layout.columns.get(name, ())] for name in _CELLS]
        missing = [name for group in wanted for name in group if name.casefold() not in names]
        if missing:
            raise WrongLayout(
                f"The file's first line has no column {', '.join(missing)}. Is the layout "
                f"{layout.name} the right one? Nothing was imported."
            )
        places = [tuple(names[name.casefold()] for name in group) for group in wanted]
        return cls(
            single=tuple(group[0] if len(group) == 1 else _NOWHERE for group in places),
            several=tuple((at, group) for at, group in enumerate(places) if len(group) > 1),
            least=max((at for group in places for at in group), default=0) + 1,
        )

    def cells(self, line: list[str]) -> list[str]:
        """In the order of `_CELLS`; a line that is too short lacks its last ones."""
        lacking = self.least - len(line)
        line += [""] * (lacking + 1 if lacking > 0 else 1)
        cells = [line[at].strip() for at in self.single]
        for at, group in self.several:
            cells[at] = " ".join(filter(None, (line[each].strip() for each in group)))
        return cells


def _plate(written: str) -> str:
    if written.isascii() and written.isalnum():
        plate = written.upper()
    elif wildcards.is_pattern(written):
        plate = wildcards.tidied(written)
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

"""Take in a hotlist file: all of its good rows in one change, or nothing."""

import csv
import gzip
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.hotlists.entries import next_edition
from plateward.hotlists.kinds import CategoryNotAllowed, Kinds
from plateward.hotlists.layout import Layout
from plateward.hotlists.models import Arrival, Hotlist
from plateward.hotlists.rows import NotThisRow, RefusedRow, Row, Rows
from plateward.policy import in_force
from plateward.policy.vocabulary import Act

# Sorting and hashing a million rows stays in memory; the rest of the city's work is not slowed, as
# this holds for the one change only.
_TABLE: Final = """
SET LOCAL work_mem = '256MB';
SET LOCAL temp_buffers = '64MB';
DROP TABLE IF EXISTS pg_temp.hotlists_arriving;
CREATE TEMP TABLE hotlists_arriving (
    row bigint, plate text, state text, category text, why text, case_number text, vehicle text,
    begins_at timestamptz, ends_at timestamptz, removed boolean
) ON COMMIT DROP;
DROP TABLE IF EXISTS pg_temp.hotlists_places;
CREATE TEMP TABLE hotlists_places (category text, list bigint) ON COMMIT DROP
"""
_COPY: Final = """
COPY hotlists_arriving (row, plate, state, category, why, case_number, vehicle, begins_at, ends_at,
    removed) FROM STDIN
"""
# The same plate twice under one case: the later line counts.
_ONCE: Final = """
DELETE FROM hotlists_arriving a USING (
    SELECT category, plate, state, case_number, max(row) AS last FROM hotlists_arriving
    GROUP BY category, plate, state, case_number HAVING count(*) > 1) twice
WHERE (a.category, a.plate, a.state, a.case_number)
    = (twice.category, twice.plate, twice.state, twice.case_number) AND a.row < twice.last
"""
_PLACE: Final = "INSERT INTO hotlists_places (list, category) VALUES (%s, %s)"
_SAME: Final = """
    w.hotlist_id = p.list AND w.plate = a.plate AND w.state = a.state
    AND w.case_number = a.case_number AND w.ends_at > %(now)s
"""
_ENDED: Final = "greatest(%(now)s, w.added_at + interval '1 microsecond')"
_END: Final = f"""
UPDATE hotlists_wanted w SET ends_at = {_ENDED}
FROM hotlists_arriving a JOIN hotlists_places p USING (category) WHERE a.removed AND {_SAME}
"""  # noqa: S608 -- put together from what stands here
# What is written anew is what differs: to write a million rows again that say what they said before
# takes longer than all the rest.
_CHANGE: Final = f"""
WITH again AS (
    SELECT w.id, a.begins_at, a.ends_at, a.why, a.vehicle,
        (w.begins_at, w.why, w.vehicle, w.ends_at) IS DISTINCT FROM
        (a.begins_at, a.why, a.vehicle, a.ends_at) AS differs
    FROM hotlists_wanted w, hotlists_arriving a JOIN hotlists_places p USING (category)
    WHERE NOT a.removed AND {_SAME}
), changed AS (
    UPDATE hotlists_wanted w SET begins_at = again.begins_at, why = again.why,
        vehicle = again.vehicle,
        ends_at = greatest(again.ends_at, w.added_at + interval '1 microsecond')
    FROM again WHERE again.id = w.id AND again.differs
)
SELECT count(*) FROM again
"""  # noqa: S608 -- put together from what stands here
_ADD: Final = f"""
INSERT INTO hotlists_wanted (hotlist_id, plate, state, why, case_number, vehicle, added_by,
    added_at, edition, begins_at, ends_at)
SELECT p.list, a.plate, a.state, a.why, a.case_number, a.vehicle, %(by)s, %(now)s, %(edition)s,
    a.begins_at, a.ends_at
FROM hotlists_arriving a JOIN hotlists_places p USING (category) WHERE NOT a.removed
AND NOT EXISTS (SELECT 1 FROM hotlists_wanted w WHERE {_SAME})
ORDER BY p.list, a.plate  -- as the index is, which then grows at its end
"""  # noqa: S608 -- put together from what stands here
_END_THE_REST: Final = f"""
UPDATE hotlists_wanted w SET ends_at = {_ENDED}
WHERE w.hotlist_id = ANY(%(lists)s) AND w.ends_at > %(now)s
AND NOT EXISTS (SELECT 1 FROM hotlists_arriving a JOIN hotlists_places p USING (category)
                WHERE NOT a.removed AND {_SAME})
"""  # noqa: S608 -- put together from what stands here
_BLOCK: Final = 1 << 16


class NothingGood(ValueError):
    """No row of the file can be used, so nothing was changed."""


@dataclass(frozen=True, slots=True)
class File:
    """One file to take in. `complete`: what is not in it is looked for no longer.

    `why` and `case_number` stand for what rows do not say; `ran_by` for who sits at the console.
    `source` is whose list it is, where the layout does not say it.
    """

    path: Path
    layout: Layout
    feed: str
    complete: bool
    why: str
    case_number: str
    ran_by: str
    source: str = ""

    @property
    def from_whom(self) -> str:
        return self.source or self.layout.source


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows; `again` were there before and are brought up to date."""

    rows: int
    added: int
    again: int
    ended: int
    refused: int


def load(
    file: File,
    *,
    permit: Permit,
    now: datetime,
    refused: Callable[[RefusedRow], None],
    done: Callable[[int], None] = lambda _: None,
) -> Loaded:
    """Take in a file for the one city of the permit; `refused` is told of each row left out.

    Raise NothingGood, WrongLayout, CategoryNotAllowed, SourceNotAllowed or ValueError; then nothing
    is changed.
    """
    permit.require(Act.HOTLISTS_EDIT)
    (city,) = permit.cities
    Kinds.of(in_force.profile(city)).check_source(file.from_whom)
    sorted_out = _SortedOut(refused)
    with transaction.atomic(), connections["default"].cursor() as cursor:
        rows = _rows(file, city, now)
        _copy(cursor, sorted_out.good(rows.read(done)))
        if sorted_out.rows == sorted_out.refused:
            raise NothingGood(
                f"{sorted_out.refused:,} rows, and none can be used. Nothing was changed. "
                f"{sorted_out.most_often()}"
            )
        loaded = _merged(cursor, file, permit, now)
        sums = Loaded(refused=sorted_out.refused, rows=sorted_out.rows, **loaded)
        digest = _digest(file.path)
        _keep(file, permit, sums, sorted_out.report(), digest=digest, now=now)
        _log(file, permit, sums, digest)
    return sums


class _SortedOut:
    """Passes the good rows on, and keeps of the others their number and why."""

    def __init__(self, refused: Callable[[RefusedRow], None]) -> None:
        self.rows = self.refused = 0
        self._reasons: Counter[str] = Counter()
        self._tell = refused
        self._packed = BytesIO()
        self._file = TextIOWrapper(gzip.GzipFile(fileobj=self._packed, mode="wb"), "utf-8")
        self._table = csv.writer(self._file)

    def good(self, rows: Iterable[Row | RefusedRow]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            if isinstance(row, Row):
                yield row
            else:
                self.refused += 1
                self._reasons[row.why] += 1
                self._table.writerow([row.number, row.why])
                self._tell(row)

    def most_often(self) -> str:
        return " ".join(f"{n:,}: {why}." for why, n in self._reasons.most_common(3))

    def report(self) -> bytes:
        """All of them as a compressed table; nothing can be added afterwards."""
        self._file.close()
        return self._packed.getvalue()


def _rows(file: File, city: str, now: datetime) -> Rows:
    """The policy is asked now: while rows are copied, the connection answers nothing else."""
    layout = file.layout
    profile = in_force.profile(city)
    kinds = Kinds.of(profile)
    why_not = {each: _why_not(kinds, each) for each in {*layout.categories.values()} - {""}}
    if layout.category:
        kinds.check_category(layout.category)

    def allowed(category: str) -> None:
        if why := why_not.get(category):
            raise NotThisRow(why)

    return Rows(file.path, layout, profile.zone, now, file.why, file.case_number, allowed)


def _why_not(kinds: Kinds, category: str) -> str:
    try:
        kinds.check_category(category)
    except CategoryNotAllowed as not_allowed:
        return str(not_allowed).removesuffix(" Nothing was added.")
    return ""


def _copy(cursor: CursorWrapper, rows: Iterable[Row]) -> None:
    cursor.execute(_TABLE)
    with cursor.copy(_COPY) as copying:
        block: list[str] = []
        size = 0
        for row in rows:
            line = _line(row)
            block.append(line)
            size += len(line)
            if size > _BLOCK:
                copying.write("".join(block))
                block, size = [], 0
        copying.write("".join(block))


def _line(row: Row) -> str:
    """As COPY reads it; control characters are gone already, backslashes are doubled here."""
    number, plate, state, category, why, case_number, vehicle, held, removed = row
    said = f"{category}\t{why}\t{case_number}\t{vehicle}".replace("\\", "\\\\")
    return f"{number}\t{plate}\t{state}\t{said}\t{held.written}\t{'t' if removed else 'f'}\n"


def _merged(cursor: CursorWrapper, file: File, permit: Permit, now: datetime) -> dict[str, int]:
    (city,) = permit.cities
    cursor.execute(_ONCE)
    cursor.execute("SELECT DISTINCT category FROM hotlists_arriving")
    for category in [each for (each,) in cursor.fetchall()]:
        cursor.execute(_PLACE, [_list_of(file, city, category), category])
    cursor.execute("ANALYZE hotlists_arriving; ANALYZE hotlists_places")
    told: dict[str, Any] = {"now": now, "by": permit.actor, "edition": next_edition(city)}
    lists = Hotlist.objects.filter(city=city, feed=file.feed)
    told["lists"] = list(lists.values_list("pk", flat=True))
    ended = _changed(cursor, _END, told)
    cursor.execute(_CHANGE, told)
    (again,) = cursor.fetchone()
    added = _changed(cursor, _ADD, told)
    if file.complete:
        ended += _changed(cursor, _END_THE_REST, told)
    lists.update(refreshed_at=now, source=file.from_whom, fresh_for=file.layout.fresh_for)
    return {"ended": ended, "again": again, "added": added}


def _changed(cursor: CursorWrapper, statement: str, told: dict[str, Any]) -> int:
    cursor.execute(statement, told)
    return int(cursor.rowcount)


def _list_of(file: File, city: str, category: str) -> int:
    """Each category of a feed is a list of its own."""
    name = f"{file.feed}: {category.replace('_', ' ')}"[:120]
    kept, _ = Hotlist.objects.get_or_create(
        city=city, name=name, defaults={"category": category, "feed": file.feed}
    )
    if (kept.feed, kept.category) != (file.feed, category):
        raise ValueError(
            f"{city} already has a list named {name} that this file may not change. Nothing was "
            "changed. Choose another name."
        )
    return kept.pk


def _digest(path: Path) -> str:
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _keep(
    file: File, permit: Permit, sums: Loaded, report: bytes, *, digest: str, now: datetime
) -> None:
    (city,) = permit.cities
    Arrival.objects.create(
        city=city,
        feed=file.feed,
        source=file.from_whom,
        layout=file.layout.name,
        complete=file.complete,
        at=now,
        by=permit.actor,
        digest=digest,
        refused_rows=report,
        **asdict(sums),
    )


def _log(file: File, permit: Permit, sums: Loaded, digest: str) -> None:
    (city,) = permit.cities
    log.append(
        actor=permit.actor,
        act=Act.HOTLISTS_EDIT,
        outcome="done",
        city=city,
        facts={
            "did": "import",
            "hotlist": file.feed,
            "source": file.from_whom,
            "asked": permit.entries[city],
            "layout": file.layout.name,
            "complete": file.complete,
            "file": digest,
            "ran_by": file.ran_by,
            **asdict(sums),
        },
        private={"why": file.why, "case": file.case_number},
    )

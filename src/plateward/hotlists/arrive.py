"""Take in a hotlist file: all of its good rows in one change, or nothing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.hotlists.entries import CategoryNotAllowed, check_category, next_edition
from plateward.hotlists.layout import Layout
from plateward.hotlists.models import Hotlist
from plateward.hotlists.rows import NotThisRow, RefusedRow, Row, Rows
from plateward.policy import in_force
from plateward.policy.vocabulary import Act

_TABLE: Final = """
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
DELETE FROM hotlists_arriving WHERE row IN (
    SELECT row FROM (SELECT row, row_number() OVER (
        PARTITION BY category, plate, state, case_number ORDER BY row DESC) AS n
    FROM hotlists_arriving) twice WHERE n > 1)
"""
_PLACE: Final = "INSERT INTO hotlists_places (list, category) VALUES (%s, %s)"
_SAME: Final = """
    w.hotlist_id = p.list AND w.plate = a.plate AND w.state = a.state
    AND w.case_number = a.case_number AND w.ends_at > %(now)s
"""
_END: Final = f"""
UPDATE hotlists_wanted w SET ends_at = greatest(%(now)s, w.added_at + interval '1 microsecond')
FROM hotlists_arriving a JOIN hotlists_places p USING (category) WHERE a.removed AND {_SAME}
"""  # noqa: S608 -- put together from what stands here
_CHANGE: Final = f"""
UPDATE hotlists_wanted w
SET ends_at = greatest(a.ends_at, w.added_at + interval '1 microsecond'),
    begins_at = a.begins_at, why = a.why, vehicle = a.vehicle
FROM hotlists_arriving a JOIN hotlists_places p USING (category) WHERE NOT a.removed AND {_SAME}
"""  # noqa: S608 -- put together from what stands here
_ADD: Final = f"""
INSERT INTO hotlists_wanted (hotlist_id, plate, state, why, case_number, vehicle, added_by,
    added_at, edition, begins_at, ends_at)
SELECT p.list, a.plate, a.state, a.why, a.case_number, a.vehicle, %(by)s, %(now)s, %(edition)s,
    a.begins_at, a.ends_at
FROM hotlists_arriving a JOIN hotlists_places p USING (category) WHERE NOT a.removed
AND NOT EXISTS (SELECT 1 FROM hotlists_wanted w WHERE {_SAME})
"""  # noqa: S608 -- put together from what stands here
_END_THE_REST: Final = f"""
UPDATE hotlists_wanted w SET ends_at = greatest(%(now)s, w.added_at + interval '1 microsecond')
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
    """

    path: Path
    layout: Layout
    feed: str
    complete: bool
    why: str
    case_number: str
    ran_by: str


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

    Raise NothingGood, WrongLayout, CategoryNotAllowed or ValueError; then nothing is changed.
    """
    permit.require(Act.HOTLISTS_EDIT)
    (city,) = permit.cities
    counted = {"rows": 0, "refused": 0}

    def told(rows: Iterable[Row | RefusedRow]) -> Iterator[Row]:
        for row in rows:
            counted["rows"] += 1
            if isinstance(row, Row):
                yield row
            else:
                counted["refused"] += 1
                refused(row)

    with transaction.atomic(), connections["default"].cursor() as cursor:
        rows = _rows(file, city, now)
        _copy(cursor, told(rows.read(done)))
        if counted["rows"] == counted["refused"]:
            raise NothingGood(f"{counted['refused']} rows, and none can be used. Nothing changed.")
        loaded = _merged(cursor, file, permit, now)
        sums = Loaded(refused=counted["refused"], rows=counted["rows"], **loaded)
        _log(file, permit, city, sums)
    return sums


def _rows(file: File, city: str, now: datetime) -> Rows:
    """The policy is asked now: while rows are copied, the connection answers nothing else."""
    layout = file.layout
    why_not = {each: _why_not(city, each) for each in {*layout.categories.values()} - {""}}
    if layout.category:
        check_category(city, layout.category)

    def allowed(category: str) -> None:
        if why := why_not.get(category):
            raise NotThisRow(why)

    zone = in_force.profile(city).zone
    return Rows(file.path, file.layout, zone, now, file.why, file.case_number, allowed)


def _why_not(city: str, category: str) -> str:
    try:
        check_category(city, category)
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
    begins = row.begins_at.isoformat() if row.begins_at else "\\N"
    said = f"{row.category}\t{row.why}\t{row.case_number}\t{row.vehicle}".replace("\\", "\\\\")
    return (
        f"{row.number}\t{row.plate}\t{row.state}\t{said}\t{begins}\t{row.ends_at.isoformat()}\t"
        f"{row.removed:d}\n"
    )


def _merged(cursor: CursorWrapper, file: File, permit: Permit, now: datetime) -> dict[str, int]:
    (city,) = permit.cities
    cursor.execute(_ONCE)
    cursor.execute("SELECT DISTINCT category FROM hotlists_arriving")
    for category in [each for (each,) in cursor.fetchall()]:
        cursor.execute(_PLACE, [_list_of(file, city, category), category])
    cursor.execute("ANALYZE hotlists_arriving")
    told: dict[str, Any] = {"now": now, "by": permit.actor, "edition": next_edition(city)}
    lists = Hotlist.objects.filter(city=city, feed=file.feed)
    told["lists"] = list(lists.values_list("pk", flat=True))
    counts = {}
    for name, statement in (("ended", _END), ("again", _CHANGE), ("added", _ADD)):
        cursor.execute(statement, told)
        counts[name] = cursor.rowcount
    if file.complete:
        cursor.execute(_END_THE_REST, told)
        counts["ended"] += cursor.rowcount
    lists.update(refreshed_at=now, source=file.layout.source, fresh_for=file.layout.fresh_for)
    return counts


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


def _log(file: File, permit: Permit, city: str, sums: Loaded) -> None:
    with file.path.open("rb") as read:
        digest = hashlib.file_digest(read, "sha256").hexdigest()
    log.append(
        actor=permit.actor,
        act=Act.HOTLISTS_EDIT,
        outcome="done",
        city=city,
        facts={
            "hotlist": file.feed,
            "asked": permit.entries[city],
            "layout": file.layout.name,
            "complete": file.complete,
            "file": digest,
            "ran_by": file.ran_by,
            "rows": sums.rows,
            "added": sums.added,
            "again": sums.again,
            "ended": sums.ended,
            "refused": sums.refused,
        },
        private={"why": file.why, "case": file.case_number},
    )

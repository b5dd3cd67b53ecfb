"""The newest reads of one city that a query is after: which statement finds them fastest.

Every statement names the city, and from when until when the reads end that may still be seen and
were seen in the time asked for: PostgreSQL leaves all other shelves aside. Plates are asked for by
their numbers (`sealing.plate_key`); whoever shows a row opens it and looks whether it is that one.

Four things keep the work to about as many rows as a page shows:
- The dictionary has a mark for each shelf on which a plate lies: it is looked for there, from the
  latest on, until a page is full. A plate that passes every day would bring up years otherwise.
- Each plate's newest read is no newer than `last_seen` says. So the newest N reads of any number of
  plates were seen no earlier than the Nth newest `last_seen`, and most plates fall away.
- What several cameras saw is asked for span by span, from the latest on, until a page is full.
- A place is the cameras that stand there, and what other cameras saw there with a place of its own.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from plateward.cameras.register import Registered
from plateward.reads import pictures, prepared, shelves
from plateward.reads.area import Area, Circle, Polygon
from plateward.reads.query import Query
from plateward.reads.shelves import Lying

FEW: Final = 2000  # plates; more are looked for among what the cameras saw
# Looks for a plate on a shelf: so many at once, or, of more, so many first.
AT_ONCE, AT_FIRST = 12, 4
SPAN_AT_FIRST: Final = timedelta(minutes=5)  # of what several cameras saw
_EVER: Final = timedelta(days=60)  # what is older is asked for at once
Numbers = npt.NDArray[np.int64]
_MOMENT: Final = timedelta(microseconds=1)  # what ends now is over
_NEWEST: Final = "ORDER BY r.seen_at DESC, r.id DESC LIMIT %s"
_OF_PLATES: Final = """
SELECT plate_key, marks, last_seen FROM reads_known
WHERE city = %s AND plate_key = ANY(%s::bigint[])"""
_METRES: Final = """2 * 6371000 * asin(least(1, sqrt(
    power(sin(radians(r.latitude - %s) / 2), 2)
    + cos(radians(%s)) * cos(radians(r.latitude)) * power(sin(radians(r.longitude - %s) / 2), 2)
)))"""


class Row(NamedTuple):
    """What a page shows of a read, still sealed, and its camera.

    No model: fifty of them take longer to make than to find.
    """

    pk: int
    city: str
    camera: int
    sealed: bytes
    seen_at: datetime
    expires_at: datetime
    make: str
    model: str
    color: str
    body_type: str
    direction: str
    latitude: float | None
    longitude: float | None
    camera_code: str
    camera_title: str
    camera_latitude: float
    camera_longitude: float
    crop: bytes | None


class _Plate(NamedTuple):
    """What the dictionary says of a plate without opening it; `marks`: see `Known.marks`."""

    number: int
    marks: int
    last_seen: datetime


_COLUMNS: Final = ", ".join(
    (
        *("r.id", "r.city", "r.camera_id", "r.sealed", "r.seen_at", "r.expires_at"),
        *("r.make", "r.model", "r.color", "r.body_type", "r.direction"),
        *("r.latitude", "r.longitude"),
    )
)
# Each plate on each shelf; the same one may be asked for on several, and several on one.
_LOOKS: Final = f"""
SELECT r.* FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
    AS one (number, begins, ends)
CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM reads_read r WHERE {{where}}
        AND r.expires_at >= one.begins AND r.expires_at < one.ends AND r.plate_key = one.number
    ORDER BY r.seen_at DESC FETCH FIRST %s ROWS WITH TIES
) AS r {_NEWEST}"""  # noqa: S608 -- names of columns
_SHOWN: Final = """
SELECT r.*, c.code, c.title, c.latitude, c.longitude, {sealed}
FROM ({rows}) AS r JOIN cameras_camera c ON c.id = r.camera_id"""
_AND_CROP: Final = " LEFT JOIN LATERAL ({crop}) AS p ON true"


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a city's reads, in parts that all hold, and the values that they name.

    `ends`: all that it holds for end from then on, and before then.
    """

    city: str
    ends: tuple[datetime, datetime]
    parts: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def also(self, part: str, *values: Any) -> "Where":
        return replace(self, parts=(*self.parts, part), values=(*self.values, *values))

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, put to one city. `plates`: numbers of plates, None: any. `most`: so many rows.

    `doubted`: the number of a plate that a read's own source may have thought nearly as likely.
    `cameras`: all that the city has, asked for where that matters.
    """

    query: Query
    city: str
    now: datetime
    most: int
    cameras: Callable[[], Sequence[Registered]]
    plates: Sequence[int] | None = None
    doubted: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """By more than plate and time, so that a plate's newest read may not be among them."""
        query = self.query
        return bool(query.cameras or query.area or query.looks.asked())

    @property
    def named(self) -> list[Registered]:
        """The cameras that are asked for."""
        codes = set(self.query.cameras)
        return [each for each in self.cameras() if not codes or each.code in codes]


def reads(asked: Asked) -> list[Row]:
    """At most `most`, newest first."""
    if asked.query.cameras and not asked.named:
        return []
    if asked.plates is None:
        return _first(_by_cameras(asked), asked.most)
    lying = _lying(asked)
    found = _by_plate(asked, lying)
    if lying and asked.doubted is not None:
        where = _placed(_where(asked, lying), asked).also(
            "r.candidates && ARRAY[%s]::bigint[]", asked.doubted
        )
        found = [*found, *_rows(where, asked.most)]
    return _first(found, asked.most)


def _first(rows: Iterable[Row], most: int) -> list[Row]:
    once = {row.pk: row for row in rows}
    return sorted(once.values(), key=lambda row: (row.seen_at, row.pk), reverse=True)[:most]


def _lying(asked: Asked) -> list[Lying]:
    query = asked.query
    return shelves.lying(asked.city, query.since, _before(query), now=asked.now)


def _by_plate(asked: Asked, lying: Sequence[Lying]) -> list[Row]:
    plates = list(asked.plates or ())
    if not plates or not lying:
        return []
    if asked.is_narrowed and len(plates) > FEW:
        return _by_cameras(asked)
    if prepared.is_cluster():
        where = _placed(_where(asked, lying), asked)
        return _together("plate_key", plates, where, asked.most)
    known = _known(asked, plates)
    since = None if asked.is_narrowed else _since(asked, known)
    if since is not None:
        later = _in_span(asked, since, asked.query.until)
        near = [plate for plate in known if plate.last_seen >= since]
        rows = _shelf_by_shelf(later, [one for one in lying if one.seen_before > since], near)
        if len(rows) >= asked.most:
            return rows
        # Fewer than they should be: a newest read has been read anew, or was deleted before time.
    return _shelf_by_shelf(asked, lying, known)


def _in_span(asked: Asked, since: datetime | None, until: datetime | None) -> Asked:
    return replace(asked, query=replace(asked.query, since=since, until=until))


def _known(asked: Asked, plates: Sequence[int]) -> list[_Plate]:
    """Those of the plates that may have been seen in the span, or after it."""
    text = _OF_PLATES
    values: list[Any] = [asked.city, list(plates)]
    if since := asked.query.since:
        text, values = f"{text} AND last_seen >= %s", [*values, since]
    return [_Plate._make(row) for row in prepared.rows(text, values)]


def _since(asked: Asked, known: Sequence[_Plate]) -> datetime | None:
    """Since when the newest `most` reads are, where so many plates were last seen in the span."""
    before = _before(asked.query)
    newest = [plate.last_seen for plate in known if before is None or plate.last_seen < before]
    return sorted(newest, reverse=True)[asked.most - 1] if len(newest) >= asked.most else None


def _shelf_by_shelf(asked: Asked, lying: Sequence[Lying], known: Sequence[_Plate]) -> list[Row]:
    """Each plate on the shelves that it has a mark of: some shelves at once, the latest seen first,
    until what is left was seen before all that a page shows."""
    numbers = np.array([plate.number for plate in known], np.int64)
    marks = np.array([plate.marks for plate in known], np.int64)
    lie = ((shelf, numbers[marks >> shelf.mark & 1 == 1]) for shelf in lying)
    left = deque((shelf, on) for shelf, on in lie if len(on))
    total = sum(len(on) for _, on in left)
    looks, wanted = 0, total if total <= AT_ONCE else AT_FIRST
    found: list[Row] = []
    while left:
        some: list[tuple[Lying, Numbers]] = []
        while left and looks < wanted:
            some.append(left.popleft())
            looks += len(some[-1][1])
        found += _on_shelves(asked, some)
        if left and sum(row.seen_at >= left[0][0].seen_before for row in found) >= asked.most:
            break
        # As many more as bring what is missing, at the rate so far, and some.
        missing = asked.most - len(found)
        wanted = looks + max(1, 5 * looks * missing // (4 * max(1, len(found))))
    return found


def _on_shelves(asked: Asked, some: Sequence[tuple[Lying, Numbers]]) -> list[Row]:
    looks = [(plate, shelf.begins_at, shelf.ends_at) for shelf, on in some for plate in on.tolist()]
    where = _placed(_where(asked, [shelf for shelf, _ in some]), asked)
    told = [list(each) for each in zip(*looks, strict=True)]
    text = _LOOKS.format(where=where.sql)
    return _fetched(where, text, [*told, *where.values, asked.most, asked.most])


def _before(query: Query) -> datetime | None:
    ends = [each for each in (query.until, query.after and query.after.seen_at) if each]
    return min(ends) if ends else None


def _by_cameras(asked: Asked) -> list[Row]:
    """What several cameras saw, span by span, the latest first: each alone may have few of those
    that a page shows."""
    if len(asked.named) <= 1 or prepared.is_cluster():
        return _seen_by(asked)
    query = asked.query
    begin, until = _before(query) or asked.now, query.until
    found: list[Row] = []
    done, width = timedelta(), SPAN_AT_FIRST
    while True:
        done = min(done + width, _EVER)
        since = _earlier(begin, done)
        if done == _EVER or (query.since and since <= query.since):
            return found + _seen_by(_in_span(asked, query.since, until))
        found += _seen_by(_in_span(asked, since, until))
        if len(found) >= asked.most:
            return found
        until = since - _MOMENT
        # As much longer as brings what is missing, at the rate so far, and some.
        width = done * 5 * (asked.most - len(found)) / (4 * len(found)) if found else 7 * done


def _earlier(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment - by
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) + _MOMENT


def _seen_by(asked: Asked) -> list[Row]:
    """What the cameras saw, or what was seen in the place."""
    lying = _lying(asked)
    if not lying:
        return []
    where, area = _where(asked, lying), asked.query.area
    if asked.plates is not None:
        # Plus nothing, so that the index on plates is not asked thousands of times.
        where = where.also("(r.plate_key + 0) = ANY(%s::bigint[])", list(asked.plates))
    if area is None:
        return _of_cameras([each.key for each in asked.named], where, asked.most)
    own, own_values = _own_place(area)
    here = [each.key for each in asked.named if area.holds(each.latitude, each.longitude)]
    elsewhere = [each.key for each in asked.named if each.key not in set(here)]
    at_home = where.also(f"(r.latitude IS NULL OR {own})", *own_values)
    roving = where.also(f"r.latitude IS NOT NULL AND {own}", *own_values)
    found = _of_cameras(here, at_home, asked.most)
    return found + (_together("camera_id", elsewhere, roving, asked.most) if elsewhere else [])


def _of_cameras(cameras: Sequence[int], where: Where, most: int) -> list[Row]:
    if not cameras:
        return []
    if prepared.is_cluster():
        return _together("camera_id", cameras, where, most)
    return _one_by_one(cameras, where, most)


def _where(asked: Asked, lying: Sequence[Lying]) -> Where:
    """All but the plate and the place, on these shelves."""
    query = asked.query
    first, last = min(one.begins_at for one in lying), max(one.ends_at for one in lying)
    ends = max(first, asked.now + _MOMENT), last
    where = Where(asked.city, ends).also(f"r.city = {prepared.named(asked.city)}")
    where = where.also("r.expires_at >= %s AND r.expires_at < %s", *ends)
    if query.since:
        where = where.also("r.seen_at >= %s", query.since)
    if before := _before(query):
        where = where.also("r.seen_at <= %s", before)
    if query.after:
        where = where.also("(r.seen_at, r.id) < (%s, %s)", query.after.seen_at, query.after.id)
    for name, word in query.looks.asked().items():
        # Unlike lower(...) = ..., of this PostgreSQL knows how many rows it leaves.
        where = where.also(f"r.{name} ILIKE %s", _literally(word))
    if prepared.is_cluster():
        shards = {shelves.shard(asked.city, each.key) for each in asked.named}
        where = where.also("r.shard = ANY(%s::smallint[])", sorted(shards))
    return where


def _literally(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def _placed(where: Where, asked: Asked) -> Where:
    """And at the cameras, or in the place."""
    query = asked.query
    if query.cameras:
        where = where.also(
            "r.camera_id = ANY(%s::bigint[])", [camera.key for camera in asked.named]
        )
    if query.area is None:
        return where
    own, values = _own_place(query.area)
    here = [each.key for each in asked.named if query.area.holds(each.latitude, each.longitude)]
    stands = "r.latitude IS NULL AND r.camera_id = ANY(%s::bigint[])"
    return where.also(f"(({stands}) OR ({own}))", here, *values)


def _own_place(area: Area) -> tuple[str, tuple[Any, ...]]:
    """Whether a read's own place is in it."""
    box = area.box
    text = "r.latitude BETWEEN %s AND %s AND r.longitude BETWEEN %s AND %s"
    values = (box.south, box.north, box.west, box.east)
    match area:
        case Circle(latitude, longitude, metres):
            return f"{text} AND {_METRES} <= %s", (*values, latitude, latitude, longitude, metres)
        case Polygon(corners):
            path = ",".join(f"({aside!r},{up!r})" for up, aside in corners)
            return f"{text} AND %s::polygon @> point(r.longitude, r.latitude)", (*values, path)


def _together(column: str, numbers: Sequence[int], where: Where, most: int) -> list[Row]:
    return _rows(where.also(f"r.{column} = ANY(%s::bigint[])", list(numbers)), most)


def _rows(where: Where, most: int) -> list[Row]:
    text = f"SELECT {_COLUMNS} FROM reads_read r WHERE {where.sql} {_NEWEST}"  # noqa: S608 -- names
    return _fetched(where, text, [*where.values, most])


def _one_by_one(cameras: Sequence[int], where: Where, most: int) -> list[Row]:
    """In the order of the index, which knows no ids: so with all that were seen in one moment."""
    text = f"""
SELECT r.* FROM unnest(%s::bigint[]) AS one (number) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM reads_read r WHERE {where.sql} AND r.camera_id = one.number
    ORDER BY r.seen_at DESC FETCH FIRST %s ROWS WITH TIES
) AS r {_NEWEST}"""  # noqa: S608 -- names of columns
    return _fetched(where, text, [list(cameras), *where.values, most, most])


def _fetched(where: Where, text: str, values: Sequence[Any]) -> list[Row]:
    """With their crops, in no order."""
    if not prepared.is_cluster():
        whole = _SHOWN.format(rows=text, sealed="p.sealed")
        whole += _AND_CROP.format(crop=pictures.crop_of("r", where.city))
        return [Row._make(row) for row in prepared.rows(whole, [*values, *where.ends])]
    whole = _SHOWN.format(rows=text, sealed="NULL::bytea")
    found = [Row._make(row) for row in prepared.rows(whole, values)]
    crops = {read: bytes(its) for read, _, _, its in pictures.sealed("crop", found)}
    return [row._replace(crop=crops.get(row.pk)) for row in found]

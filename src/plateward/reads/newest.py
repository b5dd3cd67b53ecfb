"""The newest reads of one city that a query is after: which statement finds them fastest.

Every statement names the city, and from when until when the reads end that may still be seen and
were seen in the time asked for: PostgreSQL leaves all other shelves aside. Plates are asked for by
their numbers (`sealing.plate_key`); whoever shows a row opens it and looks whether it is that one.

Three things keep the work to about as many rows as a page shows:
- Each plate's newest read is no newer than `last_seen` says. So the newest N reads of any number of
  plates were seen no earlier than the Nth newest `last_seen`, and most plates fall away.
- Few plates, without such a bound, and cameras are asked one by one, each for its newest reads
  alone: a plate that passes every day would bring up years otherwise.
- A place is the cameras that stand there, and what other cameras saw there with a place of its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connections

from plateward.cameras.register import Registered
from plateward.reads import pictures, prepared, shelves
from plateward.reads.area import Area, Circle, Polygon
from plateward.reads.query import Query

ONE_BY_ONE: Final = 100  # plates; more are asked for together
FEW: Final = 2000  # plates; more are looked for among what the cameras saw
_MOMENT: Final = timedelta(microseconds=1)  # what ends now is over
_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
_NEWEST: Final = "ORDER BY r.seen_at DESC, r.id DESC LIMIT %s"
_OF_PLATES: Final = """
SELECT plate_key, last_seen FROM reads_known WHERE city = %s AND plate_key = ANY(%s::bigint[])"""
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


_COLUMNS: Final = ", ".join(
    (
        *("r.id", "r.city", "r.camera_id", "r.sealed", "r.seen_at", "r.expires_at"),
        *("r.make", "r.model", "r.color", "r.body_type", "r.direction"),
        *("r.latitude", "r.longitude"),
    )
)
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
    found = _by_plate(asked) if asked.plates is not None else _by_camera(asked)
    if asked.doubted is not None:
        where = _placed(_where(asked), asked).also(
            "r.candidates && ARRAY[%s]::bigint[]", asked.doubted
        )
        found = [*found, *_rows(where, asked.most)]
    once = {row.pk: row for row in found}
    return sorted(once.values(), key=lambda row: (row.seen_at, row.pk), reverse=True)[: asked.most]


def _by_plate(asked: Asked) -> list[Row]:
    plates = list(asked.plates or ())
    if asked.is_narrowed:
        if len(plates) > FEW:
            return _by_camera(asked)
        return _of(plates, _placed(_where(asked), asked), asked.most) if plates else []
    if len(plates) <= 1:
        return _of(plates, _where(asked), asked.most) if plates else []
    seen, since = _bounded(asked, plates)
    if since is not None:
        later = replace(asked.query, since=since)
        near = [key for key, last in seen if last >= since]
        rows = _of(near, _where(replace(asked, query=later)), asked.most)
        if len(rows) >= asked.most:
            return rows
        # Fewer than they should be: a newest read has been read anew, or was deleted before time.
    return _of([key for key, _ in seen], _where(asked), asked.most)


def _bounded(
    asked: Asked, plates: Sequence[int]
) -> tuple[list[tuple[int, datetime]], datetime | None]:
    """The plates that may have been seen in the span, with when each was last; and since when their
    newest `most` reads are, where so many plates were last seen in it."""
    since, before = asked.query.since, _before(asked.query)
    text = _OF_PLATES
    values: list[Any] = [asked.city, list(plates)]
    if since:
        text, values = f"{text} AND last_seen >= %s", [*values, since]
    if before:
        text, values = f"{text} AND first_seen <= %s", [*values, before]
    with connections["default"].cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[int, datetime]] = cursor.fetchall()
    newest = sorted((last for _, last in found if before is None or last < before), reverse=True)
    return found, newest[asked.most - 1] if len(newest) >= asked.most else None


def _before(query: Query) -> datetime | None:
    ends = [each for each in (query.until, query.after and query.after.seen_at) if each]
    return min(ends) if ends else None


def _of(plates: Sequence[int], where: Where, most: int) -> list[Row]:
    if not plates:
        return []
    if len(plates) == 1:
        return _rows(where.also("r.plate_key = %s", plates[0]), most)
    if len(plates) <= ONE_BY_ONE and not prepared.is_cluster():
        return _one_by_one("plate_key", plates, where, most)
    return _together("plate_key", plates, where, most)


def _by_camera(asked: Asked) -> list[Row]:
    """Through what the cameras saw, newest first."""
    where, area = _where(asked), asked.query.area
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
    return _one_by_one("camera_id", cameras, where, most)


def _where(asked: Asked) -> Where:
    """All but the plate and the place."""
    query = asked.query
    ends = _ends(asked)
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


def _ends(asked: Asked) -> tuple[datetime, datetime]:
    """Of all that may still be seen, and was seen in the span that is asked for."""
    after_now = asked.now + _MOMENT
    since, before = asked.query.since, _before(asked.query)
    if since is None and before is None:
        return after_now, _NEVER
    found = shelves.ends_of(asked.city, since, before)
    return (max(found[0], after_now), found[1]) if found else (_NEVER, _NEVER)


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


def _one_by_one(column: str, numbers: Sequence[int], where: Where, most: int) -> list[Row]:
    """In the order of the index, which knows no ids: so with all that were seen in one moment."""
    text = f"""
SELECT r.* FROM unnest(%s::bigint[]) AS one (number) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM reads_read r WHERE {where.sql} AND r.{column} = one.number
    ORDER BY r.seen_at DESC FETCH FIRST %s ROWS WITH TIES
) AS r {_NEWEST}"""  # noqa: S608 -- names of columns
    return _fetched(where, text, [list(numbers), *where.values, most, most])


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

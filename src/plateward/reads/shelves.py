"""Where reads lie: by city and the day on which they end, or the month where they are kept long.

A part ("shelf") is a partition of `reads_read` and one of `reads_picture`. A shelf that is over is
dropped as files, whatever lay on it. There is one level of partitions, by (city, expires_at),
because Citus distributes no other kind.
"""

import re
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg import sql

from plateward.reads import prepared
from plateward.reads.models import PARTITIONED, Ending, OldMark, Read, Shelf

# Kept for so long, reads share a shelf by the month: day by day there would be thousands.
BY_MONTH_FROM: Final = timedelta(days=300)
NUMBERS: Final = "reads_read_number"  # the sequence
_SEQUENCE_BITS: Final = 34  # 17 thousand million reads; with the day, still exact in JavaScript
_EPOCH: Final = date(1970, 1, 1)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_LAST_DAY: Final = (date.max - _EPOCH).days  # an id beyond it was typed, not given
_CAMERA_BUCKETS: Final = 128
_MAKING: Final = 7_201_944  # the advisory lock of whoever makes a shelf
_MARKS: Final = 63  # as many as a number of PostgreSQL has bits, without the sign
_TABLES: Final = tuple(model._meta.db_table for model in PARTITIONED)  # noqa: SLF001
# Marks by city and UTC day of ending, where there is a shelf: it begins and ends at midnight.
_known: dict[tuple[str, date], int] = {}
# City, UTC day seen and UTC day of ending, for which there is an `Ending`.
_noted: set[tuple[str, date, date]] = set()
_NOTE: Final = """
INSERT INTO reads_ending (city, seen_on, ends_on)
SELECT * FROM unnest(%s::text[], %s::date[], %s::date[]) ON CONFLICT DO NOTHING
"""
# A few at a time, and none that somebody writes: no camera waits long, and nobody waits in a ring.
_AT_ONCE: Final = 5000
_MARKED: Final = """
SELECT EXISTS (SELECT 1 FROM reads_known WHERE city = %(city)s AND marks & %(bit)s::bigint <> 0)
"""
_RUB_OUT: Final = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM reads_known
    WHERE id > %(after)s AND city = %(city)s AND marks & %(bit)s::bigint <> 0
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), done AS (
    UPDATE reads_known k SET marks = k.marks & ~%(bit)s::bigint FROM chosen WHERE k.id = chosen.id
)
SELECT count(*), max(id) FROM chosen
"""
_RUB_OUT_EVERYWHERE: Final = """
UPDATE reads_known SET marks = marks & ~%(bit)s::bigint
WHERE city = %(city)s AND marks & %(bit)s::bigint <> 0
"""
_ENDINGS: Final = """
SELECT ends_on, max(seen_on) FROM reads_ending
WHERE city = %s AND seen_on >= %s AND seen_on <= %s GROUP BY 1
"""
_SHELVES: Final = """
SELECT begins_at, ends_at, mark FROM reads_shelf WHERE city = %s AND ends_at > %s ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Which shelf something belongs on: its city, when it ends, and for how long it is kept."""

    city: str
    expires_at: datetime
    kept_for: timedelta

    @property
    def day(self) -> tuple[str, date]:
        """City and UTC day of its end: all of one day lies on one shelf."""
        return self.city, _day_of(self.expires_at)


@dataclass(frozen=True, slots=True)
class Lying:
    """A shelf with reads of a span that is asked for: none of them was seen at `seen_before` or
    later. `mark`: which bit stands for it in `Known.marks`, and perhaps for others too."""

    begins_at: datetime
    ends_at: datetime
    mark: int
    seen_before: datetime


def number(sequence: int, expires_at: datetime) -> int:
    """The id of a read: the UTC day on which it ends, then a running number.

    So that whoever has an id alone need not ask every shelf. Ids from before this were running
    numbers without a day, and stay as they are.
    """
    day = (_day_of(expires_at) - _EPOCH).days
    return day << _SEQUENCE_BITS | sequence


def shard(city: str, camera: int) -> int:
    """Which part of a cluster: a city's cameras are spread over 128 of them. 0 to 32,767."""
    of_city = zlib.crc32(city.encode()) & 0xFF
    return of_city * _CAMERA_BUCKETS + camera % _CAMERA_BUCKETS


def numbered(ids: Collection[int], *, cities: Collection[str] | None = None) -> "QuerySet[Read]":
    """The rows of these ids, asking only the shelves that they can be on."""
    ids = [each for each in ids if 0 <= each >> _SEQUENCE_BITS < _LAST_DAY]  # others are no read's
    rows = Read.objects.filter(pk__in=ids)
    days = [each >> _SEQUENCE_BITS for each in ids]
    if not days or min(days) == 0:  # one from before ids told their day
        return rows if cities is None else rows.filter(city__in=cities)
    begins = _midnight(_EPOCH + timedelta(days=min(days)))
    ends = _midnight(_EPOCH + timedelta(days=max(days) + 1))
    if cities is None:
        reached = Shelf.objects.filter(begins_at__lt=ends, ends_at__gt=begins)
        cities = list(reached.values_list("city", flat=True).distinct())
    # Written out city by city: PostgreSQL leaves shelves aside for no other form of it.
    where = Q(pk__in=[])
    for city in sorted(cities):
        where |= Q(city=city, expires_at__gte=begins, expires_at__lt=ends)
    return rows.filter(where)


def ensure(places: Iterable[Place]) -> dict[tuple[str, date], int]:
    """See that there is a shelf for each; the marks of these by `Place.day`. Call inside the
    transaction that stores on it."""
    today = _day_of(timezone.now())
    marks: dict[tuple[str, date], int] = {}
    for place in places:
        day = place.day
        # One that is over may have been dropped by another process: it is asked for again.
        if day[1] >= today and day in _known:
            marks[day] = _known[day]
        if day in marks:
            continue
        marks[day] = (_covering(place) or _make(place)).mark
        transaction.on_commit(partial(_known.__setitem__, day, marks[day]))
    return marks


def note(stored: Iterable[tuple[str, datetime, datetime]]) -> None:
    """City, time seen and end of reads: searches know from it where to look. Call inside the
    transaction that stores them."""
    days = {(city, _day_of(seen), _day_of(end)) for city, seen, end in stored} - _noted
    if days:
        with connections["default"].cursor() as cursor:
            cursor.execute(_NOTE, [list(each) for each in zip(*sorted(days), strict=True)])
        transaction.on_commit(partial(_noted.update, days))


def lying(
    city: str, since: datetime | None, until: datetime | None, *, now: datetime
) -> list[Lying]:
    """The shelves that are not over and hold what was seen in a span, the latest seen first."""
    first, last = _day_or(since, date.min), _day_or(until, date.max)
    endings = prepared.rows(_ENDINGS, [city, first, last])
    there = prepared.rows(_SHELVES, [city, now])
    starts = [begins for begins, _, _ in there]
    seen: dict[int, date] = {}
    for ends_on, seen_on in endings:
        at = bisect_right(starts, _midnight(ends_on)) - 1
        if at >= 0 and _midnight(ends_on) < there[at][1]:
            seen[at] = max(seen.get(at, seen_on), seen_on)
    found: list[Lying] = []
    for at, latest in seen.items():
        begins, ends, mark = there[at]
        found.append(Lying(begins, ends, mark, _midnight_after(latest)))
    return sorted(found, key=lambda one: (one.seen_before, one.begins_at), reverse=True)


def over(city: str, *, now: datetime) -> list[Shelf]:
    """The shelves on which everything has ended, the oldest first."""
    return list(Shelf.objects.filter(city=city, ends_at__lte=now).order_by("ends_at"))


def claim(shelf: Shelf) -> bool:
    """Have it alone until the transaction ends; False where another has dropped it."""
    return Shelf.objects.select_for_update().filter(pk=shelf.pk).first() is not None


def tables(shelf: Shelf) -> tuple[sql.Identifier, sql.Identifier]:
    """Its two tables: of reads, and of their pictures."""
    read, picture = (_name(table, shelf.name) for table in _TABLES)
    return read, picture


def drop(shelf: Shelf) -> None:
    """Drop its tables, files and all. Call inside a transaction; it waits for readers at most as
    long as `lock_timeout` says."""
    with connections["default"].cursor() as cursor:
        for table in tables(shelf):
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table).as_string())
    shelf.delete()
    if not Shelf.objects.filter(city=shelf.city, mark=shelf.mark).exists():
        _old(shelf.city).get_or_create(city=shelf.city, mark=shelf.mark)
    ended = _day_of(shelf.ends_at)
    Ending.objects.filter(city=shelf.city, ends_on__lt=ended).delete()
    for each in [each for each in _known if each[0] == shelf.city and each[1] < ended]:
        del _known[each]
    _noted.difference_update([each for each in _noted if each[0] == shelf.city and each[2] < ended])


def rub_out() -> int:
    """Take the marks of shelves that are gone off the plates, where they tell of days on which
    nothing is kept any more; how many plates had one."""
    return sum(_rubbed_out(old) for old in OldMark.objects.order_by("pk"))


def _rubbed_out(old: OldMark) -> int:
    had: int = 0
    last: int | None = 0
    asked: dict[str, Any] = {"city": old.city, "bit": 1 << old.mark, "most": _AT_ONCE}
    with connections["default"].cursor() as cursor:
        if prepared.is_cluster():  # which locks no chosen rows on all its parts
            cursor.execute(_RUB_OUT_EVERYWHERE, asked)
            had, last = cursor.rowcount, None
        while last is not None:
            cursor.execute(_RUB_OUT, asked | {"after": last})
            some, last = cursor.fetchone()
            had += some
        cursor.execute(_MARKED, asked)
        if not cursor.fetchone()[0]:  # others were just written by a camera
            old.delete()
    return had


def next_number() -> int:
    """A running number for a new read."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [NUMBERS])
        return int(cursor.fetchone()[0])


def _covering(place: Place) -> Shelf | None:
    return Shelf.objects.filter(
        city=place.city, begins_at__lte=place.expires_at, ends_at__gt=place.expires_at
    ).first()


def _make(place: Place) -> Shelf:
    """A new one, as wide as its neighbours leave room: periods change with policies."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING])
        if there := _covering(place):
            return there  # another was first
        begins, ends = _span(place)
        of_city = Shelf.objects.filter(city=place.city)
        before = of_city.filter(ends_at__lte=place.expires_at).order_by("-ends_at").first()
        after = of_city.filter(begins_at__gt=place.expires_at).order_by("begins_at").first()
        begins = max(begins, before.ends_at) if before else begins
        ends = min(ends, after.begins_at) if after else ends
        shelf = Shelf.objects.create(
            city=place.city,
            begins_at=begins,
            ends_at=ends,
            name=_called(place.city, begins, ends),
            mark=_next_mark(place.city),
        )
        for table in _TABLES:
            part = _name(table, shelf.name)
            # Made aside and attached: neither searches nor cameras wait for it.
            cursor.execute(
                sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
                .format(part, sql.Identifier(table))
                .as_string()
            )
            cursor.execute(
                sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}, {}) TO ({}, {})")
                .format(
                    sql.Identifier(table),
                    part,
                    *(sql.Literal(each) for each in (place.city, begins.isoformat())),
                    *(sql.Literal(each) for each in (place.city, ends.isoformat())),
                )
                .as_string()
            )
        return shelf


def _next_mark(city: str) -> int:
    """One that no plate has; where there is none, the one that fewest shelves share."""
    marks = list(Shelf.objects.filter(city=city).order_by("pk").values_list("mark", flat=True))
    shared, old = Counter(marks), set(_old(city).values_list("mark", flat=True))
    after = marks[-1] + 1 if marks else 0
    in_turn = [(after + more) % _MARKS for more in range(_MARKS)]
    mark = min(in_turn, key=lambda one: (one in old, shared[one]))
    _old(city).filter(mark=mark).delete()
    return mark


def _old(city: str) -> "QuerySet[OldMark]":
    return OldMark.objects.filter(city=city)


def _day_or(moment: datetime | None, otherwise: date) -> date:
    try:
        return otherwise if moment is None else _day_of(moment)
    except OverflowError:  # the last evening of the year 9999, in America
        return otherwise


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _midnight_after(day: date) -> datetime:
    return _midnight(day + timedelta(days=1)) if day < date.max else _LATEST


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _span(place: Place) -> tuple[datetime, datetime]:
    day = _day_of(place.expires_at)
    if place.kept_for < BY_MONTH_FROM:
        first, after = day, day + timedelta(days=1)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    return _midnight(first), _midnight(after)


def _called(city: str, begins: datetime, ends: datetime) -> str:
    """`willard_mo_20261221`; a city whose name is long, or like another's, is told by a number."""
    plain = re.sub(r"[^a-z0-9]", "_", city.lower())[:20]
    told = f"{zlib.crc32(city.encode()):08x}"
    span = "" if ends - begins <= timedelta(days=1) else "m"
    return f"{plain}_{told}_{span}{begins:%Y%m%d}"


def _name(table: str, shelf: str) -> sql.Identifier:
    return sql.Identifier(f"{table.removeprefix('reads_')}_{shelf}")

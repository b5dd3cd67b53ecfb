"""The tables of the database in use: their keys, triggers and partitions, and how much comes in."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any, Final

from django.db import connections
from django.utils import timezone

from plateward.cameras import register
from plateward.policy import in_force
from plateward.reads import counts, shelves

_DAY: Final = timedelta(days=1)
_LATELY: Final = 7 * _DAY
_PARTITIONED: Final = ("reads_read", "reads_picture")
_DAYS_A_MONTH: Final = 365.25 / 12
_DEFAULT_READS, _DEFAULT_DAYS = 2_000, 30.0
_TABLES: Final = """
SELECT c.relname, c.relkind = 'p',
    (SELECT json_object_agg(attname, format_type(atttypid, atttypmod)) FROM pg_attribute
     WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
    (SELECT coalesce(json_agg(json_build_array(
        coalesce(k.conname, i.indexrelid::regclass::text), i.indisprimary,
        (SELECT coalesce(json_agg(attname), '[]') FROM pg_attribute
         WHERE attrelid = c.oid AND attnum = ANY(i.indkey))) ORDER BY i.indexrelid), '[]')
     FROM pg_index i LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid
     AND k.contype IN ('p', 'u') WHERE i.indrelid = c.oid AND i.indisunique),
    (SELECT coalesce(json_agg(json_build_array(conname, confrelid::regclass::text, confdeltype)
        ORDER BY conname), '[]') FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f'),
    (SELECT coalesce(json_agg(tgname ORDER BY tgname), '[]') FROM pg_trigger
     WHERE tgrelid = c.oid AND NOT tgisinternal)
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition AND c.relpersistence = 'p'
ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Unique:
    """A primary key, or what else may be there once only."""

    name: str
    is_primary: bool
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`on_delete` as PostgreSQL has it: "a" is NO ACTION, "r" RESTRICT."""

    name: str
    to: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: the type of each, by its name."""

    name: str
    is_partitioned: bool
    columns: dict[str, str]
    uniques: tuple[Unique, ...] = ()
    points_at: tuple[ForeignKey, ...] = ()
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """How much comes in, for how long it is kept, and of how many cities and cameras.

    `shards`: different numbers of `reads.shelves.shard` that these can have; `shelves`: partitions.
    """

    reads_a_day: int
    days: float
    cities: int
    cameras: int
    shards: int
    shelves: int


def read() -> list[Table]:
    """Every table, without the partitions of any; in the order of their names."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_TABLES)
        return [_table(row) for row in cursor.fetchall()]


def told(reads_a_day: int | None, days: float | None) -> Told:
    """As asked; what is not, as this database has it; a small town's where it is empty."""
    cities = in_force.cities()
    cameras = [(each.city, each.key) for each in register.of_cities(cities)] or [("", 0)]
    kept = days or _kept(cities) or _DEFAULT_DAYS
    by_month = kept >= shelves.BY_MONTH_FROM / _DAY
    return Told(
        reads_a_day or _lately(cities) or _DEFAULT_READS,
        kept,
        max(1, len(cities)),
        len(cameras),
        len({shelves.shard(city, camera) for city, camera in cameras}),
        max(1, len(cities)) * len(_PARTITIONED) * ceil(kept / (30 if by_month else 1) + 2),
    )


def _lately(cities: list[str]) -> int:
    since = timezone.now() - _LATELY
    came = sum(sum(counts.by_day(city, since=since).values()) for city in cities)
    return came // _LATELY.days


def _kept(cities: list[str]) -> float:
    """Days, in the city that keeps its reads longest."""
    periods = [profile.retention.period for profile in in_force.profiles(cities).values()]
    return max(
        (each.months * _DAYS_A_MONTH + each.exact / _DAY for each in periods),
        default=0.0,
    )


def _table(row: tuple[Any, ...]) -> Table:
    name, is_partitioned, columns, uniques, points_at, triggers = row
    return Table(
        name,
        is_partitioned,
        columns,
        tuple(Unique(said, primary, frozenset(of)) for said, primary, of in uniques),
        tuple(ForeignKey(*each) for each in points_at),
        tuple(triggers),
    )

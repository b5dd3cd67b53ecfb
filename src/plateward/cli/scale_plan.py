"""Where each table goes on a Citus cluster, worked out from its shape; and what to run for that.

Three places. *Distributed*: tables whose rows come with every read, in parts over all machines, by
a number that stands in each row. *Reference*: what reads and people are looked up in, whole on
every machine. *Local*: the rest stays on the coordinator, through which every statement goes;
so does every table with a trigger, as Citus takes none elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plateward.cli import scale_model, scale_words
from plateward.cli.scale_model import Load, Machine
from plateward.cli.scale_tables import Table, Told, Unique

FOR_THIS_DATABASE: Final = 'ALTER DATABASE :"DBNAME" SET'  # psql fills the name in
_OF_READS: Final = "reads_"
# What the rows of a read are told apart by, and its type: the first that a table has.
_BY: Final = (("shard", "smallint"), ("plate_key", "bigint"), ("name", "bigint"))
_LOOKED_UP: Final = ("cameras_", "hotlists_", "people_")
_OF_A_READ: Final = frozenset(("read", "read_id"))  # such tables grow with the reads
_NO_ACTION: Final = frozenset("ar")
_FEWEST_PARTS, _MOST_PARTS = 32, 256
_MANY_TABLES: Final = 50_000  # parts of partitions: beyond, planning and catalogues get slow


class Place(StrEnum):
    DISTRIBUTED = "distributed"
    REFERENCE = "reference"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Placed:
    """A table and its place. `by`: the column, where it is distributed. `why`, in words."""

    table: Table
    place: Place
    by: str = ""
    why: str = ""

    @property
    def in_the_way(self) -> tuple[Unique, ...]:
        """What Citus cannot keep unique: it would have to ask every machine."""
        return tuple(each for each in self.table.uniques if self.by and self.by not in each.columns)


def placed(tables: Sequence[Table]) -> list[Placed]:
    """Each table once, in the order given."""
    looked_up = frozenset(
        key.to for each in tables for key in each.points_at if key.to != each.name
    )
    return [_placed(each, is_looked_up=each.name in looked_up) for each in tables]


def objections(all_: Sequence[Placed]) -> list[str]:
    """What Citus would refuse, and this plan knows no way round."""
    where = {each.table.name: each for each in all_}
    found = []
    for each in all_:
        found += [f"{each.table.name}: {said}" for said in _objections(each, where)]
    return found


def lines(
    tables: Sequence[Table], told: Told, *, pictures: int, workers: int | None = None
) -> Iterator[str]:
    """What goes into psql, with remarks for whoever runs it."""
    load = Load(told.cameras, told.reads_a_day, told.days, pictures)
    needs = scale_model.of(load)
    machine = Machine()
    count = workers or needs.workers(machine)
    parts = _parts(count * machine.cores)
    yield from _header(load, count)
    if needs.is_for_one_machine():
        yield "-- One server is enough for that. What follows is for when it is not."
    yield from _warnings(told, parts)
    yield from _machines(count)
    all_ = placed(tables)
    yield from (
        f"-- REFUSED BY CITUS, and no way round is known: {each}" for each in objections(all_)
    )
    yield from _settings(parts)
    yield from _references(all_)
    yield from _distributed(all_)
    yield from _locals(all_)


def _placed(table: Table, *, is_looked_up: bool) -> Placed:
    by = next((name for name, kind in _BY if table.columns.get(name) == kind), "")
    if by and table.name.startswith(_OF_READS):
        return Placed(table, Place.DISTRIBUTED, by, f"comes with every read; parts by {by}")
    if table.triggers:
        return Placed(table, Place.LOCAL, why=f"has triggers ({', '.join(table.triggers)})")
    if is_looked_up and table.name.startswith(_LOOKED_UP) and not _OF_A_READ & set(table.columns):
        return Placed(table, Place.REFERENCE, why="looked up by others; small, seldom written")
    return Placed(table, Place.LOCAL, why="asked on the coordinator alone")


def _objections(each: Placed, where: dict[str, Placed]) -> Iterator[str]:
    if each.place is not Place.LOCAL and each.table.triggers:
        yield f"triggers ({', '.join(each.table.triggers)}) on a {each.place} table"
    for unique in each.in_the_way:
        if not unique.is_primary:
            yield f"{unique.name} is unique without {each.by}"
    for key in each.table.points_at:
        to = where[key.to].place
        if not _may_point(each.place, to, on_delete=key.on_delete):
            yield f"foreign key {key.name} from a {each.place} table to the {to} {key.to}"


def _may_point(place: Place, to: Place, *, on_delete: str) -> bool:
    if Place.DISTRIBUTED in {place, to}:
        return (place, to) == (Place.DISTRIBUTED, Place.REFERENCE)
    if (place, to) == (Place.REFERENCE, Place.LOCAL):
        return on_delete in _NO_ACTION
    return True


def _parts(cores: int) -> int:
    """A power of two, so that machines can be doubled: one for each core, within reason."""
    return min(_MOST_PARTS, max(_FEWEST_PARTS, 1 << (cores - 1).bit_length()))


def _header(load: Load, count: int) -> Iterator[str]:
    yield "-- Plateward on a Citus cluster. To be run on the coordinator, in psql, in this order."
    yield "-- Citus 13 or later; the PostgreSQL of every machine loads it first:"
    yield "--     shared_preload_libraries = 'citus'"
    yield "-- Citus is software of others under the AGPL: install it yourself, on those machines."
    yield "--"
    for what, much in scale_words.needs(load, scale_model.of(load)):
        yield f"--     {what:<30} {much}"
    yield f"--     machines{'':<23}a coordinator and {count}, each with a standby"
    yield ""


def _warnings(told: Told, parts: int) -> Iterator[str]:
    if told.shards < parts:
        yield (
            f"-- Reads of {told.cities} cities and {told.cameras} cameras fill at most "
            f"{told.shards} of the {parts} parts; more machines than that stand idle for reads."
        )
    if told.shelves * parts > _MANY_TABLES:
        yield (
            f"-- {told.shelves:,} partitions by {parts} parts are {told.shelves * parts:,} tables, "
            "on which Citus is slow: give each group of cities a cluster of its own."
        )


def _machines(count: int) -> Iterator[str]:
    yield "CREATE EXTENSION IF NOT EXISTS citus;  -- on every machine, in the database of this name"
    yield "SELECT citus_set_coordinator_host('COORDINATOR', 5432);"
    for number in range(1, count + 1):
        yield f"SELECT citus_add_node('WORKER-{number}', 5432);"
    yield ""
    yield "-- The tables must be there, empty, by the same migrations as anywhere. This makes them:"
    yield "--     DATABASE_URL=postgres://OWNER@COORDINATOR/DATABASE plateward scale plan"
    yield ""


def _settings(parts: int) -> Iterator[str]:
    yield f"SET citus.shard_count TO {parts};"
    yield "-- Shelves are made and dropped in transactions that do other things, too."
    yield f"{FOR_THIS_DATABASE} citus.multi_shard_modify_mode TO 'sequential';"
    yield ""


def _references(all_: Sequence[Placed]) -> Iterator[str]:
    yield "-- Whole on every machine; what others point at comes first."
    for each in _pointed_at_first([one for one in all_ if one.place is Place.REFERENCE]):
        yield f"SELECT create_reference_table('{each.table.name}');"
    yield ""


def _distributed(all_: Sequence[Placed]) -> Iterator[str]:
    yield "-- In parts over all machines. Partitions, later ones too, go where their table goes."
    first: dict[str, str] = {}
    for each in all_:
        if each.place is not Place.DISTRIBUTED:
            continue
        for key in each.in_the_way:
            if not key.is_primary:
                continue  # told among the objections
            columns = ", ".join(sorted(key.columns))
            yield (
                f"ALTER TABLE {each.table.name} DROP CONSTRAINT {key.name};"
                "  -- a sequence keeps it unique"
            )
            yield f"CREATE INDEX ON {each.table.name} ({columns});"
        beside = first.setdefault(each.by, each.table.name)
        together = "" if beside == each.table.name else f", colocate_with => '{beside}'"
        yield f"SELECT create_distributed_table('{each.table.name}', '{each.by}'{together});"
    yield ""


def _locals(all_: Sequence[Placed]) -> Iterator[str]:
    yield "-- These stay on the coordinator; nothing is to be run for them."
    for each in all_:
        if each.place is Place.LOCAL:
            yield f"--     {each.table.name}: {each.why}"


def _pointed_at_first(references: Sequence[Placed]) -> Iterator[Placed]:
    left = {each.table.name: each for each in references}
    while left:
        free = [
            name
            for name, each in left.items()
            if not any(key.to in left and key.to != name for key in each.table.points_at)
        ]
        for name in free or list(left):  # where they point at each other in a ring, any order
            yield left.pop(name)

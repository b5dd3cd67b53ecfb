"""Our own store with made-up reads in it: filled by many processes, asked as a page asks it.

Filling leaves out the requests and nothing else: each read becomes a row by the code that stores
what cameras send, sealed under the key of its half minute, and is copied into its partition with
all indexes on. Names, the dictionary of plates and the counts are as the intake leaves them.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bench import staging, traffic
from bench.questions import RADIUS_KM, Hit, Kind, Question
from bench.traffic import BODIES, COLORS, DAY, HEADINGS, MAKES, MODELS, REGIONS, Day, Plates, Scale
from plateward.plates.sighting import Character, Sighting, Vehicle
from plateward.plates.text import PlateText

if TYPE_CHECKING:
    from plateward.gate.permit import Permit

CITY: Final = "odessa-mo"  # its text keeps every field there is; here for 62 days
KEPT_DAYS: Final = 62
SOURCE: Final = "bench"
_BOX: Final = (512, 300, 140, 60)
_AT_ONCE: Final = 5000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KNOW: Final = """
COPY reads_known (city, plate_key, sealed, last_seen, until, marks) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Known:
    """The distinct plates of some reads: each with when it was seen last, and the marks of the
    shelves on which it lies."""

    plate: Plates
    last: npt.NDArray[np.int64]
    marks: npt.NDArray[np.int64]


def settle(cameras: Sequence[traffic.Camera]) -> dict[str, str]:
    """Adopt the city's text with a longer period, register its cameras; each camera's secret."""
    from django.utils import timezone

    from plateward.cameras import register
    from plateward.policy import adopt, load

    before = load.shipped_text(CITY)
    text = before.replace("reads: {period: P30D,", f"reads: {{period: P{KEPT_DAYS}D,")
    if text == before:
        raise SystemExit(
            f"The text of {CITY} says its period otherwise now. Correct bench/ours.py."
        )
    answers = adopt.completed(text, (), by="bench")
    adopt.adopt(text, answers=answers, by="bench", instrument="bench", now=timezone.now())
    return {code(each.number): register.add(_site(each), by="bench") for each in cameras}


def code(camera: int) -> str:
    return f"bench-{camera}"


def _site(camera: traffic.Camera) -> Any:
    from plateward.cameras.register import Site

    return Site(
        code=code(camera.number),
        city=CITY,
        title=f"Camera {camera.number}",
        place="a street",
        place_type="public_roadway",
        latitude=camera.latitude,
        longitude=camera.longitude,
        approved_by="bench",
        approved_on=date(2026, 1, 5),
    )


# --- filling --------------------------------------------------------------------------------------


def ready() -> None:
    """What a process needs first that fills or asks."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateward.settings")
    django.setup()


def filled(scale: Scale, pool: Executor) -> int:
    """Fill the store with all days; how many distinct plates there are."""
    keys = camera_keys()
    days = range(scale.days)
    parts = list(pool.map(_fill_day, [scale] * scale.days, days, [keys] * scale.days))
    return finished(scale.rows, parts)


def finished(rows: int, parts: Sequence[Known]) -> int:
    """Put what is known of all parts into the dictionary; how many distinct plates there are."""
    known = _together(parts)
    _put_known(known)
    _settle_down(rows)
    return len(known.plate)


def camera_keys() -> tuple[int, ...]:
    """Of each camera, by its number, its key in the register."""
    from plateward.cameras import register

    found = register.known({code(number) for number in range(traffic.CAMERAS)})
    return tuple(found[code(number)].key for number in range(traffic.CAMERAS))


def _fill_day(scale: Scale, number: int, cameras: tuple[int, ...]) -> Known:
    before = sum(scale.rows_of(earlier) for earlier in range(number))
    return put(scale, traffic.day(scale, number), before, cameras)


def put(scale: Scale, day: Day, before: int, cameras: tuple[int, ...]) -> Known:
    """Store some reads; `before`: how many were stored before. All but their known plates."""
    from django.db import connections, transaction

    told = enumerate(zip(sightings(scale, day, before), day.camera.tolist(), strict=True))
    counted: Counter[tuple[int, date]] = Counter()
    # The range first: it ends before another one is taken, and lost.
    while some := [each for _, each in zip(range(_AT_ONCE), told, strict=False)]:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            _put(cursor, [(before + at + 1, cameras[camera], its) for at, (its, camera) in some])
        counted.update((cameras[camera], its.seen_at.date()) for _, (its, camera) in some)
    _count(counted)
    return _known_of(day)


def sightings(scale: Scale, day: Day, before: int) -> Iterator[Sighting]:
    """As a camera hands them in; `before`: how many reads the days before it have."""
    fleet, which = traffic.fleet(scale), day.vehicle
    words = (
        *(staging.words(REGIONS, fleet.series[which]), staging.words(MAKES, fleet.make[which])),
        *(staging.words(MODELS, fleet.model[which]), staging.words(COLORS, fleet.color[which])),
        *(staging.words(BODIES, fleet.body[which]), staging.words(HEADINGS, day.heading)),
    )
    signs = zip(
        *(day.plate.tolist(), day.sure.tolist(), day.doubt.tolist()),
        *(day.other.tolist(), day.chance.tolist()),
        strict=True,
    )
    told = zip(day.camera.tolist(), day.seen.tolist(), signs, zip(*words, strict=True), strict=True)
    for number, (camera, seen, its, (region, *looks, heading)) in enumerate(told, start=before):
        make, model, color, body = looks
        plate = its[0].decode()
        characters = _characters(plate, *its[1:])
        yield Sighting(
            source=SOURCE,
            device=code(camera),
            event=f"b{number}",
            plate=PlateText(plate),
            seen_at=instant(seen),
            confidence=min(each.confidence for each in characters),
            characters=characters,
            box=_BOX,
            region=region,
            vehicle=Vehicle(make, model, color, body),
            direction=heading,
        )


def seen_again(one: Sighting, now: datetime, number: int) -> Sighting:
    """The same vehicle, once more, at another time."""
    return replace(one, seen_at=now, event=f"again-{number}-{one.event}")


def instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _characters(
    plate: str, sure: Sequence[int], doubt: int, other: int, chance: int
) -> tuple[Character, ...]:
    found = [_sure(sign, percent) for sign, percent in zip(plate, sure, strict=False)]
    if doubt >= 0:
        others = ((chr(other), chance / 100),)
        found[doubt] = Character(plate[doubt], sure[doubt] / 100, others)
    return tuple(found)


@cache
def _sure(sign: str, percent: int) -> Character:
    return Character(sign, percent / 100)


def _put(cursor: Any, some: Sequence[tuple[int, int, Sighting]]) -> None:
    """Number, camera and sighting of each: the rows, and their names."""
    from plateward.reads import record, sealing, shelves
    from plateward.reads.record import Keeping

    kept = timedelta(days=KEPT_DAYS)
    keepings = [
        Keeping(CITY, camera, its.seen_at + timedelta(seconds=2), its.seen_at + kept)
        for _, camera, its in some
    ]
    ends = [each.expires_at for each in keepings]
    shelves.ensure(shelves.Place(CITY, each, kept) for each in (ends[0], ends[-1]))
    shelves.note((CITY, its.seen_at, end) for (_, _, its), end in zip(some, ends, strict=True))
    keys = record._keys([(CITY, each) for each in ends])  # noqa: SLF001 -- the code that stores
    ids = [shelves.number(number, end) for (number, _, _), end in zip(some, ends, strict=True)]
    with cursor.copy(record._COPY) as copy:  # noqa: SLF001
        told = zip(ids, some, keepings, strict=True)
        rows = (record._row(read, its, keep, keys) for read, (_, _, its), keep in told)  # noqa: SLF001
        names = record._COLUMNS  # noqa: SLF001
        copy.write("".join([_line([row.columns[name] for name in names]) for row in rows]))
    with cursor.copy("COPY reads_name (name, read, until) FROM STDIN") as copy:
        today = datetime.now(UTC).date()
        for read, (_, camera, its), keep in zip(ids, some, keepings, strict=True):
            until = record._remembered_until(keep)  # noqa: SLF001
            if until >= today:  # the others would be forgotten by now
                name = sealing.name_key(camera, its.source, its.event)
                copy.write(f"{name}\t{read}\t{until}\n")


# As COPY reads them, where that is not what `str` says.
_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _: r"\N",
    bytes: lambda value: r"\\x" + value.hex(),
    list: lambda value: "{" + ",".join(map(str, value)) + "}",
}


def _line(cells: Iterable[Any]) -> str:
    return "\t".join([_WRITTEN.get(type(cell), str)(cell) for cell in cells]) + "\n"


def _count(counted: Counter[tuple[int, date]]) -> None:
    from plateward.reads.models import DayCount

    DayCount.objects.bulk_create(
        DayCount(city=CITY, camera_id=camera, day=on, reads=often)
        for (camera, on), often in counted.items()
    )


def _known_of(day: Day) -> Known:
    plate, which = np.unique(day.plate, return_inverse=True)
    behind = len(day.plate) - 1 - np.unique(day.plate[::-1], return_index=True)[1]
    marks = np.zeros(len(plate), np.int64)
    np.bitwise_or.at(marks, which, _bits(day.seen))
    # Reads lie in the order of their times.
    return Known(plate, day.seen[behind], marks)


def _bits(seen: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The bit of the shelf on which each read lies."""
    from plateward.reads import shelves

    kept = timedelta(days=KEPT_DAYS)
    days, which = np.unique((seen + KEPT_DAYS * DAY) // DAY, return_inverse=True)
    places = [shelves.Place(CITY, instant(each * DAY), kept) for each in days.tolist()]
    marks = shelves.ensure(places)
    return np.array([1 << marks[each.day] for each in places], np.int64)[which]


def _together(parts: Sequence[Known]) -> Known:
    plate, which = np.unique(np.concatenate([part.plate for part in parts]), return_inverse=True)
    last, marks = np.zeros(len(plate), np.int64), np.zeros(len(plate), np.int64)
    np.maximum.at(last, which, np.concatenate([part.last for part in parts]))
    np.bitwise_or.at(marks, which, np.concatenate([part.marks for part in parts]))
    return Known(plate, last, marks)


def _put_known(known: Known) -> None:
    from django.db import connections

    from plateward.reads import keyring, sealing
    from plateward.reads.models import known_bound

    order = np.argsort(known.last, kind="stable").tolist()  # so that keys are used one by one
    plates, last, marks = known.plate.tolist(), known.last.tolist(), known.marks.tolist()
    with (
        connections["default"].cursor() as cursor,
        cursor.copy(_KNOW) as copy,
    ):
        for at in order:
            until = keyring.last_of(instant(last[at]) + timedelta(days=KEPT_DAYS))
            key = sealing.plate_key(CITY, plates[at].decode())
            bound = known_bound(CITY, key)
            sealed = sealing.seal(plates[at], keyring.key(CITY, until), bound=bound)
            row = (CITY, key, sealed, instant(last[at]), until, marks[at])
            copy.write(_line(row))


def _settle_down(rows: int) -> None:
    """What a house that runs for two months has done by itself: numbers drawn, tables analysed."""
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT setval('reads_read_number', %s)", [rows + 1])
        for table in ("reads_read", "reads_name", "reads_known", "reads_daycount"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")  # what was filled in is on the disk by then


def size() -> dict[str, int]:
    """Bytes by what they are for: the rows, their indexes, names, dictionary and counts."""
    from django.db import connections

    parts = "SELECT relid FROM pg_partition_tree('reads_read') WHERE isleaf"
    asked = {
        "rows": f"SELECT sum(pg_table_size(relid)) FROM ({parts}) p",
        "indexes": f"SELECT sum(pg_indexes_size(relid)) FROM ({parts}) p",
        "names": "SELECT pg_total_relation_size('reads_name')",
        "dictionary": "SELECT pg_total_relation_size('reads_known')",
        "counts": "SELECT pg_total_relation_size('reads_daycount')",
    }
    found = {}
    with connections["default"].cursor() as cursor:
        for name, sql in asked.items():
            cursor.execute(sql)
            found[name] = int(cursor.fetchone()[0])
    return found


# --- asking ---------------------------------------------------------------------------------------


def permit(*, logged: bool) -> "Permit":
    """As the door gives it for a search; not logged: it leaves no entry of its answer."""
    from plateward.gate.permit import Permit
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act

    class Unlogged(Permit):
        def answered(self, *_: Any, **__: Any) -> None:
            """To tell the search from its entry in the log."""

    kind = Permit if logged else Unlogged
    return kind("bench", Act.READS_SEARCH, {CITY: 1}, Reason("bench"))


def ask(asked: Question, shown: "Permit") -> list[Hit] | dict[int, int]:
    """The newest reads, or how many there are on each day since 1970."""
    from plateward.reads import counts, search

    if asked.kind is Kind.COUNTS:
        days = counts.by_day(CITY, since=instant(asked.since))
        until = instant(asked.until).date()
        return {(day - _EPOCH.date()).days: often for day, often in days.items() if day < until}
    found = search.find(_query(asked), permit=shown).found
    return [Hit(_microseconds(one.seen_at), _number(one.camera), one.plate) for one in found]


def _query(asked: Question) -> Any:
    from plateward.reads.query import Circle, Looks, Query

    return Query.parse(
        plate=asked.plate,
        since=instant(asked.since),
        until=instant(asked.until),
        cameras=[] if asked.middle else [code(each) for each in asked.cameras],
        close=asked.kind in (Kind.LOOK_ALIKE, Kind.NEAR),
        area=Circle(*asked.middle, round(1000 * RADIUS_KM)) if asked.middle else None,
        looks=Looks(color=asked.color),
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _number(camera: str) -> int:
    return int(camera.rpartition("-")[2])

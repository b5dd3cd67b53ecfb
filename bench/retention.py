"""How fast reads go: a day that is over, a million that end in one minute, and the keys of a day.

    python -m bench.retention                 a million reads of each: ten minutes or so
    python -m bench.retention --rows 20000    while developing

A house of its own is filled as bench/search fills one, and the keeper's own function is called at
the moment at which each part is due. Beside it the same rows lie in a plain table, with the same
indexes and two others of each, and are deleted there.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np

from bench import ingest, kept, ours, traffic
from bench.hotlist_import import of_the_server
from bench.kept import Line
from bench.ours import KEPT_DAYS, Known
from bench.traffic import DAY, Day, Scale

ROWS: Final = 1_000_000
DROPPED_SECONDS, SWEPT_A_SECOND, LATE_SECONDS = 1.0, 10_000, 60.0
_SLOT_SECONDS: Final = 30.0  # of one key
_PAUSE_SECONDS: Final = 10.0  # between two rounds of the keeper
_MINUTE: Final = 60_000_000
_PARTS: Final = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="reads that go at once")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="that fill")
    asked = parser.parse_args()
    if asked.rows < _PARTS:
        parser.error(f"--rows is {_PARTS} at least")
    load = os.getloadavg()[2]
    spawn = multiprocessing.get_context("spawn")
    with ingest.a_house(lambda: ours.settle(traffic.cameras())):
        with ProcessPoolExecutor(asked.processes, spawn, initializer=ours.ready) as pool:
            midnight, noon = fill(asked.rows, pool)
        lines = [*dropped(midnight), *swept(noon, asked.rows)]
    kept.keep("retention", lines, whole=asked.rows >= ROWS, load=load)
    for line in lines:
        print(f"  {line.figure}: {kept.told(line.value, line.unit)} {kept.bound(line)}", end="")
        print(f"; {line.alternative}: {kept.told(line.theirs, line.unit)}" if line.theirs else "")
        if line.note:
            print(f"    {line.note}")
    if missed := kept.missed(lines):
        sys.exit("Missed: " + "; ".join(missed) + ".")


# --- filling --------------------------------------------------------------------------------------


def fill(rows: int, pool: Executor) -> tuple[datetime, datetime]:
    """Reads of a day that is over, as many that end in one minute, and as many after it.

    Returns the midnight at which that day was over, and the minute's beginning, on the day after.
    """
    today = int(time.time()) * 1_000_000 // DAY * DAY
    noon, ago = today + DAY + DAY // 2, KEPT_DAYS * DAY
    whole_day = Scale(rows, 1, today - DAY - ago)
    parts = _filled(traffic.day(whole_day, 0), whole_day, 0, pool)
    minute = traffic.day(replace(whole_day, seed=7), 0)
    spread = np.sort(np.random.default_rng(7).integers(1, _MINUTE, rows))
    parts += _filled(replace(minute, seen=noon - ago + spread), whole_day, rows, pool)
    later = traffic.day(replace(whole_day, seed=8), 0)
    behind = noon - ago + _MINUTE + np.sort(np.random.default_rng(8).integers(1, DAY // 3, rows))
    parts += _filled(replace(later, seen=behind), whole_day, 2 * rows, pool)
    plates = ours.finished(3 * rows, parts)
    print(f"  {time.strftime('%H:%M:%S')} {3 * rows:,} reads of {plates:,} plates", flush=True)
    return ours.instant(today), ours.instant(noon)


def _filled(day: Day, scale: Scale, before: int, pool: Executor) -> list[Known]:
    ends = [len(day.seen) * part // _PARTS for part in range(_PARTS + 1)]
    some = [_part(day, first, last) for first, last in pairwise(ends)]
    counts, keys = [before + first for first in ends[:-1]], ours.camera_keys()
    return list(pool.map(ours.put, [scale] * _PARTS, some, counts, [keys] * _PARTS))


def _part(day: Day, first: int, last: int) -> Day:
    names = ("seen", "camera", "plate", "vehicle", "heading", "sure", "doubt", "other", "chance")
    return replace(day, **{name: getattr(day, name)[first:last] for name in names})


# --- going ----------------------------------------------------------------------------------------


def dropped(midnight: datetime) -> list[Line]:
    """A day that was over at midnight: its partition, names, plates and keys, and a certificate."""
    from plateward.custody import retention
    from plateward.reads import keyring, shelves

    _plain("ended", midnight - timedelta(days=1), midnight)
    keys = len(list((_key_folder()).glob("*.keys")))
    gone, took = _clocked(lambda: retention.sweep(now=midnight + timedelta(seconds=1)))
    deleted, plainly = _deleted_plainly("ended", until=midnight)
    vacuumed = _vacuumed("ended")
    rest = len(list((_key_folder()).glob("*.keys")))
    if gone != deleted or shelves.over(ours.CITY, now=midnight):
        sys.exit(f"{gone:,} reads went and {deleted:,} were due. Nothing was kept.")
    made = keyring.keys(ours.CITY, [midnight - timedelta(seconds=30 * n) for n in range(2880)])
    destroyed, keys_took = _clocked(lambda: keyring.destroy(ours.CITY, midnight))
    if destroyed != len(made) or rest >= keys:
        sys.exit("The keys of the day are still there. Nothing was kept.")
    plain = f"DELETE of the same rows from a plain table (then VACUUM, {vacuumed:.1f} s)"
    return [
        Line(
            f"a day of {gone:,} reads gone, certificate included",
            took,
            "s",
            DROPPED_SECONDS,
            less_is_better=True,
            alternative=plain,
            theirs=plainly,
            first=True,
        ),
        Line(
            f"the {destroyed:,} keys of a day destroyed",
            1000 * keys_took,
            "ms",
            less_is_better=True,
            alternative="DELETE and VACUUM of what they seal",
            theirs=1000 * (plainly + vacuumed),
        ),
    ]


def swept(noon: datetime, rows: int) -> list[Line]:
    """Reads that end in one minute, row by row, while as many of that day are left."""
    from plateward.custody import retention

    minute = timedelta(minutes=1)
    _plain("minute", noon, noon + timedelta(days=1))
    here, server = time.process_time(), of_the_server()
    first, took_first = _clocked(lambda: retention.sweep(now=noon + minute / 2))
    second, took_second = _clocked(lambda: retention.sweep(now=noon + minute))
    took = took_first + took_second
    here, server = time.process_time() - here, of_the_server() - server
    deleted, plainly = _deleted_plainly("minute", until=noon + minute)
    if (gone := first + second) != deleted or gone != rows:
        sys.exit(f"{gone:,} reads went and {deleted:,} were due. Nothing was kept.")
    late = _SLOT_SECONDS + _PAUSE_SECONDS + max(took_first, took_second)
    halves = (
        f"two rounds, {took_first:.1f} and {took_second:.1f} s, certificates included; of one core "
        f"{here:.1f} s here and {server:.1f} s in PostgreSQL"
    )
    return [
        Line(
            "reads swept one by one",
            gone / took,
            "a second",
            SWEPT_A_SECOND,
            alternative="one DELETE of the same rows in a plain table",
            theirs=deleted / plainly,
            note=halves,
            first=True,
        ),
        Line(
            f"{gone:,} reads that end in one minute gone, at worst after the first ended",
            late,
            "s",
            LATE_SECONDS,
            less_is_better=True,
            note="half a minute of one key, a keeper's pause of ten seconds, and the longer round",
            first=True,
        ),
    ]


def _clocked(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    done = work()
    return done, time.perf_counter() - began


def _plain(name: str, since: datetime, until: datetime) -> None:
    """The rows of that span in a table of their own, with the same indexes."""
    _sql(f"CREATE TABLE plain_{name} (LIKE reads_read INCLUDING ALL)")
    _sql(
        f"INSERT INTO plain_{name} SELECT * FROM reads_read "
        "WHERE city = %s AND expires_at > %s AND expires_at <= %s",
        [ours.CITY, since, until],
    )
    _sql(f"VACUUM ANALYZE plain_{name}")
    _sql("CHECKPOINT")


def _deleted_plainly(name: str, until: datetime) -> Any:
    return _clocked(lambda: _sql(f"DELETE FROM plain_{name} WHERE expires_at <= %s", [until]))


def _vacuumed(name: str) -> float:
    return _clocked(lambda: _sql(f"VACUUM plain_{name}"))[1]


def _sql(text: str, given: Any = None) -> int:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute(text, given)
        return int(cursor.rowcount)


def _key_folder() -> Any:
    from django.conf import settings

    return settings.KEYS / "minutes" / ours.CITY


if __name__ == "__main__":
    main()

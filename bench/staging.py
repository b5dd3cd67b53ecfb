"""Write the made-up reads to files that every other store can take in: one row a line, by day."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import traffic
from bench.traffic import BODIES, COLORS, HEADINGS, MAKES, MODELS, REGIONS, Day, Fleet, Scale
from plateward.plates.text import fold

_NOTHING = r"\N"


def staged(scale: Scale, folder: Path, pool: Executor) -> list[Path]:
    """A file a day, in the order of the days; its columns are `stores.COLUMNS`."""
    days = range(scale.days)
    return list(pool.map(_write, [scale] * scale.days, days, [folder] * scale.days))


def _write(scale: Scale, number: int, folder: Path) -> Path:
    before = sum(scale.rows_of(earlier) for earlier in range(number))
    file = folder / f"day-{number:03}.tsv"
    with file.open("w", encoding="ascii") as out:
        out.writelines(_lines(traffic.fleet(scale), traffic.day(scale, number), before))
    return file


def _lines(fleet: Fleet, day: Day, before: int) -> Iterator[str]:
    plates = [plate.decode() for plate in day.plate]
    columns = (
        *(range(before, before + len(plates)), day.seen.tolist(), day.camera.tolist()),
        *(plates, map(fold, plates), words(REGIONS, fleet.series[day.vehicle])),
        *(words(MAKES, fleet.make[day.vehicle]), words(MODELS, fleet.model[day.vehicle])),
        *(words(COLORS, fleet.color[day.vehicle]), words(BODIES, fleet.body[day.vehicle])),
        *(words(HEADINGS, day.heading), _least(day), _digits(day), _spellings(day, plates)),
    )
    form = "\t".join(["%s"] * len(columns)) + "\n"
    return (form % row for row in zip(*columns, strict=True))


def words(names: Sequence[str], places: npt.NDArray[Any]) -> list[str]:
    """Each place as its name."""
    found: list[str] = np.array(names, object)[places].tolist()
    return found


def _least(day: Day) -> Iterator[str]:
    """The confidence in the whole: that in its least sure character."""
    known = np.where(np.arange(day.sure.shape[1]) < _lengths(day)[:, None], day.sure, 99)
    return (f"0.{each:02}" for each in known.min(axis=1).tolist())


def _digits(day: Day) -> Iterator[str]:
    """Each character's confidence, two digits each."""
    signs = np.empty((len(day.plate), 2 * day.sure.shape[1]), np.uint8)
    signs[:, 0::2], signs[:, 1::2] = day.sure // 10 + ord("0"), day.sure % 10 + ord("0")
    whole = signs.tobytes().decode()
    wide = signs.shape[1]
    ends = (2 * _lengths(day)).tolist()
    return (whole[at * wide : at * wide + end] for at, end in enumerate(ends))


def _spellings(day: Day, plates: Sequence[str]) -> Iterator[str]:
    """What else the source thought the plate may be, as a whole."""
    told = zip(plates, day.doubt.tolist(), day.other.tolist(), strict=True)
    return (spelled(plate, at, other) if at >= 0 else _NOTHING for plate, at, other in told)


def spelled(plate: str, at: int, sign: int) -> str:
    """The plate with another character at that place; `sign` is its code."""
    return plate[:at] + chr(sign) + plate[at + 1 :]


def _lengths(day: Day) -> npt.NDArray[np.intp]:
    found: npt.NDArray[np.intp] = np.char.str_len(day.plate)
    return found

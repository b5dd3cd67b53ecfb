"""Made-up reads are what they claim to be, and another store answers as looking at each would."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bench import questions, staging, stores, traffic
from bench.questions import SHOWN, Kind, Question
from bench.traffic import DAY, Scale
from plateward.plates.likeness import compared
from plateward.plates.wildcards import as_expression

PATTERN = cache(as_expression)
SCALE = Scale(rows=2000, days=2, since=20_000 * DAY)


def test_the_same_seed_makes_the_same_reads_and_another_makes_others() -> None:
    one, again = traffic.day(SCALE, 1), traffic.day(SCALE, 1)
    other = traffic.day(replace(SCALE, seed=7), 1)
    assert np.array_equal(one.plate, again.plate)
    assert np.array_equal(one.seen, again.seen)
    assert not np.array_equal(one.plate, other.plate)


def test_reads_lie_in_their_day_in_order_and_some_are_misread() -> None:
    scale = replace(SCALE, rows=40_000)
    day, fleet = traffic.day(scale, 1), traffic.fleet(scale)
    assert (np.diff(day.seen) >= 0).all()
    assert day.seen[0] >= SCALE.since + DAY
    assert day.seen[-1] < SCALE.since + 2 * DAY
    true = fleet.plate[day.vehicle].view(f"S{traffic.LONGEST}").ravel()
    wrong = true != day.plate
    assert 0.025 < wrong.mean() < 0.035
    # Most of the misread name what is true as another possibility.
    told = [
        staging.spelled(plate.decode(), at, sign).encode() == right
        for plate, at, sign, right in zip(
            *(day.plate[wrong], day.doubt[wrong], day.other[wrong], true[wrong]), strict=True
        )
    ]
    assert sum(told) > 0.4 * len(told)


def test_the_busiest_vehicle_is_a_bus_and_not_a_street() -> None:
    assert 500 < traffic.busiest(Scale(20_000_000, 60, 0)) < 2000


def test_near_is_what_one_edit_makes() -> None:
    near = Question(Kind.NEAR, 0, 1, "7ABC12").near()
    assert len(near) == len(set(near)) == 1 + 6 * 35 + 6 + 7 * 36 - 6
    for other in near:
        assert compared("7ABC12", other)[0] is not None


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    with ThreadPoolExecutor(1) as pool:
        return staging.staged(SCALE, tmp_path_factory.mktemp("staged"), pool)


def _fits(asked: Question, row: dict[str, str]) -> bool:
    """Looking at one read, in other words than any store's."""
    plate = row["plate"]
    if not asked.since <= int(row["seen"]) <= asked.until:
        return False
    if asked.cameras and int(row["camera"]) not in asked.cameras:
        return False
    if asked.color and row["color"] != asked.color:
        return False
    if asked.kind in stores.CLOSE:
        return compared(plate, asked.plate)[0] is not None or row["spelling"] == asked.plate
    return not asked.plate or bool(PATTERN(asked.plate).fullmatch(plate))


def test_sqlite_answers_as_looking_at_each_read_would(files: list[Path], tmp_path: Path) -> None:
    store = stores.Sqlite(tmp_path)
    store.load(files)
    names = [name for name, _ in stores.COLUMNS]
    lines = [line.split("\t") for file in files for line in file.read_text().splitlines()]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    assert len(rows) == SCALE.rows
    found = dict.fromkeys(Kind, 0)
    for asked in (question for each in questions.drawn(SCALE, 4) for question in each):
        said = stores.answer(store, asked)
        if isinstance(said, dict):
            assert sum(said.values()) == sum(int(row["seen"]) >= asked.since for row in rows)
            found[asked.kind] += 1
            continue
        right = sorted(int(row["seen"]) for row in rows if _fits(asked, row))[::-1]
        assert [hit.seen for hit in said] == right[:SHOWN], asked
        found[asked.kind] += bool(right)
    assert all(found.values()), found

"""Killed at any moment: what was told to be kept is kept, once, in order, under its own number."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plateward.edge import keys
from plateward.edge.outbox import Outbox
from tests.architecture import house

pytestmark = pytest.mark.slow
NOBODY = "http://127.0.0.1:9"  # the port that discards; nothing listens
CAMERA = "wil-160-jackson"


@contextmanager
def running(folder: Path, server: str, first: int) -> Iterator["subprocess.Popen[str]"]:
    """The fake agent. It is killed at the end, if it still runs."""
    command = [sys.executable, "-m", "tests.edge.fake_agent", str(folder), server, CAMERA]
    process = subprocess.Popen(
        [*command, str(first)], cwd=house.ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def told_by(process: "subprocess.Popen[str]", many: int) -> list[str]:
    """The next plates that it says are on the disk."""
    assert process.stdout is not None
    lines = (process.stdout.readline().strip() for _ in range(many))
    return [line for line in lines if line]


def rest_of(process: "subprocess.Popen[str]") -> list[str]:
    """What it had said before it was killed; a line that was cut is no word."""
    assert process.stdout is not None
    said = process.stdout.read()
    return [line for line in said[: said.rfind("\n") + 1].split("\n") if line]


def kept_in(folder: Path) -> list[dict[str, object]]:
    box = Outbox(folder, keys.sealer(folder / keys.SEALING_KEY, may_make=False))
    found = []
    with contextlib.closing(box):
        while (letter := box.oldest()) is not None:
            found.append(json.loads(letter.body))
            box.handed_in(letter.sequence)
    return found


def test_what_was_told_to_be_kept_is_there_after_every_kill(tmp_path: Path) -> None:
    keys.make(tmp_path)
    told: list[str] = []
    for life in range(3):
        with running(tmp_path, NOBODY, life * 1000) as process:
            told += told_by(process, 2 + 3 * life)
            process.kill()
            told += rest_of(process)
    kept = kept_in(tmp_path)
    plates = [letter["plate"] for letter in kept]
    assert len(told) >= 12
    assert set(told) <= set(plates)
    assert len(plates) == len(set(plates))
    assert [letter["sequence"] for letter in kept] == list(range(1, len(kept) + 1))


def test_sigterm_ends_it_with_everything_that_was_seen_kept(tmp_path: Path) -> None:
    keys.make(tmp_path)
    with running(tmp_path, NOBODY, 0) as process:
        told = told_by(process, 3)
        process.terminate()
        told += rest_of(process)
        assert process.wait(timeout=60) == 0
    assert told[-1] == f"left {len(told) - 1}"
    assert [letter["plate"] for letter in kept_in(tmp_path)] == told[:-1]

"""What waits: on the disk at once, sealed, in order, bounded, gone when its time is over."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plateward.edge import keys
from plateward.edge.outbox import FILE, CannotKeep, Full, InUse, Outbox

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def saying(text: str) -> Callable[[int], bytes]:
    return lambda sequence: f"{sequence} {text}".encode()


def opened(folder: Path, **how: int) -> Outbox:
    seal = keys.sealer(folder / keys.SEALING_KEY, may_make=True)
    return Outbox(folder, seal, **how)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    box = opened(tmp_path)
    yield box
    box.close()


def test_the_oldest_goes_first_and_numbers_are_never_given_twice(tmp_path: Path) -> None:
    box = opened(tmp_path)
    for text in ("one", "two"):
        box.put(saying(text), captured_at=NOON)
    first = box.oldest()
    assert first is not None
    assert (first.sequence, first.body) == (1, b"1 one")
    for sequence in (1, 2):
        box.handed_in(sequence)
    assert box.oldest() is None
    box.close()
    again = opened(tmp_path)
    assert again.put(saying("three"), captured_at=NOON) == 3
    assert again.next_beat() == 1
    assert again.next_beat(above=40) == 41
    again.close()


def test_what_is_kept_cannot_be_read_from_the_disk(tmp_path: Path) -> None:
    box = opened(tmp_path)
    box.put(saying("TST4821"), captured_at=NOON)
    assert b"TST4821" not in (tmp_path / FILE).read_bytes()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    assert (tmp_path / keys.SEALING_KEY).stat().st_mode & 0o077 == 0
    box.close()


def test_letters_cannot_change_places_and_a_wrong_key_deletes_nothing(tmp_path: Path) -> None:
    box = opened(tmp_path)
    for text in ("one", "two"):
        box.put(saying(text), captured_at=NOON)
    box.close()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE letter SET sequence = -sequence")
        db.execute("UPDATE letter SET sequence = CASE sequence WHEN -1 THEN 2 ELSE 1 END")
    db.close()
    box = opened(tmp_path)
    with pytest.raises(CannotKeep, match="Nothing was deleted"):
        box.oldest()
    assert box.kept().letters == 2
    box.close()


def test_when_it_is_full_what_is_kept_stays_and_the_new_one_is_not_taken(tmp_path: Path) -> None:
    box = opened(tmp_path, most_bytes=100)
    box.put(saying("x" * 50), captured_at=NOON)
    with pytest.raises(Full):
        box.put(saying("y" * 50), captured_at=NOON)
    kept = box.kept()
    assert (kept.letters, kept.oldest) == (1, NOON)
    box.handed_in(1)
    assert box.kept().bytes == 0
    assert box.put(saying("y" * 50), captured_at=NOON) == 2
    box.close()


def test_what_is_past_its_time_goes_unsent_and_is_counted(box: Outbox) -> None:
    for hours in (30, 25, 1):
        box.put(saying("x"), captured_at=NOON - timedelta(hours=hours))
    assert box.expire(before=NOON - timedelta(hours=24)) == 2
    assert box.gone_unsent() == {"expired": 2}
    left = box.oldest()
    assert left is not None
    assert left.sequence == 3
    assert box.expire(before=NOON - timedelta(hours=24)) == 0


def test_what_is_deleted_leaves_the_disk(tmp_path: Path) -> None:
    box = opened(tmp_path)
    for _ in range(20):
        box.put(saying("x" * 50_000), captured_at=NOON)
    before = (tmp_path / FILE).stat().st_size
    box.expire(before=NOON + timedelta(hours=1))
    assert (tmp_path / FILE).stat().st_size < before / 10
    box.close()


def test_new_numbers_keep_the_order(box: Outbox) -> None:
    for text in ("one", "two"):
        box.put(saying(text), captured_at=NOON)
    box.renumber(900, lambda body, sequence: body + f" now {sequence}".encode())
    first = box.oldest()
    assert first is not None
    assert (first.sequence, first.body) == (901, b"1 one now 901")
    assert box.put(saying("three"), captured_at=NOON) == 903
    before = box.kept()
    box.renumber(5, lambda body, sequence: body)  # never below its own
    again = box.oldest()
    assert again is not None
    assert again.sequence == 904
    assert box.kept() == before


def test_two_agents_cannot_use_one_folder(box: Outbox, tmp_path: Path) -> None:
    with pytest.raises(InUse, match="Another agent"):
        opened(tmp_path)


def test_a_file_that_is_none_of_ours_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(CannotKeep, match="untouched"):
        opened(tmp_path)
    assert (tmp_path / FILE).read_bytes().startswith(b"not a database")


def test_how_long_reads_may_wait_is_known_after_a_restart(tmp_path: Path) -> None:
    box = opened(tmp_path)
    assert box.keep_for is None
    box.may_keep_for(timedelta(days=30))
    box.close()
    again = opened(tmp_path)
    assert again.keep_for == timedelta(days=30)
    again.close()

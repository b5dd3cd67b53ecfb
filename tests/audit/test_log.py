"""Append, and read what was appended."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from plateward.audit import checkpoints, keys, leaf, log, tree
from plateward.audit.body import Unloggable
from plateward.audit.models import Entry, Frontier, Sealed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def append(**said: Any) -> int:
    return log.append(**{"actor": "ana", "act": "reads:plate:search", "outcome": "admitted"} | said)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The machine's clock: its last item is now."""
    times = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: times[-1])
    return times


def recomputed() -> bytes:
    """The root from the rows themselves, hashed anew."""
    return tree.root([tree.leaf_hash(leaf.written(row)) for row in Entry.objects.all()])


def kept_root() -> bytes:
    frontier = Frontier.objects.get()
    hashes = bytes(frontier.hashes)
    return tree.frontier_root([hashes[at : at + 32] for at in range(0, len(hashes), 32)])


def test_an_entry_is_read_as_it_was_written(clock: list[datetime]) -> None:
    facts: dict[str, Any] = {"why": "é \U0001f697", "n": [1, None, {"a": True}], "big": 2**53 - 1}
    index = append(city="willard-mo", facts=facts, private={"plate": "AB12CDE"})
    assert log.entry(index) == log.Entry(
        index=0,
        at=NOON,
        actor="ana",
        act="reads:plate:search",
        outcome="admitted",
        city="willard-mo",
        facts=facts,
        private={"plate": "AB12CDE"},
    )


def test_indexes_have_no_gaps_and_the_root_is_right_at_every_size() -> None:
    for expected in range(20):
        assert append(facts={"n": expected}) == expected
        assert kept_root() == recomputed()


def test_there_is_no_entry_that_was_not_written() -> None:
    with pytest.raises(log.NoEntry, match="no entry 0"):
        log.entry(0)


def test_a_rolled_back_caller_takes_its_entry_along_and_leaves_no_gap() -> None:
    append()
    with transaction.atomic():
        assert append() == 1
        transaction.set_rollback(True)
    assert append(outcome="refused") == 1
    assert kept_root() == recomputed()


def test_an_unloggable_fact_writes_nothing_and_leaves_the_caller_s_transaction_whole() -> None:
    with transaction.atomic():
        with pytest.raises(Unloggable):
            append(facts={"confidence": 0.5})
        with pytest.raises(Unloggable):
            append(private={"plate": "A\x00B"})
        assert append() == 0
    assert log.count() == 1


def test_a_failed_append_that_is_swallowed_cannot_be_committed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log, "MOST_WITHOUT_KEY", 0)
    with transaction.atomic():
        with pytest.raises(log.NotSigned):
            append()
        with pytest.raises(transaction.TransactionManagementError):
            log.count()


def test_the_private_part_can_be_erased_and_the_proof_still_holds() -> None:
    index = append(private={"plate": "AB12CDE"})
    before = recomputed()
    Sealed.objects.filter(index=index).delete()
    assert log.entry(index).private is None
    assert recomputed() == before


def test_the_leaf_says_nothing_of_the_private_part() -> None:
    append(private={"plate": "AB12CDE"})
    append(private={"plate": "AB12CDE"})
    first, second = Entry.objects.all()
    assert b"AB12CDE" not in leaf.written(first)
    assert bytes(first.commitment or b"") != bytes(second.commitment or b"")


def test_latest_is_newest_first_by_city_and_actor() -> None:
    for number in range(4):
        append(city=["willard-mo", "odessa-mo"][number % 2], actor=["ana", "ben"][number // 2])
    assert [entry.index for entry in log.latest()] == [3, 2, 1, 0]
    assert [entry.index for entry in log.latest(1, city="willard-mo")] == [2]
    assert [entry.index for entry in log.latest(actor="ana")] == [1, 0]
    assert log.latest(city="willard-mo", actor="dee") == []


def test_counting_is_by_what_was_said_and_when(clock: list[datetime]) -> None:
    append(facts={"purpose": "stolen"}, city="willard-mo")
    clock.append(NOON + timedelta(hours=1))
    append(facts={"purpose": "missing"}, city="willard-mo")
    append(facts={"purpose": "stolen"}, outcome="refused")
    append(act="other", facts={})
    assert log.count() == 4
    assert log.count(act="reads:plate:search") == 3
    assert log.count(act="reads:plate:search", outcome="admitted", city="willard-mo") == 2
    assert log.count(since=NOON + timedelta(hours=1)) == 3
    assert log.count(until=NOON + timedelta(hours=1)) == 1
    assert log.count_by("purpose") == {"missing": 1, "stolen": 2}
    assert log.count_by("purpose", outcome="refused") == {"stolen": 1}
    assert log.count_by("purpose", act="other", city="willard-mo", since=NOON) == {}


def test_the_index_by_city_serves_the_latest_of_a_city() -> None:
    append(city="willard-mo")
    rows = Entry.objects.filter(city="willard-mo").order_by("-at", "-index")[:5]
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert "log_by_city" in rows.explain()


# --- clocks ---------------------------------------------------------------------------------------


def test_time_never_goes_back_and_the_entry_says_what_the_clock_said(
    clock: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    append()
    clock.append(NOON - timedelta(seconds=30))
    append()
    row = Entry.objects.get(index=1)
    assert (row.at, row.clock) == (NOON, clock[-1])
    assert caplog.records == []
    clock.append(NOON - timedelta(hours=3))
    append()
    assert log.entry(2).at == NOON
    assert "clock is 3:00:00 behind" in caplog.text
    clock.append(NOON + timedelta(seconds=1))
    append()
    row = Entry.objects.get(index=3)
    assert (row.at, row.clock) == (clock[-1], None)
    assert kept_root() == recomputed()


def test_no_entry_is_dated_before_a_checkpoint_that_precedes_it(clock: list[datetime]) -> None:
    append()
    checkpoints.sign_news(NOON + timedelta(minutes=5))
    clock.append(NOON + timedelta(minutes=1))
    append()
    assert log.entry(1).at == NOON + timedelta(minutes=5)


# --- the signing key ------------------------------------------------------------------------------


def test_every_hundred_entries_are_signed_without_a_worker() -> None:
    for _ in range(99):
        append()
    assert checkpoints.latest() is None
    append()
    signed = checkpoints.latest()
    assert signed is not None
    assert (signed.size, signed.root) == (100, recomputed())


def test_without_its_key_the_log_goes_on_for_a_while_and_loudly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    append()
    checkpoints.sign_news(NOON)
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(tmp_path / "lost"))
    monkeypatch.setattr(log, "MOST_WITHOUT_KEY", 103)
    caplog.set_level(logging.ERROR)
    for _ in range(103):
        append()
    assert "103 entries of the audit log are not signed" in caplog.text
    with (
        pytest.raises(log.NotSigned, match="Nothing that was accepted is lost"),
        transaction.atomic(),
    ):
        append()
    assert log.count() == 104
    monkeypatch.delenv("PLATEWARD_LOG_KEY_FILE")
    assert append() == 104  # signed first, now that the key is back
    signed = checkpoints.latest()
    assert signed is not None
    assert signed.size == 104


def test_a_lost_frontier_is_found_again_from_the_leaves(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        append()
    checkpoints.sign_news(NOON)
    append()
    Frontier.objects.all().delete()
    assert append() == 6
    assert kept_root() == recomputed()
    assert "found again from 6 leaves" in caplog.text
    assert Frontier.objects.get().signed == 5


# --- many writers ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_leave_no_gap_and_a_right_root() -> None:
    written: list[int] = []

    def write(number: int) -> None:
        try:
            for turn in range(25):
                with transaction.atomic(durable=True):
                    written.append(append(actor=str(number), facts={"turn": turn}))
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(written) == list(range(200))
    assert list(Entry.objects.values_list("index", flat=True)) == list(range(200))
    assert kept_root() == recomputed()
    for number in range(8):
        turns = [entry.facts["turn"] for entry in reversed(log.latest(actor=str(number)))]
        assert turns == list(range(25))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_writer_waits_for_the_transaction_that_holds_the_log() -> None:
    entered, done = threading.Event(), threading.Event()

    def second() -> None:
        entered.set()
        append(actor="ben")
        done.set()
        connections.close_all()

    with transaction.atomic():
        append(actor="ana")
        other = threading.Thread(target=second)
        other.start()
        entered.wait()
        assert not done.wait(0.2)
    other.join()
    assert [entry.actor for entry in log.latest()] == ["ben", "ana"]


def test_the_key_in_use_is_the_one_in_the_data_folder() -> None:
    append()
    signed = checkpoints.sign_news(NOON)
    assert signed is not None
    assert keys.key_file().stat().st_mode & 0o777 == 0o600
    assert keys.signer(last_vkey=None).vkey == signed.vkey

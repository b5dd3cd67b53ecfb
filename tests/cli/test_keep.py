"""Keeping house: expired reads go, the log is signed, a database that is away is waited for."""

import threading
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from django.db import OperationalError
from django.utils import timezone

from plateward.audit import checkpoints
from plateward.cli import keep
from plateward.intake.receive import receive
from plateward.reads.models import DayCount, Read
from tests import cast


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_one_round_deletes_what_is_due_and_signs_for_it() -> None:
    then = timezone.now() - timedelta(days=31)
    receive(cast.sighting(seen_at=then), received_at=then + timedelta(minutes=1))
    assert keep.round_once() == 1
    assert not Read.objects.exists()
    signed = checkpoints.latest()
    assert signed is not None
    assert keep.round_once() == 0


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, rounds = threading.Event(), []

    def one_round() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("away")
        stop.set()
        return 0

    monkeypatch.setattr(keep, "round_once", one_round)
    monkeypatch.setattr(keep, "PAUSE_SECONDS", 0)
    monkeypatch.setattr("plateward.cli.errands.beside", lambda now: None)
    monkeypatch.setattr("plateward.cli.posting.look_at_log", lambda now: None)
    keep.until(stop)
    assert len(rounds) == 2


def test_deletion_does_not_wait_for_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, done = threading.Event(), []

    def deletes() -> int:
        done.append("deletes")
        if len(done) == 3:
            stop.set()
        return 0

    monkeypatch.setattr(keep, "round_once", lambda: done.append("all"))
    monkeypatch.setattr(keep, "delete_once", deletes)
    monkeypatch.setattr(keep, "PAUSE_SECONDS", 0)
    monkeypatch.setattr("plateward.cli.errands.beside", lambda now: None)
    monkeypatch.setattr("plateward.cli.posting.look_at_log", lambda now: None)
    keep.until(stop)
    assert done == ["all", "deletes", "deletes"]


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_a_days_counts_are_added_up_an_hour_after_it_and_not_a_day_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(2):
        receive(cast.sighting())
    (day,) = set(DayCount.objects.values_list("day", flat=True))
    assert DayCount.objects.count() == 2
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    for minutes, rows in ((1, 2), (61, 1)):
        now = midnight + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", partial(datetime.fromisoformat, now.isoformat()))
        monkeypatch.setattr("plateward.custody.clock_guard.jumped", lambda: True)
        keep.round_once()
        assert DayCount.objects.count() == rows

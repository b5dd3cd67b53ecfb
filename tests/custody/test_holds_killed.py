"""A process killed at any statement of making a hold: it is there whole, or not at all."""

import os
import signal
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from plateward.custody import documents, holds_keeper
from plateward.custody.holds import Scope
from plateward.custody.holds_models import HeldRead, Hold
from plateward.people.models import Person
from plateward.policy.vocabulary import Act
from plateward.reads import counts
from tests import cast
from tests.custody import test_holds as story

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("cameras"),
]
TIMES, READS = 20, 6


class Statements:
    """Counts what is sent to the database, and ends the process before or after the one named."""

    def __init__(self, last: int | None = None, *, sent: bool = False) -> None:
        self.count, self.last, self.sent = 0, last, sent

    def __call__(self, execute: Callable[..., Any], *told: Any) -> Any:
        self.count += 1
        ends = self.count == self.last
        if ends and not self.sent:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(*told)
        if ends:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def make(reads: tuple[int, ...], ana: Person, cy: Person, counted: Statements) -> int:
    with connection.execute_wrapper(counted):
        number = story.ask(Scope("reads", reads), ana)
        story.approve(number, cy)
    return number


def killed(reads: tuple[int, ...], ana: Person, cy: Person, at: Statements) -> None:
    """In a process of its own, with a connection of its own."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            make(reads, ana, cy, at)
        finally:
            os._exit(7)  # nothing of this run's own may be tidied up here
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was done before it was killed"
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_killed_twenty_times_it_holds_everything_or_nothing_and_loses_nothing() -> None:
    ana, cy = cast.enrolled("ana"), cast.enrolled("cy")
    reads = tuple(story.seen(1, f"TST{number}") for number in range(READS))
    counted = Statements()
    make(reads, ana, cy, counted)
    chance, whole, there = Random(6), 1, 1  # noqa: S311 - where to kill, not a secret
    for _ in range(TIMES):
        at = Statements(chance.randint(1, counted.count), sent=chance.random() < 0.5)
        killed(reads, ana, cy, at)
        rows = Hold.objects.order_by("pk")
        states = {row.approved for row in rows}
        assert states <= {True, None}
        for row in rows:
            held = HeldRead.objects.filter(hold=row).count()
            assert held == (READS if row.approved else 0), row
            paper = documents.take(row.document_id, permit=story.permit(Act.HOLDS_APPROVE))
            assert paper.data == story.PDF
        now_whole, now_there = rows.filter(approved=True).count(), rows.count()
        assert now_whole >= whole, "one that was there is gone"
        assert now_there >= there
        whole, there = now_whole, now_there
    for row in Hold.objects.filter(approved=None):
        assert story.approve(row.pk, cy) == READS
    holds_keeper.keep(now=timezone.now(), of_case=story.no_case)
    made = Hold.objects.count()
    assert holds_keeper.damaged(cast.WILLARD) == (made * READS, ())
    assert 1 < made <= TIMES + 1, "some were killed early, and some late"
    assert all(counts.city_of(read) == cast.WILLARD for read in reads)

"""A sweep killed at any statement: nothing that lives is lost, nothing over is seen, the next one
ends what was begun, and the certificates add up."""

import os
import signal
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection, connections
from django.utils import timezone

from plateward.audit import log
from plateward.audit.log import Filter
from plateward.custody import retention
from plateward.gate.permit import Permit
from plateward.intake.receive import receive
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import losses, search
from plateward.reads.query import Query
from tests import cast
from tests.custody.test_holds_killed import Statements

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("cameras"),
]
TIMES = 20
# Over for days: their shelves are dropped; over for minutes: row by row. The last one lives.
AGES = (33.0, 32.2, 30.01, 30.005, 29.0)


def seen(round_: int, now: datetime) -> None:
    for number, days in enumerate(AGES):
        at = now - timedelta(days=days)
        receive(cast.sighting(f"TST{round_:02}{number}", seen_at=at), received_at=at)


def visible() -> list[str]:
    permit = Permit("WPD-014", Act.READS_SEARCH, {cast.WILLARD: 0}, Reason(purpose="test"))
    return sorted(
        str(each.plate) for each in search.find(Query.parse(plate="TST*"), permit=permit).found
    )


def killed(at: Statements, now: datetime) -> bool:
    """Sweep in a process of its own; whether it was killed before it was done."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            with connection.execute_wrapper(at):
                retention.sweep(now=now)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGKILL
    return os.WIFSIGNALED(status)


def test_killed_twenty_times_nothing_living_is_lost_and_nothing_over_is_left() -> None:
    chance, early = Random(6), 0  # noqa: S311 - where to kill, not a secret
    now = timezone.now()
    living: list[str] = []
    for round_ in (0, 1):  # the first also makes room for days to come
        seen(round_, now)
        living.append(f"TST{round_:02}{len(AGES) - 1}")
        counted = Statements()
        with connection.execute_wrapper(counted):
            retention.sweep(now=now)
    for round_ in range(2, TIMES + 2):
        seen(round_, now)
        living.append(f"TST{round_:02}{len(AGES) - 1}")
        at = Statements(chance.randint(1, counted.count), sent=chance.random() < 0.5)
        early += killed(at, now)
        assert visible() == living
    retention.sweep(now=now)
    assert visible() == living
    assert early > TIMES / 2, "most were done before they were killed"
    assert not losses.of(cast.WILLARD, now=now).any
    found = log.find(Filter(city=cast.WILLARD, act=Act.READS_PURGED, outcome="done"), limit=500)
    told = sum(int(str(each.facts["reads"])) for each in found)
    assert told == (TIMES + 2) * (len(AGES) - 1)

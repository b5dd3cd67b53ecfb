"""The database itself refuses to change, lose or skip an entry."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from plateward.audit import checkpoints, log

pytestmark = pytest.mark.django_db


@pytest.fixture
def sql() -> Callable[[str], None]:
    """A log of two signed entries, and someone at its database."""
    for _ in range(2):
        log.append(actor="ana", act="reads:plate:search", outcome="admitted")
    checkpoints.sign_news(timezone.now())

    def execute(statement: str) -> None:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(statement)

    return execute


@pytest.mark.parametrize("table", ["audit_entry", "audit_checkpoint"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET at = now()",
        "UPDATE {} SET at = at WHERE false",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "TRUNCATE {} CASCADE",
    ],
)
def test_nothing_is_changed_or_lost(sql: Callable[[str], None], table: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        sql(statement.format(table))
    assert log.count() == 2
    assert checkpoints.latest() is not None


INSERT = (
    "INSERT INTO audit_entry (index, at, actor, act, outcome, facts, leaf) "
    "VALUES ({index}, {at}, 'x', 'x', 'x', '{{}}', '{leaf}')"
)
LEAF = "\\x" + "00" * 32


@pytest.mark.parametrize("index", [-1, 0, 1, 3, 99])
def test_no_entry_is_inserted_but_the_next(sql: Callable[[str], None], index: int) -> None:
    with pytest.raises(IntegrityError, match="no gaps"):
        sql(INSERT.format(index=index, at="now()", leaf=LEAF))


def test_no_entry_is_dated_before_the_last(sql: Callable[[str], None]) -> None:
    with pytest.raises(IntegrityError, match="back in time"):
        sql(INSERT.format(index=2, at="now() - interval '1 day'", leaf=LEAF))


def test_a_leaf_is_a_sha256(sql: Callable[[str], None]) -> None:
    with pytest.raises(IntegrityError, match="leaf_is_a_sha256"):
        sql(INSERT.format(index=2, at="now() + interval '1 day'", leaf="\\x00"))


def test_there_is_one_frontier(sql: Callable[[str], None]) -> None:
    with pytest.raises(IntegrityError, match="one_frontier"):
        sql(
            "INSERT INTO audit_frontier "
            "SELECT 2, size, hashes, reached_at, signed FROM audit_frontier"
        )

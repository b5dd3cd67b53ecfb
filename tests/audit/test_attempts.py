"""Whoever tries to change the log is refused, and the attempt itself is in the log afterwards."""

import contextlib

import pytest
from django.db import IntegrityError, connections, transaction

from plateward.audit import attempts, log
from tests.audit.conftest import forget_refusals

pytestmark = pytest.mark.django_db

INSERT = (
    "INSERT INTO audit_entry SELECT 7, at, clock, actor, act, outcome, city, facts, commitment, "
    "leaf, version FROM audit_entry"
)


def attempt(statement: str) -> None:
    with (
        contextlib.suppress(IntegrityError),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


def some_entry() -> None:
    log.append(actor="ana", act="reads:plate:search", outcome="admitted")


def test_nothing_tried_is_nothing_said() -> None:
    some_entry()
    assert attempts.report() is None
    assert log.count() == 1


@pytest.mark.parametrize(
    ("statement", "operation", "table"),
    [
        ("UPDATE audit_entry SET actor = 'eve'", "update", "audit_entry"),
        ("DELETE FROM audit_entry WHERE index = 0", "delete", "audit_entry"),
        ("TRUNCATE audit_entry", "truncate", "audit_entry"),
        ("DELETE FROM audit_checkpoint", "delete", "audit_checkpoint"),
        ("DELETE FROM audit_cosignature", "delete", "audit_cosignature"),
        (INSERT, "insert", "audit_entry"),
    ],
)
def test_an_attempt_that_was_rolled_back_is_in_the_log(
    statement: str, operation: str, table: str
) -> None:
    some_entry()
    attempt(statement)
    attempt(statement)
    index = attempts.report()
    assert index == 1
    said = log.entry(index)
    assert (said.act, said.outcome) == ("audit:log:change", "refused")
    assert said.facts["refused"] == {operation: 2}
    assert said.facts["last_table"] == table
    assert said.facts["set_back"] is False
    assert said.actor == f"database:{connections['default'].settings_dict['USER'] or _account()}"
    assert attempts.report() is None


def _account() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT session_user")
        return str(cursor.fetchone()[0])


def test_only_what_is_new_is_said_the_next_time() -> None:
    some_entry()
    attempt("DELETE FROM audit_entry")
    attempts.report()
    attempt("DELETE FROM audit_entry")
    attempt("UPDATE audit_entry SET act = ''")
    index = attempts.report()
    assert index is not None
    assert log.entry(index).facts["refused"] == {"delete": 1, "update": 1}


def test_a_count_that_was_set_back_by_hand_is_said_too() -> None:
    some_entry()
    attempt("DELETE FROM audit_entry")
    attempts.report()
    forget_refusals()
    index = attempts.report()
    assert index is not None
    assert log.entry(index).facts["set_back"] is True


def test_an_account_without_any_right_to_the_marks_leaves_one_too() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT prosecdef, proconfig FROM pg_proc WHERE proname = 'plateward_log_marks'"
        )
        assert cursor.fetchone() == (True, ["search_path=pg_catalog, pg_temp"])

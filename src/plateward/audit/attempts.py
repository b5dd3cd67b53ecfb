"""Attempts to change the log: the database refuses them, and here they become entries.

The marks they leave are sequences, which no rollback takes back. Not seen: whoever owns the
database and switches the triggers off first. Checkpoints show what that did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connections, transaction

from plateward.audit import frontier, log
from plateward.audit.body import Fact, written_time
from plateward.audit.models import Entry

ACT: Final = "audit:log:change"
OPERATIONS: Final = ("insert", "update", "delete", "truncate")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS: Final = """
SELECT (SELECT last_value + is_called::int FROM audit_refused_insert),
       (SELECT last_value + is_called::int FROM audit_refused_update),
       (SELECT last_value + is_called::int FROM audit_refused_delete),
       (SELECT last_value + is_called::int FROM audit_refused_truncate),
       (SELECT last_value FROM audit_refused_at),
       COALESCE((SELECT relname FROM pg_class
                 WHERE oid = (SELECT last_value FROM audit_refused_table)::oid), ''),
       COALESCE((SELECT rolname FROM pg_roles
                 WHERE oid = (SELECT last_value FROM audit_refused_account)::oid), '')
"""


@dataclass(frozen=True, slots=True)
class Marks:
    """How often each operation was refused, ever; and of the last one when, where and who."""

    refused: Mapping[str, int]
    at: datetime
    table: str
    account: str


def report() -> int | None:
    """Write an entry if anything was refused since the last one; return its index.

    Cheap to call every few seconds.
    """
    if marks().refused == _reported():
        return None
    with transaction.atomic(), frontier.held():
        # Under the lock that orders all entries: another process may just have said it.
        found, before = marks(), _reported()
        return None if found.refused == before else _report(found, before)


def marks() -> Marks:
    with connections["default"].cursor() as cursor:
        cursor.execute(_MARKS)
        *counts, at, table, account = cursor.fetchone()
    counted = dict(zip(OPERATIONS, counts, strict=True))
    return Marks(counted, _EPOCH + timedelta(microseconds=at), table, account)


def _reported() -> dict[str, int]:
    last = Entry.objects.filter(act=ACT).order_by("-at", "-index").first()
    said = last.facts["ever"] if last is not None else {}
    return {operation: int(said.get(operation, 0)) for operation in OPERATIONS}


def _report(found: Marks, before: Mapping[str, int]) -> int:
    since: dict[str, Fact] = {
        operation: times - before[operation]
        for operation, times in found.refused.items()
        if times != before[operation]
    }
    # A count that went down was set back by hand, or the database is an older copy.
    set_back = any(found.refused[operation] < before[operation] for operation in OPERATIONS)
    facts: dict[str, Fact] = {
        "refused": since,
        "ever": dict(found.refused),
        "last_at": written_time(found.at),
        "last_table": found.table,
        "set_back": set_back,
    }
    actor = f"database:{found.account}"
    return log.append(actor=actor, act=ACT, outcome="refused", facts=facts)

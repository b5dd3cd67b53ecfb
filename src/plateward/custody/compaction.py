"""Leave no deleted byte behind in the database's files: PostgreSQL only marks a row as deleted.

Reads need none of this, because what is left of them is sealed under keys that are gone. It is for
what stands in clear by design: hotlist entries, requests, the private part of the log.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import ProgrammingError, connections
from psycopg import errors, sql

from plateward.audit import log

COMPACTED: Final = "custody:store:compact"
_TABLES: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND NOT relispartition
ORDER BY pg_table_size(oid), relname
"""
# What the planner knows of columns: their most frequent values, and some of the others.
_STATISTICS: Final = sql.Identifier("pg_catalog", "pg_statistic")


class NotLetGo(RuntimeError):
    """The tables are written anew, but the write-ahead log still holds what was deleted."""


def compact(*, by: str, watch: Callable[[int], None] = lambda _: None) -> int:
    """Write every table anew without what was deleted, then let the write-ahead log go.

    How many tables. Each is closed to everybody while it is written; `watch` is told of each. What
    was erased in the log before this is erased on the disk after it. Raises NotLetGo.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            _rewrite(cursor, sql.Identifier(name))
            watch(1)
        _rewrite(cursor, _STATISTICS)
        log.append(actor=by, act=COMPACTED, outcome="done", facts={"tables": len(names)})
        _let_go(cursor)
    return len(names)


def _rewrite(cursor: Any, table: sql.Identifier) -> None:
    cursor.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(table))


def _let_go(cursor: Any) -> None:
    """A new segment, then a checkpoint: everything before is removed."""
    try:
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("CHECKPOINT")
    except ProgrammingError as refused:
        if not isinstance(refused.__cause__, errors.InsufficientPrivilege):
            raise
        raise NotLetGo(
            "Every table was written anew, but this account may not let the server's write-ahead "
            "log go, which holds what was deleted until it is overwritten. Have whoever runs the "
            "server call: SELECT pg_switch_wal(); CHECKPOINT; and look that nothing archives it."
        ) from refused

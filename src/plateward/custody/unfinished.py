"""A house into which a backup is being restored: closed to everybody until that is done.

A table of its own says so, because it must be seen before any other table is there.
"""

from typing import Any, Final

from django.db import connections, transaction

from plateward.audit import writable

_TABLE: Final = "plateward_restoring"
_OURS = """
SELECT format('DROP %s IF EXISTS %I CASCADE',
              CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relname)
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
AND NOT relispartition AND NOT EXISTS (  -- a column's own sequence goes with its table
    SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
    AND (deptype = 'e' OR relkind = 'S' AND deptype IN ('a', 'i')))
UNION ALL
SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class NotEmpty(RuntimeError):
    """A backup cannot be restored into this house; the message says why and what to do."""


def is_restoring() -> bool:
    """Did a restore begin here that has not ended?"""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_TABLE])
        return bool(cursor.fetchone()[0])


def begin() -> None:
    """Close the house, and take away the tables that are there without anything in them.

    Raises NotEmpty where the log has an entry, where the database is another program's, or where
    somebody is connected to it.
    """
    with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
        _check(cursor)
        cursor.execute(_OURS)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(f"CREATE TABLE {_TABLE} (began_at timestamptz DEFAULT now())")


def end() -> None:
    """Open the house."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_TABLE}")


def check_empty() -> None:
    """Raise NotEmpty."""
    with connections["default"].cursor() as cursor:
        _check(cursor)


def _check(cursor: Any) -> None:
    """The log alone tells: nothing is done in a house that is not an entry in it."""
    cursor.execute(_OTHERS)
    if others := cursor.fetchone()[0]:
        raise NotEmpty(
            f"{others} other connections to the database are open: Plateward may be running. "
            "Nothing was changed. Stop it, then run this again."
        )
    if is_restoring():
        return
    if others := _strangers(none_is_ours=(entries := writable.entries()) is None):
        raise NotEmpty(
            f"The database that DATABASE_URL names holds tables of something else, such as "
            f"{others[0]}. Nothing was changed. Make an empty database and name that."
        )
    if entries:
        raise NotEmpty(
            f"This house is not empty: its log has {entries} entries, and a restore would throw "
            "them away. Nothing was changed. Restore into another folder (PLATEWARD_HOME) or "
            "another database (DATABASE_URL)."
        )


def _strangers(*, none_is_ours: bool) -> list[str]:
    """Tables that no room of ours would have made, by the first part of their names."""
    look = connections["default"].introspection
    rooms = {name.partition("_")[0] for name in look.django_table_names()}
    return [
        name for name in look.table_names() if none_is_ours or name.partition("_")[0] not in rooms
    ]

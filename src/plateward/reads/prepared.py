"""Statements over all shelves, under a plan that PostgreSQL keeps.

To plan over hundreds of shelves takes ten times the finding. They are left aside when the statement
runs.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql


def rows(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What it finds, told in binary: times and bytes are then not written out and parsed again.

    Django's own cursors bind values themselves, so nothing else on this connection is ever
    prepared.
    """
    django = connections["default"]
    django.ensure_connection()
    connection = django.connection
    if connection.prepare_threshold is None:
        # To compile a plan over hundreds of shelves takes a hundred times what it saves.
        connection.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
        connection.prepare_threshold = 0
    with psycopg.Cursor(connection) as cursor:
        cursor.execute(text.encode(), values, prepare=True, binary=True)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def named(city: str) -> str:
    """A city as it stands in such a text: the plan that is kept is then of its shelves alone."""
    return sql.Literal(city).as_string().replace("%", "%%")


@cache
def is_cluster() -> bool:
    """Citus takes no newest few of each of a list: it asks its parts side by side instead."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')")
        return bool(cursor.fetchone()[0])

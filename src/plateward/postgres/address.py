"""Where the database is: the address a city names, or that of the embedded server."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.core import checks
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

ROLE = DATABASE = "plateward"
OLDEST_SUPPORTED = 16
LONGEST_SOCKET_FOLDER = 85  # bytes; the kernel takes 107 with the socket's own name and its lock


class WrongDatabase(ValueError):
    """DATABASE_URL does not name a PostgreSQL database."""


def address(home: Path) -> str:
    """The address of the embedded server under `home`, running or not."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_folder(home)), safe='')}"


def django_database(home: Path, url: str | None) -> dict[str, Any]:
    """The value of DATABASES["default"]: the database that `url` names, else the embedded one."""
    named = _parse(url or address(home))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named.pop("dbname"),
        "USER": named.pop("user", ""),
        "PASSWORD": named.pop("password", ""),
        "HOST": named.pop("host", ""),
        "PORT": named.pop("port", ""),
        "OPTIONS": {"connect_timeout": 5, **named},
    }


@checks.register(checks.Tags.database)
def refuse_old_server(*, databases: Sequence[str] | None = None, **_: object) -> list[checks.Error]:
    """A system check: the PostgreSQL behind each database is new enough."""
    from django.db.backends.postgresql.base import DatabaseWrapper  # imports settings

    asked = [connections[alias] for alias in databases or ()]
    found = [c.pg_version // 10000 for c in asked if isinstance(c, DatabaseWrapper)]
    return [
        checks.Error(
            f"DATABASE_URL names PostgreSQL {version}; {OLDEST_SUPPORTED} or newer is needed.",
            hint="Name a newer server in DATABASE_URL, or unset it to use the built-in one.",
            id="plateward.E010",
        )
        for version in found
        if version < OLDEST_SUPPORTED
    ]


def _parse(url: str) -> dict[str, Any]:
    scheme, colon, _ = url.partition("://")
    if not colon or scheme not in {"postgres", "postgresql"}:
        named = f"'{scheme}'" if colon else "no kind of database"
        raise WrongDatabase(
            f"DATABASE_URL names {named}; Plateward keeps its records in PostgreSQL only. "
            "Write postgres://USER:PASSWORD@HOST:5432/NAME, or unset DATABASE_URL to use the "
            "PostgreSQL that is built in."
        )
    try:
        named_parts = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # The driver's own words repeat parts of the address, the password among them.
        raise WrongDatabase(
            "DATABASE_URL could not be read. Write postgres://USER:PASSWORD@HOST:5432/NAME, with "
            "%-codes for any of : / @ ? # in the password, and only options that libpq knows "
            "(such as ?sslmode=verify-full)."
        ) from None
    if not named_parts.get("dbname"):
        raise WrongDatabase("DATABASE_URL names no database: end it with /NAME.")
    return named_parts


def socket_folder(home: Path) -> Path:
    """Beside the data; where that path is too long for a socket, a short one made from its hash."""
    folder = home.resolve() / "postgres" / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    # Not $TMPDIR: every process must find the same place.
    return Path("/tmp") / f"plateward-{sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108

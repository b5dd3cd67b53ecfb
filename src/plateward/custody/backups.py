"""Make a backup of the whole house: one sealed folder, whole or not there at all.

The reads in it are sealed under keys of minutes, which are never in it; everything else that holds
a plate is not, so the whole is sealed again, under a key that is destroyed when its time is over.
"""

import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connections, transaction

from plateward import __version__
from plateward.audit import checkpoints, keys, log
from plateward.audit.body import Fact
from plateward.custody import archive, drafts, manifest
from plateward.custody.manifest import Manifest
from plateward.policy import in_force
from plateward.postgres import tools
from plateward.reads import keyring

MADE: Final = "custody:backup:make"
ENDED: Final = "custody:backup:end"
HOUSE: Final = "house"
USUAL_DAYS: Final = 7
_PREFIX: Final = "backup-"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_LOCK_PATIENCE: Final = "60s"


class NotMade(RuntimeError):
    """No backup was made; the message says why and what to do. Nothing was left half done."""


@dataclass(frozen=True, slots=True)
class _View:
    """What the database holds at one moment, which the dump is made of too."""

    snapshot: str
    server: int
    migrations: dict[str, str]
    entries: int
    checkpoint: str
    vkey: str


def longest_days() -> int:
    """No backup opens longer than the shortest time for which a city keeps its reads."""
    found = []
    for city in in_force.cities():
        try:
            found.append(in_force.profile(city).retention.period.fewest_days)
        except in_force.NoPolicy:
            continue
    return min(found, default=USUAL_DAYS)


def make(
    to: Path, *, days: int, by: str, now: datetime, watch: Callable[[int], None] = lambda _: None
) -> Manifest:
    """Write a backup to the folder `to`, which must not be there. `watch` is told how many bytes
    more were written.

    Logged before it begins and when it is whole. Raises NotMade.
    """
    _check_days(days)
    until = (now + timedelta(days=days)).replace(microsecond=0)
    name = f"{_PREFIX}{until.astimezone(UTC):{_STAMP}}-{secrets.token_hex(4)}"
    try:
        with drafts.begun(to) as draft:
            _log(by, "begun", {"backup": name, "opens_until": until.isoformat()})
            _sign(now)
            made = _write(draft, name, (now, until), watch)
    except (drafts.NotWritten, tools.NoTool) as error:
        keyring.destroy_named(HOUSE, name)
        raise NotMade(str(error)) from error
    except BaseException:
        keyring.destroy_named(HOUSE, name)  # what is left of it must not open
        raise
    facts: dict[str, Fact] = {"backup": name, "entries": made.entries, "sha256": made.sha256}
    _log(by, "made", {**facts, "bytes": made.size})
    return made


def end_due(*, now: datetime) -> int:
    """Destroy the keys of the backups whose time is over; how many. Each is logged first."""
    over = [name for name in keyring.names(HOUSE) if _is_over(name, now)]
    for name in over:
        _log("house", "key destroyed", {"backup": name}, act=ENDED)
        keyring.destroy_named(HOUSE, name)
    return len(over)


def ends(name: str) -> datetime | None:
    """When the key of that name goes; None for what is no key of a backup."""
    try:
        stamp = name.removeprefix(_PREFIX).partition("-")[0]
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_over(name: str, now: datetime) -> bool:
    until = ends(name) if name.startswith(_PREFIX) else None
    return until is not None and until <= now


def _check_days(days: int) -> None:
    longest = longest_days()
    if not 1 <= days <= longest:
        raise NotMade(
            f"A backup may be opened for 1 to {longest} days here, the shortest time for which a "
            f"city keeps its reads; {days} was asked. Nothing was written. Choose fewer days."
        )


def _write(
    draft: Path, name: str, times: tuple[datetime, datetime], watch: Callable[[int], None]
) -> Manifest:
    made_at, until = times
    with _view() as view:
        told = Manifest(
            format=manifest.FORMAT,
            key=name,
            version=__version__,
            made_at=made_at,
            opens_until=until,
            server=view.server,
            migrations=view.migrations,
            cities=tuple(sorted(in_force.cities())),
            entries=view.entries,
            checkpoint=view.checkpoint,
            vkey=view.vkey,
            keys=manifest.marks(),
        )
        size, digest = _dump(draft / manifest.SEALED, told, view.snapshot, watch)
    whole = replace(told, size=size, sha256=digest)
    drafts.store(draft / manifest.MANIFEST, [whole.written()])
    return whole


@contextmanager
def _view() -> Iterator[_View]:
    """One moment of the database, for us and for the program that writes it out."""
    with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')")
        snapshot, version = cursor.fetchone()
        _check_one_server(cursor)
        # By number: of two of one room the later has the greater.
        cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
        migrations = dict(cursor.fetchall())
        last = checkpoints.latest()
        yield _View(
            snapshot,
            int(version) // 10000,
            migrations,
            log.count(),
            "" if last is None else last.note,
            "" if last is None else last.vkey,
        )


def _check_one_server(cursor: Any) -> None:
    cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
    if cursor.fetchone() != (0,):
        raise NotMade(
            "This database is a Citus cluster, and what lies on its workers would not be in the "
            "backup. Nothing was written. Back the cluster up with its own tools, keep those "
            "copies no longer than the shortest time for which a city keeps its reads, and leave "
            "the key folder out of them."
        )


def _dump(
    path: Path, told: Manifest, snapshot: str, watch: Callable[[int], None]
) -> tuple[int, str]:
    """Size in bytes and SHA-256 of what was written. In clear it is in a pipe alone."""
    command = [str(tools.dumper(told.server)), "--format=custom", "--compress=1", "--no-owner"]
    command += [
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--lock-wait-timeout={_LOCK_PATIENCE}",
    ]
    reach = tools.environment(connections["default"].get_connection_params())
    with tempfile.TemporaryFile("w+") as said:
        program = subprocess.Popen(  # noqa: S603 -- its path is one that we found
            command, env=reach, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        )
        with program:
            assert program.stdout  # noqa: S101 -- asked for just above
            key = keyring.named(HOUSE, told.key)
            try:
                pieces = archive.sealed(program.stdout, key, about=told.about())
                written = drafts.store(path, pieces, watch)
            except BaseException:
                program.kill()
                raise
        if program.returncode:
            raise NotMade(
                f"The database could not be written out: {tools.complaint(said)}. "
                "No backup was made. Put right what it names, then run this again."
            )
    return written


def _sign(now: datetime) -> None:
    """So that what the backup holds of the log is proven to its end, where it can be signed."""
    try:
        checkpoints.sign_news(now)
    except keys.CannotSign:
        return  # the manifest says how far it is signed


def _log(by: str, outcome: str, facts: Mapping[str, Fact], *, act: str = MADE) -> None:
    log.append(actor=by, act=act, outcome=outcome, facts=facts)

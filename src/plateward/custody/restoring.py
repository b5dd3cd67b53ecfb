"""Put a backup back into an empty house, so that nothing in it is seen that has expired since."""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from plateward import __version__
from plateward.audit import checkpoints, clock, keys, log
from plateward.audit.verify.canonical import Malformed
from plateward.audit.verify.notes import Key
from plateward.custody import archive, backups, manifest, retention, unfinished
from plateward.custody.manifest import Manifest
from plateward.people import sessions
from plateward.postgres import tools
from plateward.reads import keyring

RESTORED: Final = "custody:backup:restore"
_READ_AT_ONCE: Final = 1024 * 1024
Watch = Callable[[int], None]


class NotRestored(RuntimeError):
    """The backup is not in the house, or does not open; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`lost`: the first and last entry that a kept checkpoint knows and the backup does not.

    `expired`: reads whose time was over meanwhile, deleted before anyone could look.
    """

    manifest: Manifest
    entry: int
    lost: tuple[int, int] | None
    expired: int
    other_keys: tuple[str, ...]


def check(folder: Path, *, now: datetime, watch: Watch = lambda _: None) -> Manifest:
    """Read a whole backup without restoring it: every byte as it was written, and it opens here.

    Raises NotRestored and manifest.NotABackup. `watch` is told how many bytes more were read.
    """
    told = manifest.read(folder)
    key = _ready(folder, told, now)
    _pour(folder, told, key, _Into([str(tools.reader()), "--file=-"], tools.environment({}), watch))
    return told


def restore(
    folder: Path, *, kept: Sequence[str], by: str, now: datetime, watch: Watch = lambda _: None
) -> Restored:
    """Everything or nothing. `kept`: checkpoints that somebody kept, as signed notes.

    The house must be empty, its log without an entry; it opens for others when this returns.
    Raises NotRestored and manifest.NotABackup.
    """
    told = manifest.read(folder)
    seen = [_size_of(note, told) for note in kept]
    key = _ready(folder, told, now)
    server = _server()
    if server < told.server:
        raise NotRestored(
            f"The backup is of PostgreSQL {told.server} and this server is {server}, which may not "
            "understand it. Nothing was changed. Restore into that version or a newer one."
        )
    unfinished.begin()
    command = [str(tools.restorer(server)), "--single-transaction", "--exit-on-error"]
    command += ["--no-owner", "--no-privileges", "--no-comments"]
    reach = tools.environment(connections["default"].get_connection_params())
    into = f"--dbname={reach['PGDATABASE']}"
    try:
        _pour(folder, told, key, _Into([*command, into], reach, watch))
    except BaseException:
        unfinished.end()  # nothing of it is there: one transaction took it all, or none
        raise
    call_command("migrate", verbosity=0)
    return _opened(told, seen, by, now)


def _opened(told: Manifest, seen: list[int], by: str, now: datetime) -> Restored:
    """What comes between the last row and the first look."""
    if doubt := clock.doubt():
        raise NotRestored(
            f"{doubt.why} What has expired could not be told, so nothing is shown. The house stays "
            f"closed. {doubt.do_next} Then run this again."
        )
    lost = (told.entries, max(seen) - 1) if seen and max(seen) > told.entries else None
    entry = log.append(
        actor=by,
        act=RESTORED,
        outcome="restored",
        facts={
            "backup": told.key,
            "made_at": told.made_at.isoformat(),
            "entries": told.entries,
            "not_in_it_from": told.entries,
            "not_in_it_to": lost[1] if lost else None,
            "told_by": "a kept checkpoint" if seen else "nobody",
        },
    )
    sessions.close_everybodys(by=by)
    expired = retention.sweep(now=now)
    backups.end_due(now=now)
    with suppress(keys.CannotSign):  # said among `other_keys`
        checkpoints.sign_news(now)
    unfinished.end()
    return Restored(told, entry, lost, expired, tuple(manifest.lost(told)))


def _ready(folder: Path, told: Manifest, now: datetime) -> bytes:
    """The backup's key, once its bytes are known to be those that were written."""
    _understood(told)
    _same_bytes(folder, told)
    if told.keys.get(manifest.PICTURE_KEY) != manifest.marks()[manifest.PICTURE_KEY]:
        raise NotRestored(
            f"This backup of {_at(told.made_at)} was made under another picture key than this "
            "house has, so neither it nor any read in it opens here. Nothing was changed. Put the "
            "copy of its keys back first: plateward restore --keys COPY"
        )
    try:
        return keyring.kept_named(backups.HOUSE, told.key)
    except keyring.Gone as gone:
        raise NotRestored(_without_its_key(told, now)) from gone


def _understood(told: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations
    if newer := [app for app, name in told.migrations.items() if (app, name) not in known]:
        raise NotRestored(
            f"The backup was made by Plateward {told.version}, whose tables of "
            f"{', '.join(sorted(newer))} this version ({__version__}) does not know. Nothing was "
            "changed. Install that version or a newer one."
        )


def _without_its_key(told: Manifest, now: datetime) -> str:
    if told.opens_until <= now:
        return (
            f"This backup could be opened until {_at(told.opens_until)}. Its key was destroyed "
            "then, as what it held was to be gone. Nobody can open it any more. Nothing was "
            "changed. Delete it, and take a younger one."
        )
    return (
        f"The key of this backup is not in this house's key folder; without it nothing in it "
        f"opens. It can be opened until {_at(told.opens_until)}. Nothing was changed. Put the copy "
        "of the keys back first, made together with the backup or later: "
        "plateward restore --keys COPY"
    )


def _same_bytes(folder: Path, told: Manifest) -> None:
    digest = sha256()
    try:
        with (folder / manifest.SEALED).open("rb") as file:
            while piece := file.read(_READ_AT_ONCE):
                digest.update(piece)
    except OSError as error:
        raise NotRestored(
            f"{folder / manifest.SEALED} cannot be read ({error.strerror}). Nothing was changed. "
            "Take another copy of the backup."
        ) from error
    if digest.hexdigest() != told.sha256:
        raise NotRestored(
            f"{folder / manifest.SEALED} is not as it was written: its SHA-256 is another than the "
            "manifest's. Nothing was changed. Take another copy of the backup."
        )


@dataclass(frozen=True, slots=True)
class _Into:
    """The program that takes what was sealed, and who is told how far it is."""

    command: list[str]
    environment: dict[str, str]
    watch: Watch


def _pour(folder: Path, told: Manifest, key: bytes, into: _Into) -> None:
    connections.close_all()
    with tempfile.TemporaryFile("w+") as said, (folder / manifest.SEALED).open("rb") as file:
        program = subprocess.Popen(  # noqa: S603 -- its path is one that we found
            into.command,
            env=into.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        with program:
            _fed(program, archive.opened(file, key, about=told.about()), into.watch)
        if program.returncode:
            raise NotRestored(
                f"The backup could not be read in: {tools.complaint(said)}. Nothing of it is in "
                "the house. Put right what it names, then run this again."
            )


def _fed(program: "subprocess.Popen[bytes]", pieces: Any, watch: Watch) -> None:
    assert program.stdin  # noqa: S101 -- asked for where it was started
    try:
        for piece in pieces:
            program.stdin.write(piece)
            watch(len(piece))
        program.stdin.close()
    except BrokenPipeError:
        _let_go(program.stdin)  # it says itself why it stopped
    except archive.NotWhole as wrong:
        program.kill()
        _let_go(program.stdin)
        raise NotRestored(
            f"The backup does not open: {wrong}. Its manifest was changed, or it was. Nothing of "
            "it is in the house. Take another copy of the backup."
        ) from wrong
    except BaseException:
        program.kill()
        raise


def _let_go(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


def _size_of(note: str, told: Manifest) -> int:
    """How many entries a kept checkpoint knows; it must be of the same log."""
    try:
        return Key(told.vkey).open(note)[0]
    except Malformed as wrong:
        raise NotRestored(
            f"A kept checkpoint is not one of the log in this backup: {wrong}. Nothing was "
            "changed. Leave it out, or look for the backup that belongs to it."
        ) from wrong


def _server() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')")
        return int(cursor.fetchone()[0]) // 10000


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"

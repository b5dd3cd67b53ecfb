"""What waits to be handed in, on disk: sealed, in order, bounded, and gone when its time is over.

One SQLite file. When `put` returns the letter is on the disk, whatever is killed then. Numbers are
given in the same transaction and never given twice.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE: Final = "kept.sqlite3"
MOST_BYTES: Final = 1024**3
_NONCE: Final = 12
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS letter (
    sequence INTEGER PRIMARY KEY, captured_at REAL NOT NULL, size INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Full(Exception):
    """As much is kept as may be. This one was not taken; what is kept stays."""


class CannotKeep(Exception):
    """The disk or the file fails; the message says what to do. This one was not taken."""


class InUse(Exception):
    """Another agent keeps its reads in this folder."""


@dataclass(frozen=True, slots=True)
class Letter:
    sequence: int
    captured_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """How much waits, in letters and bytes, and when the oldest was captured."""

    letters: int
    bytes: int
    oldest: datetime | None


class Outbox:
    """Used by several threads at once; by one process at a time."""

    def __init__(self, folder: Path, seal: AESGCM, *, most_bytes: int = MOST_BYTES) -> None:
        """Raise InUse or CannotKeep."""
        self._seal = seal
        self._most = most_bytes
        self._lock = Lock()
        self._held = _hold(folder / "in-use")
        self._file = folder / FILE
        try:
            self._db = _opened(self._file)
        except sqlite3.Error as error:
            os.close(self._held)
            raise self._failing(error) from error

    def close(self) -> None:
        with self._lock:
            self._db.close()
            os.close(self._held)

    def put(self, compose: Callable[[int], bytes], *, captured_at: datetime) -> int:
        """Keep one letter; its number. Raise Full or CannotKeep: then it was not taken."""
        with self._changing() as db:
            sequence = _next(db, "sequence")
            self._insert(db, sequence, captured_at, compose(sequence))
            if _value(db, "bytes") > self._most:
                raise Full("As much is kept as may be.")
        return sequence

    def oldest(self) -> Letter | None:
        """Raise CannotKeep where it cannot be opened."""
        with self._lock:
            try:
                row = self._db.execute(
                    "SELECT sequence, captured_at, sealed FROM letter ORDER BY sequence LIMIT 1"
                ).fetchone()
            except sqlite3.Error as error:
                raise self._failing(error) from error
        if row is None:
            return None
        sequence, at, sealed = row
        return Letter(sequence, datetime.fromtimestamp(at, UTC), self._opened(sequence, sealed))

    def handed_in(self, sequence: int) -> None:
        """The server has it: it goes from here."""
        self._gone("sequence = ?", sequence)

    def refused(self, sequence: int) -> None:
        """The server will never take it: it goes, and is counted."""
        self._gone("sequence = ?", sequence, counted="refused")

    def expire(self, *, before: datetime) -> int:
        """Delete unsent what was captured before that; how many, which are counted too."""
        return self._gone("captured_at < ?", before.timestamp(), counted="expired")

    def renumber(self, above: int, rewrite: Callable[[bytes, int], bytes]) -> None:
        """Number what is kept anew, in its order, with numbers that follow `above`."""
        with self._changing() as db:
            every = db.execute("SELECT sequence FROM letter ORDER BY sequence").fetchall()
            _at_least(db, "sequence", above)
            for (old,) in every:  # one by one: together they may be more than fits in memory
                at, size, sealed = db.execute(
                    "SELECT captured_at, size, sealed FROM letter WHERE sequence = ?", (old,)
                ).fetchone()
                new = _next(db, "sequence")
                captured_at = datetime.fromtimestamp(at, UTC)
                self._insert(db, new, captured_at, rewrite(self._opened(old, sealed), new))
                db.execute("DELETE FROM letter WHERE sequence = ?", (old,))
                _add(db, "bytes", -size)

    def next_beat(self, *, above: int = 0) -> int:
        """The number of the next heartbeat, above all before it."""
        with self._changing() as db:
            _at_least(db, "beat", above)
            return _next(db, "beat")

    def kept(self) -> Kept:
        with self._lock:
            letters, at = self._db.execute(
                "SELECT count(*), min(captured_at) FROM letter"
            ).fetchone()
            oldest = None if at is None else datetime.fromtimestamp(at, UTC)
            return Kept(letters, _value(self._db, "bytes"), oldest)

    def gone_unsent(self) -> dict[str, int]:
        """Of all the agent's days: how many were deleted unsent, by why."""
        counted = {name: self._number(name) for name in ("expired", "refused")}
        return {name: many for name, many in counted.items() if many}

    @property
    def keep_for(self) -> timedelta | None:
        """How long reads may be kept here, as the server last said; None before it did."""
        seconds = self._number("keep for")
        return timedelta(seconds=seconds) if seconds else None

    def may_keep_for(self, period: timedelta) -> None:
        with self._changing() as db:
            db.execute(
                "INSERT OR REPLACE INTO number VALUES ('keep for', ?)",
                (int(period.total_seconds()),),
            )

    def _number(self, name: str) -> int:
        with self._lock:
            return _value(self._db, name)

    def _gone(self, which: str, value: float, *, counted: str = "") -> int:
        with self._changing() as db:
            many, size = db.execute(
                f"SELECT count(*), coalesce(sum(size), 0) FROM letter WHERE {which}",  # noqa: S608 -- ours
                (value,),
            ).fetchone()
            if many:
                db.execute(f"DELETE FROM letter WHERE {which}", (value,))  # noqa: S608 -- ours
                _add(db, "bytes", -size)
            if many and counted:
                _add(db, counted, many)
        return int(many)

    def _insert(
        self, db: sqlite3.Connection, sequence: int, captured_at: datetime, body: bytes
    ) -> None:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, body, _place(sequence))
        db.execute(
            "INSERT INTO letter VALUES (?, ?, ?, ?)",
            (sequence, captured_at.timestamp(), len(sealed), sealed),
        )
        _add(db, "bytes", len(sealed))

    def _opened(self, sequence: int, sealed: bytes) -> bytes:
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(sequence))
        except InvalidTag as wrong:
            raise CannotKeep(
                f"The sealing key does not open what is kept in {self._file}, or the file was "
                "changed. Nothing was deleted. Put the right key back."
            ) from wrong

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """All of it on the disk at the end, or none of it."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._failing(error) from error
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _failing(self, error: sqlite3.Error) -> CannotKeep:
        return CannotKeep(
            f"Reads cannot be kept in {self._file} ({error}). What was kept before is untouched. "
            "Make room on the disk, or look at the file and its rights."
        )


def _opened(file: Path) -> sqlite3.Connection:
    if not file.exists():
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    # Deleted letters are written over, the file shrinks, and a commit outlives a cut of the power.
    for said in ("auto_vacuum = FULL", "secure_delete = ON", "synchronous = EXTRA"):
        db.execute(f"PRAGMA {said}")
    db.executescript(_TABLES)
    return db


def _hold(path: Path) -> int:
    """A lock that ends with this process, however it ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotKeep(
            f"{path.parent} cannot be written ({error.strerror}). Nothing was read. Give the "
            "account that runs the agent that folder, or name another with --folder."
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as busy:
        os.close(held)
        raise InUse(
            f"Another agent keeps its reads in {path.parent}. Nothing was read. Stop it, or name "
            "another folder with --folder: each camera has its own."
        ) from busy
    return held


def _place(sequence: int) -> bytes:
    """Bound to what is sealed, so that letters cannot change places."""
    return f"plateward/kept/{sequence}".encode()


def _next(db: sqlite3.Connection, name: str) -> int:
    _add(db, name, 1)
    return _value(db, name)


def _value(db: sqlite3.Connection, name: str) -> int:
    row = db.execute("SELECT value FROM number WHERE name = ?", (name,)).fetchone()
    return 0 if row is None else int(row[0])


def _add(db: sqlite3.Connection, name: str, many: int) -> None:
    db.execute("INSERT OR IGNORE INTO number VALUES (?, 0)", (name,))
    db.execute("UPDATE number SET value = value + ? WHERE name = ?", (many, name))


def _at_least(db: sqlite3.Connection, name: str, value: int) -> None:
    db.execute("INSERT OR IGNORE INTO number VALUES (?, 0)", (name,))
    db.execute("UPDATE number SET value = max(value, ?) WHERE name = ?", (value, name))

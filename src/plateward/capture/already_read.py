"""Remember across restarts which files were read: by path and content, as hashes alone."""

import hashlib
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from plateward.capture.picture_files import PictureFile

# The name of a file may hold a plate, so no name is kept.
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS taken (
  path BLOB NOT NULL, content BLOB NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
  PRIMARY KEY (path, content)
) WITHOUT ROWID
"""


class CannotRemember(Exception):
    """The file of what was read cannot be opened; the message says what to do."""


class AlreadyRead:
    """One file on disk for one folder. `close()` it, or use it in a `with`."""

    def __init__(self, file: Path) -> None:
        """Raises CannotRemember."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._known = sqlite3.connect(file, isolation_level=None)
            self._known.execute("PRAGMA synchronous=FULL")
            self._known.execute(_TABLE)
        except (OSError, sqlite3.Error) as wrong:
            raise CannotRemember(
                f"{file} cannot be used to remember which files were read ({wrong}). No file was "
                "read. Give another place, or make this one writable."
            ) from wrong

    def looks_known(self, file: PictureFile) -> bool:
        """By path, size and time: whether it need not even be opened."""
        asked = (_digest(file.within), file.bytes, file.modified_ns)
        found = self._known.execute(
            "SELECT 1 FROM taken WHERE path = ? AND bytes = ? AND modified_ns = ?", asked
        )
        return found.fetchone() is not None

    def knows(self, file: PictureFile, sha256: str) -> bool:
        """By path and content."""
        asked = (_digest(file.within), bytes.fromhex(sha256))
        found = self._known.execute("SELECT 1 FROM taken WHERE path = ? AND content = ?", asked)
        return found.fetchone() is not None

    def remember(self, file: PictureFile, sha256: str) -> None:
        """On disk when this returns."""
        self._known.execute(
            "INSERT OR REPLACE INTO taken VALUES (?, ?, ?, ?)",
            (_digest(file.within), bytes.fromhex(sha256), file.bytes, file.modified_ns),
        )

    def close(self) -> None:
        self._known.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _digest(within: str) -> bytes:
    return hashlib.sha256(within.encode("utf-8", "surrogateescape")).digest()

"""A file that a camera sends: without a name until it is whole, and gone where it never gets so."""

import errno
import logging
import os
from pathlib import Path
from typing import Final

PART: Final = ".arriving-"
"""Begins the name of what is not whole yet; nobody who watches a folder looks at it."""

# How a picture of each kind ends: for cameras that hang up without taking leave.
_ENDS: Final = ((b"\xff\xd8\xff", b"\xff\xd9"), (b"\x89PNG\r\n", b"IEND\xaeB`\x82"))
_PADDING: Final = 64
_logger = logging.getLogger(__name__)


class Arriving:
    """A file on its way in: refuses the byte that would be one too many."""

    def __init__(self, handle: int, name: str, room: int) -> None:
        self.name = name  # pyftpdlib asks for it
        self._file = os.fdopen(handle, "w+b", buffering=0)
        self._room = room
        self._kept = False

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, chunk: bytes) -> None:
        self._room -= len(chunk)
        if self._room < 0:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        left = memoryview(chunk)
        while left:
            left = left[self._file.write(left) :]

    def is_a_whole_picture(self) -> bool:
        """Whether it ends as its kind of picture ends."""
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        begins = self._file.read(8)
        self._file.seek(max(0, size - _PADDING))
        ends = self._file.read(_PADDING).rstrip(b"\0\r\n ")
        return any(begins.startswith(head) and ends.endswith(tail) for head, tail in _ENDS)

    def keep(self) -> bool:
        """Under its own name; where that is taken, beside it: cameras use a name again."""
        part = Path(self.name)
        name = part.name.removeprefix(PART).partition("-")[2]
        beside = (f"{Path(name).stem}-{n}{Path(name).suffix}" for n in range(1, 10_000))
        try:
            os.fsync(self._file.fileno())
            for each in (name, *beside):
                if linked(part, part.with_name(each)):
                    self._kept = True
                    break
        except OSError as wrong:
            _logger.error("A file of a camera could not be kept: %s.", wrong.strerror)  # noqa: TRY400
        return self._kept

    def close(self) -> None:
        """What was not kept is thrown away."""
        self._file.close()
        if not self._kept:
            Path(self.name).unlink(missing_ok=True)


def linked(path: Path, to: Path) -> bool:
    """Rename without ever replacing: False where something of that name is there."""
    try:
        os.link(path, to, follow_symlinks=False)
    except FileExistsError:
        return False
    path.unlink()
    return True

"""Tell a file that is whole from one that is still being written.

A file is whole when its size and time have stood still for a while and nobody on this machine has
it open for writing. A file that was renamed into place is whole at once where its time is old
enough. What another machine does to a network share shows only in size and time.
"""

import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from plateward.capture import picture_files
from plateward.capture.picture_files import PictureFile

STILL_FOR: Final = 3.0
"""Seconds. A camera that pauses longer than this in the middle of a file is a slow one."""


@dataclass(frozen=True, slots=True)
class _Looked:
    bytes: int
    modified_ns: int
    since: float


@dataclass(slots=True)
class Settling:
    """Remembers how each file stood when it was looked at last. `clock` counts seconds."""

    still_for: float = STILL_FOR
    clock: Callable[[], float] = time.monotonic
    _looks: dict[str, _Looked] = field(default_factory=dict)

    def whole(self, files: Iterable[PictureFile]) -> Iterator[PictureFile]:
        """Those of `files` that are whole now. What is no longer among them is forgotten."""
        now, seen = self.clock(), list(files)
        self._looks = {file.within: self._looked(file, now) for file in seen}
        for file in seen:
            stood_for = now - self._looks[file.within].since
            if file.bytes and stood_for >= self.still_for and _stands(file):
                yield file

    def _looked(self, file: PictureFile, now: float) -> _Looked:
        before = self._looks.get(file.within)
        if before and (before.bytes, before.modified_ns) == (file.bytes, file.modified_ns):
            return before
        return _Looked(file.bytes, file.modified_ns, now)


def _stands(file: PictureFile) -> bool:
    """Looked at just before it is used: those before it may have taken long."""
    try:
        facts = file.path.stat(follow_symlinks=False)
    except OSError:
        return False
    same = (facts.st_size, facts.st_mtime_ns) == (file.bytes, file.modified_ns)
    return same and not is_written_to(file.path)


def is_written_to(path: Path) -> bool:
    """Whether a program on this machine has it open for writing. False where that is not known.

    Linux grants a lease for reading only on a file that nobody has open for writing; it is given
    back at once. Network shares and other systems grant none to ask with.
    """
    try:
        import fcntl
        import signal

        handle = picture_files.opened(path)
    except (ImportError, OSError):
        return False
    try:
        # Who opens the file meanwhile has us signalled: by one that nobody dies of.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (AttributeError, OSError) as refused:
        return getattr(refused, "errno", None) == errno.EAGAIN
    finally:
        os.close(handle)
    return False

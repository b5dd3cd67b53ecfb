"""Whether a disk has room left for what must be written in any case: the log, and deletion."""

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psycopg

# What the log, the write-ahead log and deletion need until somebody has freed some space. Below it
# nothing more is taken in: PostgreSQL stops altogether where not even its own log can grow.
LEAST_FREE: Final = 256 * 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def short_of(folders: Iterable[Path]) -> tuple[Path, int] | None:
    """The first of these folders whose disk is nearly full, and how many bytes are free there."""
    for folder in folders:
        try:
            free = shutil.disk_usage(folder).free
        except OSError:
            continue  # not made yet, or of another account
        if free < LEAST_FREE:
            return folder, free
    return None


def is_full(error: BaseException | None) -> bool:
    """Was this, or what caused it, a disk that took no more?"""
    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull):
            return True
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        error = error.__cause__ or error.__context__
    return False

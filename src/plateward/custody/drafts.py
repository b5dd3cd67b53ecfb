"""A folder that is there whole or not at all, whatever ends the program that writes it."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path


class NotWritten(RuntimeError):
    """Nothing was written, or nothing is left of it; the message says why and what to do."""


@contextmanager
def begun(to: Path) -> Iterator[Path]:
    """A folder beside `to` that takes its name once everything in it is on the disk.

    Raises NotWritten, also for whatever the disk refuses while it is written.
    """
    if to.exists() or to.is_symlink():
        raise NotWritten(
            f"{to} is there already, and nothing is ever overwritten. Nothing was written. "
            "Name another place."
        )
    try:
        with _draft_of(to) as draft:
            yield draft
    except OSError as error:
        raise NotWritten(
            f"{to} could not be written ({error.strerror or type(error).__name__}). Nothing was "
            "left there. Make the folder above it, free some space or name another place, then run "
            "this again."
        ) from error


@contextmanager
def _draft_of(to: Path) -> Iterator[Path]:
    draft = to.with_name(f"{to.name}.unfinished")
    draft.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _alone(lock, draft)
        _emptied(draft)
        try:
            yield draft
            os.fsync(lock)
            draft.rename(to)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        _settle(to.parent)
    finally:
        os.close(lock)


def _alone(lock: int, draft: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotWritten(
            f"Somebody is writing to {draft} now. Nothing was written. Wait, or name another place."
        ) from None


def _emptied(draft: Path) -> None:
    """What one that was killed left behind never opens again and is nothing to keep."""
    for left in draft.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def store(
    path: Path, pieces: Iterable[bytes], watch: Callable[[int], None] = lambda _: None
) -> tuple[int, str]:
    """Write a new file to the disk itself; its size in bytes and its SHA-256.

    `watch` is told how many bytes more there are.
    """
    digest, size = sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            watch(len(piece))
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()

"""Which files of a folder are pictures or messages, and which may be opened at all."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

_BLOCK: Final = 1 << 20
_DEEPEST: Final = 12  # folders within folders: no camera makes more, a loop of mounts does


class Kind(StrEnum):
    PHOTO = "photo"
    FILM = "film"
    MESSAGE = "message"
    """What a camera system writes about its reads, beside or in place of pictures."""


_PHOTOS: Final = frozenset((".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff"))
FILMS: Final = frozenset((".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".mpeg", ".ts"))
_MESSAGES: Final = frozenset((".xml", ".json"))


@dataclass(frozen=True, slots=True)
class PictureFile:
    """`within` is its path below the folder that was walked. `modified_ns` since 1970."""

    path: Path
    within: str
    kind: Kind
    bytes: int
    modified_ns: int


def kind_of(name: str) -> Kind | None:
    """By its ending; None is a file of no kind that is read here."""
    ending = Path(name).suffix.lower()
    if ending in _PHOTOS:
        return Kind.PHOTO
    if ending in FILMS:
        return Kind.FILM
    return Kind.MESSAGE if ending in _MESSAGES else None


def walk(folder: Path) -> Iterator[PictureFile]:
    """Every file of a kind that is read, at any depth, in the order of their paths.

    Links are not followed and hidden files and folders are passed over. Raises OSError where the
    folder itself cannot be opened; one below it that cannot is passed over.
    """
    for found in every_file(folder):
        kind = kind_of(found.name)
        if kind is None:
            continue
        try:
            facts = found.stat(follow_symlinks=False)
        except OSError:
            continue  # gone meanwhile, as when its camera renames it
        path = Path(found.path)
        within = path.relative_to(folder).as_posix()
        yield PictureFile(path, within, kind, facts.st_size, facts.st_mtime_ns)


def every_file(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """Every plain file that is not hidden, whatever its kind; as `walk`."""
    yield from _files(os.scandir(folder), _DEEPEST)


def _files(opened: "Iterator[os.DirEntry[str]]", deeper: int) -> Iterator["os.DirEntry[str]"]:
    for entry in sorted(opened, key=lambda each: each.name):
        if entry.name.startswith("."):
            continue
        if entry.is_file(follow_symlinks=False):
            yield entry
        elif entry.is_dir(follow_symlinks=False) and deeper:
            try:
                below = os.scandir(entry.path)
            except OSError:
                continue
            yield from _files(below, deeper - 1)


def opened(path: Path) -> int:
    """A descriptor for reading. Raises OSError for a link or what is no plain file."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path.name} is no plain file")
    return handle


def content_of(path: Path, *, most: int) -> bytes:
    """At most one byte more than `most`, so that a file too large is known for it."""
    with os.fdopen(opened(path), "rb") as file:
        return file.read(most + 1)


def sha256_of(path: Path) -> str:
    """Of its content, in hex. Raises OSError, as a worn card does."""
    digest = hashlib.sha256()
    with os.fdopen(opened(path), "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

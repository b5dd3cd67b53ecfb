"""A watched folder: each new file, once it is whole, is taken once.

Folders are looked at again and again rather than followed by events: a network share tells of no
file that another machine wrote, and whether a file is whole takes a second look anyway.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from plateward.capture import picture_files
from plateward.capture.already_read import AlreadyRead
from plateward.capture.file_sightings import Opened, Unreadable, opened
from plateward.capture.picture_files import PictureFile
from plateward.capture.whole import Settling

ASIDE: Final = ".not-read"
"""Within the folder: what could not be read, beside a text that says why."""

MOST_ASIDE_BYTES: Final = 100 << 20
"""Of one camera; the oldest go first."""

ASIDE_FOR: Final = 7 * 86_400.0
"""Seconds; pictures lie there unsealed, and no city keeps its reads for a shorter time."""

_NO_PICTURE_AFTER: Final = 3600.0
_WHY: Final = ".why.txt"
_OF_NO_CAMERA: Final = (
    "Files that lie in the folder itself are of no camera, and stay unread. Put them into a folder "
    "named for their camera, or say which camera all of it is of (--camera)."
)
_GONE_AFTER: Final = 86_400.0


class Then(Enum):
    """What becomes of a file that was read."""

    KEEP = "keep"
    DELETE = "delete"


class NotNow(Exception):
    """Nothing can be taken now; the file stays and is taken later."""


class NotThisCamera(Exception):
    """Files of this camera are not taken; they stay as they are."""


Take = Callable[[str, Opened], None]
"""Takes a file of a camera, or raises Unreadable, NotNow or NotThisCamera."""


@dataclass(slots=True)
class Tally:
    """What one round did. `unread`: why, and how often. `waits`: why nothing more was taken."""

    taken: int = 0
    again: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    left: dict[str, str] = field(default_factory=dict)
    waits: str = ""


@dataclass(slots=True)
class Folder:
    """`camera`: of the whole folder; None: each folder directly below is named for its camera.

    Whoever keeps the files (`then`) has what is not read listed in the tally; otherwise it is put
    aside.
    """

    root: Path
    known: AlreadyRead
    camera: str | None = None
    then: Then = Then.KEEP
    settling: Settling = field(default_factory=Settling)

    def round_once(self, take: Take) -> Tally:
        """Take what is whole now. Raises OSError where the folder cannot be opened."""
        tally = Tally()
        for file in self.settling.whole(self._new()):
            camera = self._camera_of(file)
            if camera is None:
                tally.left[""] = _OF_NO_CAMERA
                continue
            if camera in tally.left:
                continue
            try:
                self._one(camera, file, take, tally)
            except NotThisCamera as why:
                tally.left[camera] = str(why)
            except NotNow as why:
                tally.waits = str(why)
                break
            except OSError:
                continue  # gone, or not to be opened now: it is looked at again
        if self.then is Then.DELETE:
            self._tidy()
        return tally

    def _new(self) -> Iterator[PictureFile]:
        """What is not known by path, size and time."""
        for file in picture_files.walk(self.root):
            if not self.known.looks_known(file):
                yield file

    def _camera_of(self, file: PictureFile) -> str | None:
        if self.camera is not None:
            return self.camera
        first, below, _ = file.within.partition("/")
        return first if below else None

    def _one(self, camera: str, file: PictureFile, take: Take, tally: Tally) -> None:
        try:
            one = opened(file)
            if self.known.knows(file, one.sha256):
                tally.again += 1
            else:
                take(camera, one)
                tally.taken += 1
        except Unreadable as why:
            tally.unread[str(why)] += 1
            self._not_read(camera, file, str(why))
            return
        self._done(file, one.sha256)

    def _done(self, file: PictureFile, sha256: str) -> None:
        self.known.remember(file, sha256)
        if self.then is Then.DELETE:
            file.path.unlink(missing_ok=True)

    def _not_read(self, camera: str, file: PictureFile, why: str) -> None:
        if self.then is Then.KEEP:
            self.known.remember(file, picture_files.sha256_of(file.path))
            return
        self._put_aside(camera, file.path, why)

    def _put_aside(self, camera: str, path: Path, why: str) -> None:
        aside = self.root / ASIDE / camera
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        to = aside / f"{time.time_ns()}-{path.name[-80:]}"
        path.replace(to)
        to.with_name(to.name + _WHY).write_text(f"{why}\n", encoding="utf-8")
        _keep_small(aside)

    def _tidy(self) -> None:
        """Nothing of a drop stays for good: neither what is no picture nor what was put aside."""
        now = time.time()
        for entry in list(picture_files.every_file(self.root)):
            within = Path(entry.path).relative_to(self.root)
            if len(within.parts) < 2 and self.camera is None:
                continue
            if picture_files.kind_of(entry.name) is None and _older(entry, _NO_PICTURE_AFTER, now):
                camera = self.camera or within.parts[0]
                self._put_aside(camera, Path(entry.path), "It is no picture, film or message.")
        for folder, _, names in os.walk(self.root / ASIDE):
            for name in names:
                path = Path(folder, name)
                if now - path.stat().st_mtime > ASIDE_FOR:
                    path.unlink(missing_ok=True)
        self._without_empty_folders(now)

    def _without_empty_folders(self, now: float) -> None:
        """Cameras make a folder a day; each camera's own stays."""
        for folder, _, _ in os.walk(self.root, topdown=False):
            path = Path(folder)
            deep = len(path.relative_to(self.root).parts)
            old = deep > 1 and now - path.stat().st_mtime > _GONE_AFTER
            if old and ASIDE not in path.parts and not any(path.iterdir()):
                path.rmdir()


def _older(entry: "os.DirEntry[str]", than: float, now: float) -> bool:
    try:
        return now - entry.stat(follow_symlinks=False).st_mtime > than
    except OSError:
        return False


def _keep_small(aside: Path) -> None:
    files = sorted(aside.iterdir(), key=lambda each: each.name)
    total = sum(each.stat().st_size for each in files)
    while files and total > MOST_ASIDE_BYTES:
        first = files.pop(0)
        total -= first.stat().st_size
        first.unlink(missing_ok=True)

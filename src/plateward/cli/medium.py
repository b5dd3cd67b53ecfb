"""Go through the files of a camera's card or drive: each is read once, or only listed."""

import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plateward.capture import file_sightings, picture_files
from plateward.capture.ahead import Awaited, FileReader
from plateward.capture.file_sightings import Opened, Unreadable
from plateward.capture.picture_files import Kind, PictureFile
from plateward.capture.taken_at import Believing, Taken, ToldBy
from plateward.custody import media
from plateward.custody.media import File, Found, Outcome
from plateward.intake import picture_files as intake
from plateward.intake.receive import CLOCK_AHEAD, CLOCK_NEVER_SET

if TYPE_CHECKING:
    from plateward.intake.picture_files import Source


NOT_ALL: Final = 2
"""The exit code where some files could not be read."""

_AHEAD_BYTES: Final = 256 << 20  # of photos that wait for their turn to be stored


class Gone(Exception):
    """The medium was pulled out. What was done stays done."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies on it. `others` are files of kinds that are passed over."""

    files: tuple[PictureFile, ...]
    others: int

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def has_films(self) -> bool:
        return any(file.kind is Kind.FILM for file in self.files)


def contents(root: Path) -> Contents:
    """Raises OSError where it cannot be opened."""
    seen = tuple(file for file in picture_files.walk(root) if file.kind is not Kind.MESSAGE)
    every = sum(1 for _ in picture_files.every_file(root))
    return Contents(seen, every - len(seen))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A file that is being read. `noted`: what is put on record of it, once it is read."""

    file: PictureFile
    noted: File
    shown: Awaited

    @property
    def held(self) -> int:
        """Bytes of it in memory; of a film there are none."""
        return self.file.bytes if self.file.kind is Kind.PHOTO else 0


@dataclass(slots=True)
class Going:
    """One import on its way. `reader` None: its pictures are only listed, none is decoded.

    Files are stored in the order in which they lie on the medium, however many are read at once.
    `told_by` counts who said when the pictures were taken; `unread` why some were not read.
    """

    number: int
    source: "Source"
    believing: Believing
    reader: FileReader | None
    now: datetime
    again: int = 0
    alerts: int = 0
    unopened: int = 0
    before: int = 0
    told_by: Counter[ToldBy] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    _listed: list[str] = field(default_factory=list)
    _begun: deque[_Begun] = field(default_factory=deque)

    def through(
        self, root: Path, files: Iterable[PictureFile], done: Callable[[int], None]
    ) -> Found:
        """Each file once, each by itself committed; `done` is told the bytes of each.

        Raises Gone, or whatever keeps reads from being read or stored now: ClusterProblem, Stopped,
        NoPolicy.
        """
        total = count = 0
        for file in files:
            self._one(root, file, done)
            self._store(root, done, leaving=_AHEAD_BYTES)
            total, count = total + file.bytes, count + 1
        self._store(root, done)
        manifest = hashlib.sha256("".join(sorted(self._listed)).encode()).hexdigest()
        return Found(count, total, manifest, self.before, self.unopened)

    def _one(self, root: Path, file: PictureFile, done: Callable[[int], None]) -> None:
        try:
            one = file_sightings.opened(file)
        except (OSError, Unreadable) as wrong:
            _check_there(root)
            self.unopened += 1
            self.unread[_why(wrong)] += 1
            done(file.bytes)
            return
        self._listed.append(f"{one.sha256} {file.bytes}\n")
        if any(each.noted.sha256 == one.sha256 for each in self._begun):
            self._store(root, done)  # the same picture twice: the first is put on record first
        had = media.known(self.source.camera, one.sha256, only_listed=self.reader is None)
        if had is None:
            self._new(one, done)
            return
        self.before += had != self.number
        done(file.bytes)

    def _new(self, one: Opened, done: Callable[[int], None]) -> None:
        taken = file_sightings.taken(one, self.believing)
        self.told_by[taken.told_by] += 1
        outcome = self._outcome(taken)
        noted = File(one.sha256, one.file.bytes, outcome, _sane(taken, self.now), taken.told_by)
        if outcome is not Outcome.READ or taken.at is None or self.reader is None:
            media.note(self.number, self.source.camera, noted)
            done(one.file.bytes)
            return
        shown = self.reader.begin(one, device=self.source.camera.code, at=taken.at)
        self._begun.append(_Begun(one.file, noted, shown))

    def _store(self, root: Path, done: Callable[[int], None], *, leaving: int = 0) -> None:
        """What was begun first, until no more is being read than may be; 0 bytes: until nothing."""
        ahead = self.reader.ahead if self.reader is not None and leaving else 0
        while self._begun and (
            len(self._begun) > ahead or sum(each.held for each in self._begun) > leaving
        ):
            begun = self._begun.popleft()
            self._read(root, begun)
            done(begun.file.bytes)

    def _read(self, root: Path, begun: _Begun) -> None:
        try:
            shown = begun.shown()
        except (OSError, Unreadable) as wrong:
            _check_there(root)
            self.unread[_why(wrong)] += 1
            unread = replace(begun.noted, outcome=Outcome.UNREADABLE)
            media.note(self.number, self.source.camera, unread)
            return
        if shown.cut_short:
            _check_there(root)
            self.unread[shown.cut_short] += 1
        stored = intake.store_of_medium(self.number, self.source, begun.noted, shown.sightings)
        self.again += stored.again
        self.alerts += stored.alerts
        self.unread.update(stored.refused)

    def _outcome(self, taken: Taken) -> Outcome:
        if self.reader is None:
            return Outcome.LISTED
        if taken.at is None or taken.at < CLOCK_NEVER_SET:
            return Outcome.NO_TIME
        if taken.at > self.now + CLOCK_AHEAD:
            return Outcome.AHEAD
        return Outcome.TOO_OLD if self.source.is_over(taken.at, self.now) else Outcome.READ


def _sane(taken: Taken, now: datetime) -> datetime | None:
    """A time that no camera can mean is none: the dates of recording stand on these."""
    if taken.at is None or not CLOCK_NEVER_SET <= taken.at <= now + CLOCK_AHEAD:
        return None
    return taken.at


def _check_there(root: Path) -> None:
    try:
        os.scandir(root).close()
    except OSError as gone:
        raise Gone from gone


def _why(wrong: Exception) -> str:
    """Without the name of a file, which may hold a plate."""
    if isinstance(wrong, OSError):
        return f"The medium does not give a file: {wrong.strerror or 'it cannot be read'}."
    return str(wrong)

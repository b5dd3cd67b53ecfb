"""Go through the files of a camera's card or drive: each is read once, or only listed."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plateward.capture import file_sightings, picture_files
from plateward.capture.file_sightings import Opened, Readers, Unreadable
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


@dataclass(slots=True)
class Going:
    """One import on its way. `readers` None: its pictures are only listed, none is decoded.

    `told_by` counts who said when the pictures were taken; `unread` why some were not read.
    """

    number: int
    source: "Source"
    believing: Believing
    readers: Readers | None
    now: datetime
    again: int = 0
    alerts: int = 0
    unopened: int = 0
    before: int = 0
    told_by: Counter[ToldBy] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    _listed: list[str] = field(default_factory=list)

    def through(
        self, root: Path, files: Iterable[PictureFile], done: Callable[[int], None]
    ) -> Found:
        """Each file once, each by itself committed; `done` is told the bytes of each.

        Raises Gone, or whatever keeps reads from being stored now: Stopped, NoPolicy.
        """
        total = count = 0
        for file in files:
            self._one(root, file)
            done(file.bytes)
            total, count = total + file.bytes, count + 1
        manifest = hashlib.sha256("".join(sorted(self._listed)).encode()).hexdigest()
        return Found(count, total, manifest, self.before, self.unopened)

    def _one(self, root: Path, file: PictureFile) -> None:
        try:
            one = file_sightings.opened(file)
        except (OSError, Unreadable) as wrong:
            _check_there(root)
            self.unopened += 1
            self.unread[_why(wrong)] += 1
            return
        self._listed.append(f"{one.sha256} {file.bytes}\n")
        only_listed = self.readers is None
        had = media.known(self.source.camera, one.sha256, only_listed=only_listed)
        if had is None:
            self._new(root, one)
        elif had != self.number:
            self.before += 1

    def _new(self, root: Path, one: Opened) -> None:
        taken = file_sightings.taken(one, self.believing)
        self.told_by[taken.told_by] += 1
        outcome = self._outcome(taken)
        noted = File(one.sha256, one.file.bytes, outcome, _sane(taken, self.now), taken.told_by)
        if outcome is not Outcome.READ or taken.at is None or self.readers is None:
            media.note(self.number, self.source.camera, noted)
            return
        device = self.source.camera.code
        try:
            shown = file_sightings.shown(one, device=device, at=taken.at, readers=self.readers)
        except (OSError, Unreadable) as wrong:
            _check_there(root)
            self.unread[_why(wrong)] += 1
            unread = File(
                one.sha256, one.file.bytes, Outcome.UNREADABLE, noted.taken_at, noted.told_by
            )
            media.note(self.number, self.source.camera, unread)
            return
        if shown.cut_short:
            _check_there(root)
            self.unread[shown.cut_short] += 1
        stored = intake.store_of_medium(self.number, self.source, noted, shown.sightings)
        self.again += stored.again
        self.alerts += stored.alerts
        self.unread.update(stored.refused)

    def _outcome(self, taken: Taken) -> Outcome:
        if self.readers is None:
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

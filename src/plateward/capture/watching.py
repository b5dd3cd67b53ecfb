"""Follow a camera, live or recorded: what passed it, with evidence, and what was not told and why.

    watcher = Watcher(reader, Terms(preview_after=3))
    for told in watcher.watch(stream):          # a `live.Stream`, or `video.frames(...)`
        told.sighting                           # a preview and its final have one `event`
        told.final, told.evidence_sha256        # the hash of `sighting.photo`
    watcher.tally()                             # from any thread

`watch` holds no more than what is in view. It ends with its frames; a live stream's end with
`Stream.close()`. What was in view then is told, and is told too where a film breaks off, before
the video's own error goes on.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from plateward.capture import recorded
from plateward.capture.recorded import PictureReader
from plateward.capture.sieve import Dropped, Limits, Sieve
from plateward.capture.speed import Course
from plateward.capture.stills import Frame, Quiet, VehicleDescriber
from plateward.capture.tracks import Passage, Tracker
from plateward.capture.video import NotAVideo
from plateward.plates.sighting import Sighting
from plateward.recognition import Image, Reading
from plateward.recognition.vehicles import PeopleFinder

PREVIEW_AFTER: Final = 3
"""Good looks after which a preview is worth sending: one alone is too often wrong."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a camera is followed. Give only what the city's profile allows.

    `preview_after`: None sends no previews. `vehicles`, `hide` and `course` as in
    `recorded.sighting`. `patience` and `longest` as in `tracks.Tracker`.
    """

    limits: Limits = field(default_factory=Limits)
    preview_after: int | None = None
    vehicles: VehicleDescriber | None = None
    hide: PeopleFinder | None = None
    course: Course | None = None
    patience: timedelta = timedelta(seconds=1.5)
    longest: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Told:
    """One vehicle. `sighting` is provisional where its passage is not final.

    `evidence_sha256` (hexadecimal) is of the very bytes of `sighting.photo`: whoever keeps or signs
    it with the read binds the two.
    """

    passage: Passage
    sighting: Sighting
    evidence_sha256: str

    @property
    def final(self) -> bool:
        return self.passage.final


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts since the watcher was made. `plates` are readings, many of them of one vehicle.

    `dropped`: vehicles that were not told, by why.
    """

    frames: int
    plates: int
    vehicles: int
    previews: int
    dropped: Mapping[Dropped, int]


class Watcher:
    """Follows one camera."""

    def __init__(self, reader: PictureReader, terms: Terms | None = None) -> None:
        self._reader = _Counting(reader)
        self._terms = terms or Terms()
        self._sieve = Sieve(self._terms.limits)
        self._told: Counter[bool] = Counter()

    def watch(self, frames: Iterable[Frame | Quiet]) -> Iterator[Told]:
        """Each vehicle when it has left, and before that as a preview where the terms ask so."""
        terms = self._terms
        tracker = Tracker(patience=terms.patience, longest=terms.longest)
        passed = recorded.passages(
            frames,
            self._reader,
            tracker=tracker,
            sieve=self._sieve,
            preview_after=terms.preview_after,
        )
        try:
            for passage in passed:
                yield self._tell(passage)
        except NotAVideo:
            for passage in self._sieve.through(tracker.finish()):
                yield self._tell(passage)
            raise

    @property
    def measures_speed(self) -> bool:
        return self._terms.course is not None

    def tally(self) -> Tally:
        return Tally(
            self._reader.frames,
            self._reader.plates,
            self._told[True],
            self._told[False],
            self._sieve.dropped.copy(),
        )

    def _tell(self, passage: Passage) -> Told:
        terms = self._terms
        one = recorded.sighting(
            passage, vehicles=terms.vehicles, hide=terms.hide, course=terms.course
        )
        one = replace(one, event=passage.name, provisional=not passage.final)
        self._told[passage.final] += 1
        return Told(passage, one, hashlib.sha256(one.photo or b"").hexdigest())


class _Counting:
    """Counts what its reader reads."""

    def __init__(self, reader: PictureReader) -> None:
        self._reader = reader
        self.frames = 0
        self.plates = 0

    def read(self, image: Image) -> list[Reading]:
        readings = self._reader.read(image)
        self.frames += 1
        self.plates += len(readings)
        return readings

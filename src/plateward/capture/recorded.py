"""Frames in, one sighting a vehicle out: recorded video and live cameras alike."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from plateward.capture import stills
from plateward.capture.sieve import Sieve
from plateward.capture.speed import Course, speed_kmh
from plateward.capture.stills import Frame, Quiet, VehicleDescriber
from plateward.capture.tracks import Passage, Tracker
from plateward.plates.sighting import Sighting
from plateward.recognition import Image, Reading
from plateward.recognition.vehicles import PeopleFinder


class PictureReader(Protocol):
    """The plates in one picture."""

    def read(self, image: Image) -> list[Reading]: ...


def passages(
    frames: Iterable[Frame | Quiet],
    reader: PictureReader,
    *,
    tracker: Tracker,
    sieve: Sieve,
    preview_after: int | None = None,
) -> Iterator[Passage]:
    """What passed one camera, each as soon as it is over; the sieve counts what it drops.

    With `preview_after`, each also once while it is in view, not final, after so many good looks.
    """
    for frame in frames:
        if isinstance(frame, Quiet):
            yield from sieve.through(tracker.wait(frame.at))
            continue
        yield from sieve.through(tracker.follow(frame, reader.read(frame.image)))
        if preview_after is not None:
            yield from sieve.early(tracker.in_view(), looks=preview_after)
    yield from sieve.through(tracker.finish())


def sighting(
    passage: Passage,
    *,
    vehicles: VehicleDescriber | None = None,
    hide: PeopleFinder | None = None,
    course: Course | None = None,
) -> Sighting:
    """The passage with its best frame as evidence, and that frame's instant.

    Its event is made from the picture kept, so that the read and its evidence cannot be parted
    unseen. `vehicles` and `hide` as in `stills.sightings`; `course`: where speed may be told.
    """
    shown = passage.evidence
    told = passage.told
    reading = replace(
        shown.reading, plate=told.plate, confidence=told.confidence, characters=told.characters
    )
    (one,) = stills.sightings(shown.frame, [reading], vehicles=vehicles, hide=hide)
    speed = None if course is None else speed_kmh(passage.looks, course)
    return replace(one, direction=passage.direction, speed_kmh=speed)

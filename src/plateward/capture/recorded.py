"""Recorded video in, one sighting a vehicle out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from plateward.capture import stills
from plateward.capture.speed import Course, speed_kmh
from plateward.capture.stills import Frame, VehicleDescriber
from plateward.capture.tracks import Passage, Sieve, Tracker
from plateward.plates.sighting import Sighting
from plateward.recognition import Image, Reading
from plateward.recognition.vehicles import PeopleFinder


class PictureReader(Protocol):
    """The plates in one picture."""

    def read(self, image: Image) -> list[Reading]: ...


def passages(
    frames: Iterable[Frame], reader: PictureReader, *, tracker: Tracker, sieve: Sieve
) -> Iterator[Passage]:
    """What passed one camera, each as soon as it is over; the sieve counts what it drops."""
    for frame in frames:
        yield from sieve.through(tracker.follow(frame, reader.read(frame.image)))
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

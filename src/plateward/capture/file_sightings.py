"""One picture file in, its sightings out: for folders, drops and memory cards alike."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from plateward.capture import picture_files, recorded, stills, taken_at, video
from plateward.capture.picture_files import Kind, PictureFile
from plateward.capture.recorded import PictureReader
from plateward.capture.sieve import Sieve
from plateward.capture.stills import Frame, VehicleDescriber
from plateward.capture.taken_at import Believing, Taken
from plateward.capture.tracks import Passage, Tracker
from plateward.plates.sighting import Sighting
from plateward.recognition import NotAPhoto, PlateReader, photos
from plateward.recognition.vehicles import PeopleFinder, Vehicles

MOST_FILM_BYTES: Final = 8 << 30


class Unreadable(Exception):
    """The file shows no picture; the message says why, without the name of the file."""


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads. `vehicles` and `hide` as in `stills.sightings`."""

    plates: PictureReader
    vehicles: VehicleDescriber | None = None
    hide: PeopleFinder | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read from its disk once. `content` is empty for a film, which is streamed."""

    file: PictureFile
    sha256: str
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Shown:
    """`cut_short` says what is wrong with a film that breaks off; what passed before is told.

    `dropped` counts passages of a film that were not told, by why.
    """

    sightings: tuple[Sighting, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)
    cut_short: str = ""


def shipped(provider: str | None) -> Readers:
    """Our own networks; people who happen to be in a picture are hidden: no city's text keeps them.

    Raises WeightsProblem or ProviderProblem.
    """
    vehicles = Vehicles.default(provider)
    return Readers(PlateReader.default(provider), vehicles, hide=vehicles)


def opened(file: PictureFile) -> Opened:
    """Read it once, and know it for ever by its hash. Raises Unreadable, or OSError of the disk."""
    if file.kind is Kind.FILM:
        if file.bytes > MOST_FILM_BYTES:
            raise Unreadable(f"It is a film of more than {MOST_FILM_BYTES >> 30} GiB.")
        return Opened(file, picture_files.sha256_of(file.path))
    content = picture_files.content_of(file.path, most=photos.MOST_BYTES)
    if len(content) > photos.MOST_BYTES:
        raise Unreadable(f"It is a picture of more than {photos.MOST_BYTES >> 20} MiB.")
    return Opened(file, hashlib.sha256(content).hexdigest(), content)


def taken(one: Opened, believing: Believing) -> Taken:
    """When it was taken, and who says so."""
    return taken_at.of(one.file, one.content, believing)


def shown(one: Opened, *, device: str, at: datetime, readers: Readers) -> Shown:
    """What it shows, `at` being the instant of its first frame. Raises Unreadable."""
    if one.file.kind is Kind.FILM:
        return _of_film(one, device, at, readers)
    try:
        image = photos.load(one.content)
    except NotAPhoto as refusal:
        raise Unreadable(str(refusal)) from None
    found = stills.sightings(
        Frame(device, at, image),
        readers.plates.read(image),
        vehicles=readers.vehicles,
        hide=readers.hide,
    )
    return Shown(tuple(found))


def _of_film(one: Opened, device: str, at: datetime, readers: Readers) -> Shown:
    tracker, sieve, said = Tracker(), Sieve(), ""
    frames = video.frames(one.file.path, device=device, began=at)
    passed: list[Sighting] = []
    seen = recorded.passages(frames, readers.plates, tracker=tracker, sieve=sieve)
    try:
        # What passed before a fault stays in the list.
        passed.extend(_told(passage, readers) for passage in seen)
    except video.CutShort as cut:
        passed += [_told(passage, readers) for passage in sieve.through(tracker.finish())]
        said = _without_name(cut, one.file)
    except video.NotAVideo as wrong:
        raise Unreadable(_without_name(wrong, one.file)) from None
    dropped: Counter[str] = Counter({why.value: n for why, n in sieve.dropped.items()})
    return Shown(tuple(passed), dict(dropped), said)


def _told(passage: Passage, readers: Readers) -> Sighting:
    return recorded.sighting(passage, vehicles=readers.vehicles, hide=readers.hide)


def _without_name(error: Exception, file: PictureFile) -> str:
    """The name of a file may hold a plate, and what is said here goes into records."""
    return str(error).replace(str(file.path), "It")

"""Still photos in, sightings out."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from PIL import Image as Pillow

from plateward.plates.sighting import Sighting, Vehicle
from plateward.recognition import Box, Image, Reading
from plateward.recognition.vehicles import Described, PeopleFinder, people

SOURCE: Final = "plateward"
LONG_SIDE: Final = 1280  # pixels of the scene that is kept: enough to see the vehicle, not more
MARGIN: Final = 0.15  # of the plate's size, so that its frame and stickers can be compared
_QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of one camera at one instant.

    `stream_seconds` is its place in the stream or film it came from, where there is one.
    """

    device: str
    seen_at: datetime
    image: Image
    stream_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """No picture came for a while; it is `at` now. Streams say so, so that what left can end."""

    at: datetime


class VehicleDescriber(Protocol):
    """One description for each plate, in order."""

    def describe_all(self, image: Image, plates: Sequence[Box]) -> Sequence[Described]: ...


def sightings(
    frame: Frame,
    readings: Sequence[Reading],
    *,
    vehicles: VehicleDescriber | None = None,
    hide: PeopleFinder | None = None,
) -> list[Sighting]:
    """One sighting a reading, each with the scene and the plate cut out of it, as JPEG.

    `vehicles` tells what can be said of each plate's vehicle; None: nothing is said. `hide` finds
    the people who are blurred in both pictures before these are made; None: nobody is blurred.
    Give it unless the city's profile keeps pictures of people: none that ships does.
    """
    if not readings:
        return []
    plates = [reading.box for reading in readings]
    told = _told(frame.image, plates, vehicles)
    image = frame.image if hide is None else _without_people(frame.image, plates, hide)
    photo, scale = _scene(image)
    scene = _Scene(image, photo, scale)
    return [
        _sighting(frame, reading, scene, vehicle)
        for reading, vehicle in zip(readings, told, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is kept of a frame: `photo` is `image` made smaller by `scale`, as JPEG."""

    image: Image
    photo: bytes
    scale: float


def _told(image: Image, plates: Sequence[Box], vehicles: VehicleDescriber | None) -> list[Vehicle]:
    if vehicles is None:
        return [Vehicle() for _ in plates]
    return [described.vehicle for described in vehicles.describe_all(image, plates)]


def _without_people(image: Image, plates: Sequence[Box], hide: PeopleFinder) -> Image:
    return people.blurred(image, hide.people(image), keep=plates)


def _sighting(frame: Frame, reading: Reading, scene: _Scene, vehicle: Vehicle) -> Sighting:
    box = reading.box
    corner = tuple(round(v * scene.scale) for v in (box.left, box.top))
    size = tuple(round(v * scene.scale) for v in (box.right - box.left, box.bottom - box.top))
    return Sighting(
        source=SOURCE,
        device=frame.device,
        event=_event(frame, reading, scene.photo),
        plate=reading.plate,
        seen_at=frame.seen_at,
        confidence=reading.confidence,
        characters=reading.characters,
        box=(corner[0], corner[1], size[0], size[1]),
        vehicle=vehicle,
        photo=scene.photo,
        crop=_crop(scene.image, reading),
    )


def _event(frame: Frame, reading: Reading, photo: bytes) -> str:
    """The same picture at the same instant is the same event, however often it is read."""
    said = f"{frame.device}|{frame.seen_at.isoformat()}|{reading.box}|"
    return hashlib.sha256(said.encode() + photo).hexdigest()[:32]


def _scene(image: Image) -> tuple[bytes, float]:
    height, width = image.shape[:2]
    scale = min(1.0, LONG_SIDE / max(height, width))
    picture = Pillow.fromarray(image)
    if scale < 1:
        picture = picture.resize((round(width * scale), round(height * scale)))
    return _jpeg(picture), scale


def _crop(image: Image, reading: Reading) -> bytes:
    box = reading.box
    across = round((box.right - box.left) * MARGIN)
    down = round((box.bottom - box.top) * MARGIN)
    top, left = max(box.top - down, 0), max(box.left - across, 0)
    return _jpeg(Pillow.fromarray(image[top : box.bottom + down, left : box.right + across]))


def _jpeg(picture: Pillow.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()

"""Still photos in, sightings out."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PIL import Image as Pillow

from plateward.plates.sighting import Sighting
from plateward.recognition import Image, Reading

SOURCE: Final = "plateward"
LONG_SIDE: Final = 1280  # pixels of the scene that is kept: enough to see the vehicle, not more
MARGIN: Final = 0.15  # of the plate's size, so that its frame and stickers can be compared
_QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of one camera at one instant."""

    device: str
    seen_at: datetime
    image: Image


def sightings(frame: Frame, readings: Sequence[Reading]) -> list[Sighting]:
    """One sighting a reading, each with the scene and the plate cut out of it, as JPEG."""
    photo, scale = _scene(frame.image)
    return [_sighting(frame, reading, photo, scale) for reading in readings]


def _sighting(frame: Frame, reading: Reading, photo: bytes, scale: float) -> Sighting:
    box = reading.box
    corner = tuple(round(v * scale) for v in (box.left, box.top))
    size = tuple(round(v * scale) for v in (box.right - box.left, box.bottom - box.top))
    return Sighting(
        source=SOURCE,
        device=frame.device,
        event=_event(frame, reading, photo),
        plate=reading.plate,
        seen_at=frame.seen_at,
        confidence=reading.confidence,
        characters=reading.characters,
        box=(corner[0], corner[1], size[0], size[1]),
        photo=photo,
        crop=_crop(frame.image, reading),
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

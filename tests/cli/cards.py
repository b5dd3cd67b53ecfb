"""Memory cards for tests: pictures that know their time, and a reader that needs no eyes."""

import io
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from plateward.capture.file_sightings import Readers
from plateward.recognition import Image, Reading
from tests.capture import seen


class ByColour:
    """Reads on a picture of one grey tone a plate that is named for the tone; on black none."""

    def __init__(self) -> None:
        self.pictures = 0

    def read(self, image: Image) -> list[Reading]:
        self.pictures += 1
        tone = round(float(image[:10, :10].mean()))
        return [seen.reading(f"TST{tone}", x=40, y=100)] if tone > 5 else []


def readers() -> Readers:
    return Readers(ByColour())


def photo(tone: int, taken: datetime | None = None, offset: str | None = None) -> bytes:
    """A grey picture; `taken` goes into its EXIF as wall time."""
    picture = Pillow.fromarray(np.full((240, 320, 3), tone, np.uint8))
    exif = Pillow.Exif()
    if taken is not None:
        details = exif.get_ifd(0x8769)
        details[0x9003] = f"{taken:%Y:%m:%d %H:%M:%S}"
        if offset is not None:
            details[0x9011] = offset
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def put(card: Path, name: str, content: bytes) -> Path:
    path = card / "DCIM" / "100MEDIA" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path

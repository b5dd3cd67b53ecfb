"""Open a photo that may be anything: huge, broken, turned, or no photo at all."""

import io
import stat
import struct
import warnings
from pathlib import Path
from typing import Final

import numpy as np
import PIL.Image
from PIL import ImageOps

from plateward.recognition.geometry import Image

MOST_BYTES: Final = 40 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000
# Only formats that cameras and phones write: each decoder less is one less to attack.
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
# What Pillow's decoders raise on broken files.
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, KeyError, IndexError)


class NotAPhoto(Exception):
    """The message says what is wrong with the file and what to do."""


def load(source: str | Path | bytes) -> Image:
    """RGB pixels, the right way up. Size in bytes and in pixels is checked before decoding."""
    content, name = _content(source)
    with warnings.catch_warnings():
        # Our own limit, lower than Pillow's, speaks below.
        warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        return _decoded(content, name)


def _decoded(content: bytes, name: str) -> Image:
    try:
        picture = PIL.Image.open(io.BytesIO(content), formats=_FORMATS)
    except PIL.Image.DecompressionBombError:
        raise _too_many_pixels(name, "more than 170 million") from None
    except _BROKEN:
        raise NotAPhoto(
            f"{name} is not a photo that can be read. Use a JPEG, PNG, WebP, BMP or TIFF file."
        ) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels(name, f"{picture.width} x {picture.height}")
    try:
        picture.load()
    except _BROKEN:
        raise NotAPhoto(
            f"{name} is damaged or incomplete: its pixels end too early. "
            "Copy the file again from where it came."
        ) from None
    return _rgb(_the_right_way_up(picture))


def _content(source: str | Path | bytes) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        content, name = source, "The photo"
    else:
        content, name = _file_content(Path(source)), str(source)
    if not content:
        raise NotAPhoto(f"{name} is empty (0 bytes). Copy the file again from where it came.")
    if len(content) > MOST_BYTES:
        raise NotAPhoto(
            f"{name} is larger than {MOST_BYTES // 1024**2} MB and was not opened. "
            "Save it smaller and try again."
        )
    return content, name


def _file_content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotAPhoto(f"{path} is not a file. Name the photo itself.")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise NotAPhoto(f"{path} does not exist. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotAPhoto(f"{path} cannot be opened: {reason}.") from None


def _too_many_pixels(name: str, found: str) -> NotAPhoto:
    return NotAPhoto(
        f"{name} has {found} pixels and was not decoded; the most is "
        f"{MOST_PIXELS // 1_000_000} million. Save it smaller and try again."
    )


def _the_right_way_up(picture: PIL.Image.Image) -> PIL.Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except (*_BROKEN, TypeError, ZeroDivisionError):
        return picture  # broken notes beside good pixels: the photo is as the camera held it


def _rgb(picture: PIL.Image.Image) -> Image:
    if picture.mode.startswith("I"):
        return _from_deep_grey(np.asarray(picture).astype(np.float64))
    if picture.mode == "F":
        return _from_deep_grey(np.nan_to_num(np.asarray(picture).astype(np.float64)))
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        paper = PIL.Image.new("RGBA", layered.size, "white")
        picture = PIL.Image.alpha_composite(paper, layered)
    return np.asarray(picture.convert("RGB"), np.uint8)


def _from_deep_grey(values: np.ndarray) -> Image:
    """16-bit grey over its whole range; anything else deep over the range it uses."""
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high > 255:
        low, high = 0.0, max(high, 65535.0)
    elif low >= 0:
        low, high = 0.0, 255.0
    grey = ((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)

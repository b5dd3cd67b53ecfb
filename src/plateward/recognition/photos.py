"""Open a photo that may be anything: huge, broken, turned, or no photo at all."""

import io
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import PIL.Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from plateward.recognition.bare import Bare, Overloaded, bare
from plateward.recognition.geometry import Image
from plateward.recognition.kinds import kind_of, why_not_read

MOST_BYTES: Final = 40 * 1024 * 1024
MOST_PIXELS: Final = 52_000_000
"""A phone's 50 megapixels. Decoding takes 12 bytes a pixel; WebP 16, so half as many there."""
MOST_SIDE: Final = 16_384

_Decoder = type[ImageFile]
_DECODERS: Final[dict[str, _Decoder]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
}
_PIXELS_AT_ONCE: Final = 1 << 20
_SAVE_ANEW: Final = "Save it anew as JPEG or PNG and try again."
# What Pillow's decoders raise on broken files; the last two were found by damaging files at random.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
)


class NotAPhoto(Exception):
    """The message says what is wrong with the file and what to do."""


def load(source: str | Path | bytes) -> Image:
    """RGB pixels, the right way up: the first page or frame, laid on white.

    Size in bytes and in pixels is checked before decoding. The file is only ever read.
    """
    content, name = _content(source)
    kind = kind_of(content)
    if kind is None:
        raise NotAPhoto(f"{name} {why_not_read(content)}")
    try:
        stripped = bare(kind, content)
        del content  # from here on the stripped copy is enough
        return _the_right_way_up(_decoded(kind, stripped, name), stripped.turned)
    except Overloaded as found:
        raise NotAPhoto(
            f"{name} has {found}, as no camera writes it, and was not decoded. {_SAVE_ANEW}"
        ) from None
    except PIL.Image.DecompressionBombError:
        raise _too_many_pixels(kind, name, "more pixels than can be opened") from None
    except MemoryError:
        raise NotAPhoto(
            f"{name} needs more memory than there is. Save it smaller and try again."
        ) from None
    except _BROKEN:
        raise NotAPhoto(
            f"{name} is damaged or incomplete: its pixels cannot be read to their end. "
            "Copy the file again from where it came."
        ) from None


def _decoded(kind: str, stripped: Bare, name: str) -> Image:
    _require_bearable(kind, name, stripped.size)
    with _DECODERS[kind](io.BytesIO(stripped.content)) as picture:
        _require_bearable(kind, name, picture.size)
        picture.load()
        return _rgb(picture)


def _require_bearable(kind: str, name: str, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > _most_pixels(kind) or max(size) > MOST_SIDE:
        raise _too_many_pixels(kind, name, f"{width} x {height} pixels")


def _most_pixels(kind: str) -> int:
    return MOST_PIXELS // 2 if kind == "WEBP" else MOST_PIXELS


def _too_many_pixels(kind: str, name: str, found: str) -> NotAPhoto:
    return NotAPhoto(
        f"{name} has {found} and was not decoded; the most is {_most_pixels(kind) // 1_000_000} "
        f"million, and {MOST_SIDE} on a side. Save it smaller and try again."
    )


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
        if path.is_dir():
            raise NotAPhoto(f"{path} is {_folder(path)}")
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotAPhoto(f"{path} is not a file. Name the photo itself.")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise NotAPhoto(f"{path} does not exist. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotAPhoto(
            f"{path} cannot be opened: {reason}. Make it readable for this account and try again."
        ) from None


def _folder(path: Path) -> str:
    if not any(path.iterdir()):
        return "an empty folder. There is nothing in it to read."
    return f"a folder. Name the photos in it, as in {path / '*.jpg'}."


def _rgb(picture: PIL.Image.Image) -> Image:
    """Strip by strip: a second whole copy in another form would double the memory."""
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    deep = picture.mode == "F" or picture.mode.startswith("I")
    low, high = _range(picture) if deep else (0.0, 255.0)
    for rows, strip in _strips(picture):
        pixels[rows] = _deep_grey(strip, low, high) if deep else _shallow(strip)
    return pixels


def _strips(picture: PIL.Image.Image) -> Iterator[tuple[slice, PIL.Image.Image]]:
    step = max(1, _PIXELS_AT_ONCE // picture.width)
    for top in range(0, picture.height, step):
        bottom = min(picture.height, top + step)
        yield slice(top, bottom), picture.crop((0, top, picture.width, bottom))


def _shallow(strip: PIL.Image.Image) -> Image:
    if strip.has_transparency_data:
        layered = strip.convert("RGBA")
        paper = PIL.Image.new("RGBA", layered.size, "white")
        strip = PIL.Image.alpha_composite(paper, layered)
    return np.asarray(strip.convert("RGB"), np.uint8)


def _deep_grey(strip: PIL.Image.Image, low: float, high: float) -> Image:
    values = np.nan_to_num(_values(strip), nan=low, posinf=high, neginf=low)
    grey = ((values - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _values(strip: PIL.Image.Image) -> npt.NDArray[np.float64]:
    with np.errstate(invalid="ignore"):  # some of what is not a number complains of it
        return np.asarray(strip, np.float64)


def _range(picture: PIL.Image.Image) -> tuple[float, float]:
    """What is black and what is white: 16 bits over their whole range, else what is there."""
    ends: list[npt.NDArray[np.float64]] = []
    for _, strip in _strips(picture):
        values = _values(strip)
        finite = values[np.isfinite(values)]
        if finite.size:
            ends.append(np.array([finite.min(), finite.max()]))
    if not ends:
        return 0.0, 255.0
    low, high = float(np.min(ends)), float(np.max(ends))
    if low < 0:
        return low, high
    return 0.0, (max(high, 65535.0) if high > 255 else 255.0)


def _the_right_way_up(pixels: Image, turned: int) -> Image:
    """`turned` is the EXIF orientation."""
    if turned in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if turned in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if turned in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)

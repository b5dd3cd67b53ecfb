"""When a picture was taken, and who says so: the picture, the film, or only the file's time."""

import io
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

import PIL.Image

from plateward.capture import video
from plateward.capture.picture_files import Kind, PictureFile

_FORMATS: Final = ("JPEG", "MPO", "PNG", "TIFF", "WEBP")
_EXIF: Final = 0x8769
# (where it stands, time, offset, fraction): when the picture was taken, else when it was digitised.
_TIMES: Final = ((0x9003, 0x9011, 0x9291), (0x9004, 0x9012, 0x9292))
_STAMP: Final = "%Y:%m:%d %H:%M:%S"
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError)
_ALSO_BROKEN: Final = (OverflowError, ZeroDivisionError, AttributeError, MemoryError)


class ToldBy(StrEnum):
    PHOTO = "exif"
    FILM = "film"
    FILE = "file"
    NOBODY = "nobody"


class Clock(StrEnum):
    """What a time without a zone, or one that cameras get wrong, is taken for."""

    UTC = "utc"
    CAMERA = "camera"
    """The wall time where the camera stands."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Believing:
    """`zone` is that of the camera's city.

    `films`: MP4 and MOV should say UTC, and many cameras write their wall time. `files`: the time
    of a file is an instant, except on a card whose wall time the computer took for UTC.
    """

    zone: tzinfo
    films: Clock = Clock.UTC
    files: Clock = Clock.UTC


@dataclass(frozen=True, slots=True)
class Taken:
    """An instant in UTC, or None where nobody says."""

    at: datetime | None
    told_by: ToldBy


_NOBODY: Final = Taken(None, ToldBy.NOBODY)


def of(file: PictureFile, content: bytes, believing: Believing) -> Taken:
    """`content`: of a photo; of a film nothing is needed."""
    if file.kind is Kind.FILM:
        return _of_film(file, believing)
    told = _of_photo(content, believing.zone)
    return told or _of_file(file, timedelta(0), believing)


def _of_photo(content: bytes, zone: tzinfo) -> Taken | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged details are no times, and no news
            with PIL.Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                said = opened.getexif().get_ifd(_EXIF)
    except (*_BROKEN, *_ALSO_BROKEN, PIL.Image.DecompressionBombError):
        return None
    for time, offset, fraction in _TIMES:
        at = _instant(said.get(time), said.get(offset), said.get(fraction), zone)
        if at is not None:
            return Taken(at, ToldBy.PHOTO)
    return None


def _instant(time: object, offset: object, fraction: object, zone: tzinfo) -> datetime | None:
    """Wall time in `zone` unless the camera tells its offset.

    An hour that comes twice in the night when clocks go back is the earlier one: retention then
    ends sooner, never later.
    """
    try:
        at = datetime.strptime(str(time).strip("\0 "), _STAMP).replace(tzinfo=zone)
    except ValueError:
        return None
    return (_with_offset(at, offset) or at).astimezone(UTC) + _part_of_a_second(fraction)


def _with_offset(at: datetime, offset: object) -> datetime | None:
    said = str(offset).strip("\0 ")
    try:
        return datetime.strptime(f"{at:{_STAMP}}{said}", f"{_STAMP}%z")
    except ValueError:
        return None


def _part_of_a_second(fraction: object) -> timedelta:
    digits = str(fraction).strip("\0 ")
    if not (digits.isascii() and digits.isdigit()):
        return timedelta(0)
    return timedelta(seconds=float(f"0.{digits[:6]}"))


def _of_film(file: PictureFile, believing: Believing) -> Taken:
    try:
        said = video.said_of(file.path)
    except video.NotAVideo:
        return _NOBODY  # whoever reads it next says what is wrong with it
    if said.created is None:
        return _of_file(file, said.lasts, believing)
    wall = said.created.tzinfo is None or (
        believing.films is Clock.CAMERA and said.created.utcoffset() == timedelta(0)
    )
    created = said.created.replace(tzinfo=believing.zone) if wall else said.created
    return Taken(created.astimezone(UTC), ToldBy.FILM)


def _of_file(file: PictureFile, lasts: timedelta, believing: Believing) -> Taken:
    """A file's time is when it was closed: a film began as long before as it lasts."""
    if believing.files is Clock.REFUSED:
        return _NOBODY
    at = datetime.fromtimestamp(file.modified_ns // 10**9, UTC)
    if believing.files is Clock.CAMERA:
        at = at.replace(tzinfo=believing.zone).astimezone(UTC)
    return Taken(at - lasts, ToldBy.FILE)

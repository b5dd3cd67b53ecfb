"""Tell what a file is by its first bytes, and what to do with one that is not read."""

import re
from typing import Final

HEAD: Final = 512
"""How many bytes from the start are looked at."""

# Only formats that cameras and phones write: each decoder less is one less to attack.
_READ: Final = (
    ("JPEG", re.compile(rb"\xff\xd8\xff")),
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("WEBP", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("TIFF", re.compile(rb"II\*\0|MM\0\*")),
    ("BMP", re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL)),
)
_SAVE: Final = "Save it as JPEG or PNG and try again."
_HEIC: Final = (
    "is a HEIC photo, which is not read. Save it as JPEG and try again "
    "(an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible)."
)
_VIDEO: Final = "is a video, not a photo. Take a still picture out of it, as JPEG or PNG."
_NOT_READ: Final = (
    (re.compile(rb".{4}ftyp(?=.{0,64}?(?:hei[cxms]|hev[cxms]))", re.DOTALL), _HEIC),
    (
        re.compile(rb".{4}ftyp(?=.{0,64}?avi[fs])", re.DOTALL),
        f"is an AVIF picture, which is not read. {_SAVE}",
    ),
    (
        re.compile(rb".{4}ftyp(?:mif1|msf1)", re.DOTALL),
        f"is a HEIF picture, which is not read. {_SAVE}",
    ),
    (re.compile(rb"GIF8[79]a"), f"is a GIF, which is not read. {_SAVE}"),
    (re.compile(rb"II\+\0|MM\0\+"), f"is a BigTIFF, which is not read. {_SAVE}"),
    (
        re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "),
        f"is a JPEG XL picture, which is not read. {_SAVE}",
    ),
    (
        re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
        f"is a JPEG 2000 picture, which is not read. {_SAVE}",
    ),
    (
        re.compile(rb"%PDF-"),
        "is a PDF, not a photo. Save the picture on its page as JPEG or PNG and try again.",
    ),
    (
        re.compile(rb"8BPS"),
        f"is a Photoshop file, which is not read. {_SAVE}",
    ),
    (re.compile(rb"RIFF....AVI |\x1a\x45\xdf\xa3|FLV\x01|\0\0\x01\xba", re.DOTALL), _VIDEO),
    (re.compile(rb".{4}(?:ftyp|moov|mdat)", re.DOTALL), _VIDEO),
    (
        re.compile(rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"),
        "is an archive, not a photo. Unpack it and name the photos inside.",
    ),
    (
        re.compile(rb"version https://git-lfs"),
        "is a note that stands for a file that was not fetched. Run `git lfs pull`.",
    ),
)
_UNKNOWN: Final = "is not a photo that can be read. Use a JPEG, PNG, WebP, BMP or TIFF file."


def kind_of(content: bytes) -> str | None:
    """JPEG, PNG, WEBP, TIFF or BMP; None where it is none of these."""
    head = content[:HEAD]
    return next((kind for kind, mark in _READ if mark.match(head)), None)


def why_not_read(content: bytes) -> str:
    """What follows the file's name: what it is, and what to do."""
    head = content[:HEAD]
    return next((said for mark, said in _NOT_READ if mark.match(head)), _UNKNOWN)

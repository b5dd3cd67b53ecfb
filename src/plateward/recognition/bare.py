"""Strip a photo's file to what its pixels need, before any decoder sees it.

Notes beside the pixels (EXIF, XMP, colour profiles, previews, further pages and frames) are most of
what a decoder can be attacked by, and none of them shows a plate. One note is read, here: which way
up the camera was held.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal


class Overloaded(Exception):
    """The file asks for more work than any photo needs. The message says of what."""


@dataclass(frozen=True, slots=True)
class Bare:
    """`turned` is the EXIF orientation, 1 to 8; 1 is upright.

    `size` is width and height, where the decoder sets memory aside before it tells them.
    """

    content: bytes
    turned: int = 1
    size: tuple[int, int] = (0, 0)


def bare(kind: str, content: bytes) -> Bare:
    """The same pixels with nothing beside them. Raises Overloaded, or struct.error when cut off."""
    match kind:
        case "JPEG":
            return _jpeg(content)
        case "PNG":
            return _png(content)
        case "TIFF":
            return _tiff(content)
        case "WEBP":
            return Bare(content, _webp_turned(content), _webp_size(content))
        case _:
            return _bmp(content)


# --- JPEG: marked segments, then scans

_MOST_SEGMENTS: Final = 2000
_MOST_SCANS: Final = 100
_EXIF: Final = b"Exif\0\0"
_SCAN, _END, _APP0, _APP1, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xEE
# The frame, its tables, and the two notes that tell how colours are kept.
_PIXEL_SEGMENTS: Final = {*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, _APP0, _APP14}


def _jpeg(content: bytes) -> Bare:
    kept = [content[:2]]
    turned = 1
    at = 2
    for marker, start, after in _segments(content):
        at = after
        if marker in _PIXEL_SEGMENTS:
            kept.append(content[start:after])
        elif marker == _APP1 and turned == 1 and content.startswith(_EXIF, start + 4):
            turned = orientation(content[start + 4 + len(_EXIF) : after])
    scans = content[at : _end_of(content, at)]
    if scans.count(b"\xff\xda") > _MOST_SCANS:
        raise Overloaded(f"more than {_MOST_SCANS} passes over its pixels")
    return Bare(b"".join([*kept, scans]), turned)


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the first scan. Junk between them is skipped."""
    at, seen = 2, 0
    while (at := content.find(b"\xff", at)) >= 0 and at + 4 <= len(content):
        marker = content[at + 1]
        if marker in (0x00, 0xFF):
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # these have no length
            at += 2
        elif marker in (_SCAN, _END):
            return
        else:
            end = at + 2 + max(2, int.from_bytes(content[at + 2 : at + 4]))
            yield marker, at, end
            at, seen = end, seen + 1
        if seen > _MOST_SEGMENTS:
            raise Overloaded(f"more than {_MOST_SEGMENTS} notes beside its pixels")


def _end_of(content: bytes, at: int) -> int:
    """Behind the first picture: phones append further ones. In a scan FF D9 stands nowhere else."""
    found = content.find(b"\xff\xd9", at)
    return len(content) if found < 0 else found + 2


# --- PNG: chunks

_MOST_CHUNKS: Final = 100_000
_PIXEL_CHUNKS: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def _png(content: bytes) -> Bare:
    kept = [content[:8]]
    turned = 1
    for number, (name, start, after) in enumerate(_chunks(content)):
        if number > _MOST_CHUNKS:
            raise Overloaded(f"more than {_MOST_CHUNKS} pieces")
        if name in _PIXEL_CHUNKS:
            kept.append(content[start:after])
        elif name == b"eXIf":
            turned = orientation(content[start + 8 : after - 4])
    return Bare(b"".join(kept), turned)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk; the last may be cut off."""
    at, name = 8, b""
    while at + 8 <= len(content) and name != b"IEND":
        name = content[at + 4 : at + 8]
        after = at + 12 + int.from_bytes(content[at : at + 4])
        yield name, at, after
        at = after


# --- TIFF: a directory of tags, which EXIF notes have too

_ORIENTATION: Final = 0x0112
_MOST_TAGS: Final = 4096
_MOST_PIECES: Final = 100_000
_MOST_TILE: Final = 1 << 24  # pixels: the decoder holds a whole tile, however small the picture
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_PIECES: Final = {273, 279, 324, 325}  # where strips and tiles begin, and how long each is
# Size, kind of pixel, compression and its settings. How many values each may have at most.
_PIXEL_TAGS: Final = {
    **dict.fromkeys((256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 293, 317), 16),
    **dict.fromkeys(_PIECES, _MOST_PIECES),
    **dict.fromkeys((_TILE_WIDTH, _TILE_LENGTH, 338, 339, 512, 513, 514, 515, 530, 531), 16),
    **dict.fromkeys((519, 520, 521, 529, 532), 16),
    320: 3 << 16,  # a palette
    347: 1 << 16,  # tables of JPEG inside TIFF
}


@dataclass(frozen=True, slots=True)
class _Tag:
    number: int
    kind: int
    count: int
    entry: bytes

    def value(self, order: Literal["little", "big"]) -> int:
        """Its first value, where that is a short or a long that stands in the entry itself."""
        length = 2 if self.kind == 3 else 4
        return int.from_bytes(self.entry[8 : 8 + length], order)


def _tiff(content: bytes) -> Bare:
    order = _order(content)
    tags = {tag.number: tag for tag in _tags(content, order)}
    kept = [tags[number] for number in sorted(_PIXEL_TAGS.keys() & tags.keys())]
    for tag in kept:
        if tag.count * _SIZES.get(tag.kind, 1) > len(content):
            raise struct.error("a tag is longer than the file")
        if tag.count > _PIXEL_TAGS[tag.number]:
            raise Overloaded(f"{tag.count} values where few are meant")
    sides = [tags[side].value(order) for side in (_TILE_WIDTH, _TILE_LENGTH) if side in tags]
    if len(sides) == 2 and sides[0] * sides[1] > _MOST_TILE:
        raise Overloaded(f"tiles of {sides[0]} x {sides[1]} pixels")
    turned = _upright_unless_told(tags.get(_ORIENTATION), order)
    return Bare(_with_directory(content, kept, order), turned)


def _with_directory(content: bytes, tags: list[_Tag], order: Literal["little", "big"]) -> bytes:
    """The file with one directory of these tags, at its end; whatever else is in it, is unread."""
    padding = b"\0" * (len(content) % 2)
    at = len(content) + len(padding)
    return b"".join(
        [
            content[:4],
            at.to_bytes(4, order),
            content[8:],
            padding,
            len(tags).to_bytes(2, order),
            *(tag.entry for tag in tags),
            bytes(4),
        ]
    )


def _tags(content: bytes, order: Literal["little", "big"]) -> Iterator[_Tag]:
    """The entries of the first directory. Raises struct.error when the file ends before them."""
    mark = "<" if order == "little" else ">"
    (at,) = struct.unpack_from(f"{mark}I", content, 4)
    (count,) = struct.unpack_from(f"{mark}H", content, at)
    if count > _MOST_TAGS:
        raise Overloaded(f"{count} tags")
    for start in range(at + 2, at + 2 + 12 * count, 12):
        number, kind, values = struct.unpack_from(f"{mark}HHI", content, start)
        yield _Tag(number, kind, values, content[start : start + 12])


def orientation(notes: bytes) -> int:
    """The EXIF orientation, 1 to 8; 1 where the notes do not say, or are broken."""
    try:
        order = _order(notes)
        found = [tag for tag in _tags(notes, order) if tag.number == _ORIENTATION]
    except (struct.error, Overloaded):
        return 1
    return _upright_unless_told(found[0] if found else None, order)


def _order(content: bytes) -> Literal["little", "big"]:
    return "little" if content.startswith(b"II") else "big"


def _upright_unless_told(tag: _Tag | None, order: Literal["little", "big"]) -> int:
    value = tag.value(order) if tag else 1
    return value if 1 <= value <= 8 else 1


# --- WebP: chunks; its decoder does not look into notes

_MOST_WEBP_CHUNKS: Final = 10_000


def _webp_turned(content: bytes) -> int:
    at = 12
    for _ in range(_MOST_WEBP_CHUNKS):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name == b"EXIF":
            return orientation(content[at + 8 : at + 8 + size].removeprefix(_EXIF))
        if not name:
            break
        at += 8 + size + size % 2
    return 1


def _webp_size(content: bytes) -> tuple[int, int]:
    """Of the canvas, or of the one picture."""
    match content[12:16]:
        case b"VP8X":
            across, down = content[24:27], content[27:30]
            return 1 + int.from_bytes(across, "little"), 1 + int.from_bytes(down, "little")
        case b"VP8L":
            packed = int.from_bytes(content[21:25], "little")
            return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
        case _:
            packed = int.from_bytes(content[26:30], "little")
            return packed & 0x3FFF, packed >> 16 & 0x3FFF


# --- BMP: nothing to strip


def _bmp(content: bytes) -> Bare:
    # Run-length coding is undone a pixel at a time: minutes for a file that no camera writes.
    if content[30:34] in (b"\1\0\0\0", b"\2\0\0\0") and content[14] >= 40:
        raise Overloaded("run-length coding")
    return Bare(content)

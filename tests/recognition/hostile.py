"""Files made to harm whoever opens them: small on disk, and huge, endless or broken inside."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import PIL.Image

UNDEFINED = 7  # the TIFF kind for bytes that mean nothing to others


def encoded(picture: PIL.Image.Image, kind: str, **options: object) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def noise(width: int = 64, height: int = 48) -> PIL.Image.Image:
    pixels = np.random.default_rng(7).integers(0, 255, (height, width, 3), np.uint8)
    return PIL.Image.fromarray(pixels)


# --- PNG


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int, *, pixels: bytes = bytes(1_000_000)) -> bytes:
    """A PNG that claims any size, and holds pixels of one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(pixels, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def png_with(*notes: bytes) -> bytes:
    """A good PNG with chunks put before its pixels."""
    good = encoded(noise(), "PNG")
    after_header = 8 + 12 + 13
    return good[:after_header] + b"".join(notes) + good[after_header:]


def png_profile_bomb() -> bytes:
    """A colour profile of 20 MB in 20 kB."""
    return png_with(chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(20_000_000), 9)))


def png_text_bomb() -> bytes:
    return png_with(*[chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1_000_000), 9))] * 100)


def png_notes_bomb() -> bytes:
    return png_with(chunk(b"eXIf", notes_bomb()))


def png_of_many_chunks() -> bytes:
    return png_with(chunk(b"aaAa", b"") * 200_000)


def animated_png() -> bytes:
    frames = [noise().rotate(turn) for turn in (0, 90, 180)]
    return encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])


# --- TIFF, and the EXIF notes that have its form


def tag(number: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", number, kind, count, value)


def directory(*tags: bytes, following: int = 0) -> bytes:
    return struct.pack("<H", len(tags)) + b"".join(tags) + struct.pack("<I", following)


def notes_bomb(size: int = 3_000_000, tags: int = 4000) -> bytes:
    """Thousands of tags that all name the same millions of bytes: copied, they fill any memory."""
    same = [tag(40_000 + at, UNDEFINED, size, 8) for at in range(tags)]
    return b"II*\0" + struct.pack("<I", 8) + directory(*same) + bytes(size)


def turned(orientation: int) -> bytes:
    return b"II*\0" + struct.pack("<I", 8) + directory(tag(0x0112, 3, 1, orientation))


def tiff(*more: bytes, at_end: bytes = b"", following: int = 0) -> bytes:
    """A grey TIFF of 8 x 8 pixels, with more tags, which may take the place of its own."""
    own = {
        each[:2]: each
        for each in (
            tag(256, 3, 1, 8),
            tag(257, 3, 1, 8),
            tag(258, 3, 1, 8),
            tag(259, 3, 1, 1),
            tag(262, 3, 1, 1),
            tag(273, 4, 1, 8),
            tag(277, 3, 1, 1),
            tag(278, 3, 1, 8),
            tag(279, 4, 1, 64),
            *more,
        )
    }
    tags = sorted(own.values(), key=lambda each: struct.unpack("<H", each[:2]))
    listed = directory(*tags, following=following)
    return b"II*\0" + struct.pack("<I", 72) + bytes(range(64)) + listed + at_end


def tiff_notes_bomb() -> bytes:
    same = [tag(40_000 + at, UNDEFINED, 3_000_000, 8) for at in range(4000)]
    return tiff(*same, at_end=bytes(3_000_000))


def tiff_of_strips() -> bytes:
    """Ten million strips for eight rows."""
    return tiff(tag(273, 4, 5_000_000, 400), tag(278, 3, 1, 1), at_end=bytes(20_000_400))


def tiff_of_one_tile() -> bytes:
    """A tile of 3.6 thousand million pixels for a picture of 64."""
    tile = zlib.compress(bytes(9_000_000), 9)
    tags = [tag(322, 4, 1, 60_000), tag(323, 4, 1, 60_000), tag(259, 3, 1, 8)]
    start = 72 + 2 + 12 * 13 + 4
    return tiff(*tags, tag(324, 4, 1, start), tag(325, 4, 1, len(tile)), at_end=tile)


def tiff_of_odd_offsets() -> bytes:
    """Where its pixels begin is not a number but bytes."""
    return tiff(tag(273, UNDEFINED, 4, 8))


def tiff_of_loud_colours() -> bytes:
    """Its palette has colours far brighter than white."""
    at = 72 + 2 + 12 * 10 + 4
    return tiff(tag(262, 3, 1, 3), tag(320, 4, 768, at), at_end=b"\xff" * 4 * 768)


def tiff_that_returns_to_itself() -> bytes:
    return tiff(following=72)


def tiff_of_pages() -> bytes:
    pages = [noise().convert("L")] * 300
    return encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])


# --- JPEG


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_with(*segments: bytes, **options: object) -> bytes:
    good = encoded(noise(), "JPEG", **options)
    return good[:2] + b"".join(segments) + good[2:]


def jpeg_notes_bomb(*, junk: bytes = b"") -> bytes:
    """EXIF notes go on from segment to segment, so that even JPEG can hold the bomb of notes."""
    notes = notes_bomb()
    parts = [notes[at : at + 60_000] for at in range(0, len(notes), 60_000)]
    segments = [segment(0xE1, b"Exif\0\0" + part) for part in parts]
    return jpeg_with(segment(0xFE, b"a word"), junk, *segments)


def jpeg_of_scans() -> bytes:
    """The last pass over the pixels again and again."""
    good = encoded(noise(), "JPEG", progressive=True)
    last = good.rindex(b"\xff\xda")
    return good[:last] + good[last:-2] * 5000 + b"\xff\xd9"


def jpeg_of_segments() -> bytes:
    return jpeg_with(segment(0xFE, b"") * 100_000)


def jpeg_claiming(width: int, height: int) -> bytes:
    good = encoded(noise(), "JPEG")
    frame = good.index(b"\xff\xc0")
    return good[: frame + 5] + struct.pack(">HH", height, width) + good[frame + 9 :]


# --- WebP and BMP


def webp_canvas(width: int, height: int) -> bytes:
    """An animation whose canvas is huge and whose only frame is small."""
    still = encoded(noise(16, 16), "WEBP")[12:]
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4) + still
    chunks = b"".join(
        name + struct.pack("<I", len(body)) + body
        for name, body in (
            (b"VP8X", b"\x02\0\0\0" + sizes),
            (b"ANIM", bytes(6)),
            (b"ANMF", frame),
        )
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def animated_webp() -> bytes:
    frames = [noise().rotate(turn) for turn in (0, 90, 180)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)


def bmp_of_runs() -> bytes:
    """Run-length coding that makes no headway: a step of nothing, again and again."""
    good = bytearray(encoded(noise(400, 400).convert("P"), "BMP"))
    good[30] = 1
    pixels = int.from_bytes(good[10:14], "little")
    return bytes(good[:pixels]) + b"\0\2\0\0" * 1_000_000


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "png of 20,000 x 20,000": (lambda: png_claiming(20_000, 20_000), "20000 x 20000 pixels"),
    "png of 60,000 x 60,000": (lambda: png_claiming(60_000, 60_000), "60000 x 60000 pixels"),
    "png as long as a street": (lambda: png_claiming(400_000, 16), "16384 on a side"),
    "jpeg of 65,000 x 65,000": (lambda: jpeg_claiming(65_000, 65_000), "65000 x 65000 pixels"),
    "jpeg of many scans": (jpeg_of_scans, "passes over its pixels"),
    "jpeg of many segments": (jpeg_of_segments, "notes beside its pixels"),
    "png of many chunks": (png_of_many_chunks, "pieces"),
    "tiff of many strips": (tiff_of_strips, "5000000 values"),
    "tiff of one tile": (tiff_of_one_tile, "tiles of 60000 x 60000"),
    "webp canvas": (lambda: webp_canvas(16_383, 16_383), "16383 x 16383 pixels"),
    "webp of a phone's size": (lambda: webp_canvas(8_000, 6_000), "8000 x 6000 pixels"),
    "bmp of runs": (bmp_of_runs, "run-length coding"),
}
"""Each with what its refusal says."""

READ: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {
    "png with a bomb of a profile": (png_profile_bomb, (48, 64)),
    "png with bombs of text": (png_text_bomb, (48, 64)),
    "png with a bomb of notes": (png_notes_bomb, (48, 64)),
    "animated png": (animated_png, (48, 64)),
    "tiff with a bomb of notes": (tiff_notes_bomb, (8, 8)),
    "tiff that returns to itself": (tiff_that_returns_to_itself, (8, 8)),
    "tiff of 300 pages": (tiff_of_pages, (48, 64)),
    "jpeg with a bomb of notes": (jpeg_notes_bomb, (48, 64)),
    "jpeg with junk before the bomb": (lambda: jpeg_notes_bomb(junk=b"\0\0junk"), (48, 64)),
    "animated webp": (animated_webp, (48, 64)),
}
"""Each with the height and width of the good pixels in it."""

"""Open photos damaged at random for as long as asked, and keep every one that does harm.

What may come of a damaged photo: pixels, or NotAPhoto. Anything else is a finding: another
exception, a wrong shape, a crash, more than ten seconds. A finding is kept with its number;
`--seed S --only N` makes and opens that one again.

    .venv/bin/python tools/fuzz_photos.py --minutes 10
"""

import argparse
import hashlib
import io
import json
import math
import mmap
import multiprocessing
import os
import random
import resource
import signal
import struct
import sys
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import PIL.Image

from plateward.recognition import NotAPhoto, photos
from plateward.recognition.samples import samples

SMALL = (120, 90)
SLOW = 10  # seconds of its own processor time
MEMORY = 1 << 30  # beside what the libraries take
ODD = (0, 1, 2, 3, 7, 8, 16, 0x7F, 0x80, 0xFE, 0xFF, 0xD8, 0xD9, 0xDA)
WIDE = (0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MODES = (
    *(("JPEG", mode) for mode in ("CMYK", "L")),
    *(("PNG", mode) for mode in ("I;16", "1", "RGBA", "LA")),
    ("WEBP", "RGBA"),
    *(("BMP", mode) for mode in ("RGB", "P", "1")),
    *(("TIFF", mode) for mode in ("F", "I;16", "RGBA", "LAB", "CMYK", "P")),
)
Edit = tuple[str, float, float, int]
"""What is done, where (0 to 1), how far from there (0 to 1), and with which number."""


@cache
def seeds() -> tuple[bytes, ...]:
    """Real photos, as they are and small, in every form that is read."""
    listed = samples()
    whole = [each.photo.read_bytes() for each in listed[:2]]
    small = [_shrunk(each.photo) for each in listed[:3]]
    return (*whole, *(form for picture in small for form in _forms(picture)))


def _shrunk(photo: Path) -> PIL.Image.Image:
    with PIL.Image.open(photo) as picture:
        picture.thumbnail(SMALL)
        return picture.convert("RGB")


def _forms(picture: PIL.Image.Image) -> Iterator[bytes]:
    notes = PIL.Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "a camera"
    moving = {"save_all": True, "append_images": [picture.rotate(90), picture.rotate(180)]}
    yield _saved(picture, "JPEG", exif=notes)
    yield _saved(picture, "JPEG", progressive=True, icc_profile=bytes(500))
    yield _saved(picture, "PNG", exif=notes)
    yield _saved(picture.convert("P"), "PNG", transparency=3)
    yield _saved(picture, "WEBP", exif=notes)
    for kind in ("PNG", "WEBP", "TIFF"):
        yield _saved(picture, kind, **moving)
    for kind, mode in _MODES:
        yield _saved(picture.convert(mode), kind, lossless=True)
    for compression in (None, "tiff_lzw", "tiff_deflate", "jpeg", "packbits"):
        yield _saved(picture, "TIFF", compression=compression, exif=notes)
    yield _saved(picture.convert("1"), "TIFF", compression="group4")


def _saved(picture: PIL.Image.Image, kind: str, **options: object) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def damaged(content: bytes, edits: list[Edit]) -> bytes:
    changed = bytearray(content)
    for edit in edits:
        _apply(changed, edit)
    if changed.startswith(b"\x89PNG") and edits and edits[0][3] % 2:
        return mended(bytes(changed))  # or its checksums would hide all that lies behind them
    return bytes(changed)


def _apply(changed: bytearray, edit: Edit) -> None:
    what, where, far, number = edit
    at = int(where * len(changed))
    if what in _IN_PLACE:
        _overwrite(changed, at, _IN_PLACE[what](changed[at : at + 4096], far, number))
    elif what == "swap":
        other = int(far * len(changed))
        one, two = changed[at : at + 16], changed[other : other + 16]
        _overwrite(changed, at, two)
        _overwrite(changed, other, one)
    else:
        length = len(changed) if what == "end" else 1 + int(far**3 * 4096)
        repeated = {"repeat": changed[at : at + length] * (1 + number % 4), "insert": _word(number)}
        changed[at : at + (0 if what in repeated else length)] = repeated.get(what, b"")


def _overwrite(changed: bytearray, at: int, new: bytes) -> None:
    changed[at : at + len(new)] = new


def _word(number: int) -> bytes:
    return number.to_bytes(4, "big") * (1 + number % 30)


def _wide(_old: bytes, _far: float, number: int) -> bytes:
    form = ("<H", ">H", "<I", ">I")[number % 4]
    value = WIDE[number // 4 % len(WIDE)] & (0xFFFF if form[1] == "H" else 0xFFFFFFFF)
    return struct.pack(form, value)


_IN_PLACE: dict[str, Callable[[bytes, float, int], bytes]] = {
    "flip": lambda old, _far, number: bytes(each ^ 1 << number % 8 for each in old[:1]),
    "set": lambda _old, _far, number: bytes([ODD[number % len(ODD)]]),
    "zeros": lambda old, far, _number: bytes(int(far**3 * len(old))),
    "wide": _wide,
}
EDITS = (*_IN_PLACE, "swap", "cut", "end", "repeat", "insert")


def mended(content: bytes) -> bytes:
    """A PNG whose checksums are right again."""
    parts, at = [content[:8]], 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        body = content[at:end]
        parts += [body, struct.pack(">I", zlib.crc32(body[4:]))]
        at = end + 4
    return b"".join([*parts, content[at:]])


def number_of(seed: int, number: int) -> bytes:
    """The same damaged photo every time."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 -- to repeat it, not to hide it
    content = chance.choice(seeds())
    edits: list[Edit] = [
        (chance.choice(EDITS), _where(chance), chance.random(), chance.getrandbits(32))
        for _ in range(chance.choice((1, 1, 2, 3, 6)))
    ]
    return damaged(content, edits)


def _where(chance: random.Random) -> float:
    """Half of them at the start, where a file says what it is."""
    return chance.random() * chance.choice((1, 1, 0.1, 0.01))


def outcome(content: bytes) -> str:
    """ "read" or "refused"; an exception where it is neither."""
    try:
        image = photos.load(content)
    except NotAPhoto as refusal:
        said = str(refusal)
        assert said.startswith("The photo ") and said.endswith((".", ").")), said  # noqa: PT018, S101
        return "refused"
    assert image.ndim == 3 and image.shape[2] == 3 and image.dtype == "uint8"  # noqa: PT018, S101
    assert 0 < image.shape[0] * image.shape[1] <= photos.MOST_PIXELS  # noqa: S101
    return "read"


@dataclass(frozen=True)
class Until:
    """When to stop: at a time (seconds since 1970), or after so many photos."""

    time: float
    count: float = math.inf

    def goes_on(self, number: int) -> bool:
        return number < self.count and time.time() < self.time


@dataclass
class Shared:
    """What the process that opens photos tells the one that watches it, even when it dies."""

    memory: mmap.mmap

    def write(self, number: int, read: int, refused: int) -> None:
        self.memory[:24] = struct.pack("<qqq", number, read, refused)

    def read(self) -> tuple[int, int, int]:
        return struct.unpack("<qqq", self.memory[:24])


def work(shared: Shared, seed: int, start: int, until: Until, out: Path) -> None:
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY,) * 2)
    signal.signal(signal.SIGVTALRM, _too_slow)
    warnings.simplefilter("error", RuntimeWarning)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff writes what it thinks of each file
    counts = Counter(read=shared.read()[1], refused=shared.read()[2])
    number = start
    while until.goes_on(number):
        shared.write(number, counts["read"], counts["refused"])
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOW)
        try:
            counts[outcome(number_of(seed, number))] += 1
        except Exception:  # noqa: BLE001 -- whatever else it is, is what is looked for
            keep(out, seed, number, traceback.format_exc())
        number += 1
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    shared.write(number, counts["read"], counts["refused"])


def _too_slow(*_: object) -> None:
    raise RuntimeError(f"it took more than {SLOW} seconds")


def keep(out: Path, seed: int, number: int, why: str) -> None:
    """One of each kind: where it broke, told by the last lines of the trace."""
    last = [line for line in why.splitlines() if line.strip().startswith("File ")][-1:]
    kind = hashlib.sha256("".join([*last, why.splitlines()[-1][:40]]).encode()).hexdigest()[:8]
    out.mkdir(parents=True, exist_ok=True)
    if not (out / f"{kind}.txt").exists():
        (out / f"{kind}.photo").write_bytes(number_of(seed, number))
        (out / f"{kind}.txt").write_text(f"--seed {seed} --only {number}\n{why}")


def watch(seed: int, until: Until, out: Path) -> dict[str, int]:
    """Start a process that opens photos, and another after each that dies."""
    seeds()
    shared = Shared(mmap.mmap(-1, 24))
    died, start = 0, 0
    context = multiprocessing.get_context("fork")
    while until.goes_on(start):
        process = context.Process(target=work, args=(shared, seed, start, until, out))
        process.start()
        process.join()
        if process.exitcode == 0:
            break
        died += 1
        start = shared.read()[0] + 1
        keep(out, seed, start - 1, f"the process died: exit code {process.exitcode}")
    number, read, refused = shared.read()
    kinds = len(list(out.glob("*.txt"))) if out.exists() else 0
    return {"opened": number, "read": read, "refused": refused, "died": died, "kinds": kinds}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="make and open this one alone")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    asked = parser.parse_args()
    if asked.only is not None:
        print(outcome(number_of(asked.seed, asked.only)))
        return 0
    found = watch(asked.seed, Until(time.time() + 60 * asked.minutes), asked.out)
    print(json.dumps({**found, "minutes": asked.minutes, "seed": asked.seed}))
    print(f"Findings are in {asked.out}." if found["kinds"] else "No findings.")
    return 1 if found["kinds"] else 0


if __name__ == "__main__":
    sys.exit(main())

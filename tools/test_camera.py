"""Play photos or a film as an RTSP camera, to try out what watches one.

    python tools/test_camera.py --clip car.jpg --clip van.jpg --port 8554 --path /elm

A photo becomes a street past which the camera pans, so that its vehicle drives by; a film is played
as it is; a folder's photos are played one after the other. All of it again and again. Orders on the
standard input make the camera freeze, pause or slow down: see `tools/rtsp_server.py`, which this
becomes, and which says what to install.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Pillow

from plateward.capture import video
from plateward.recognition import Image, NotAPhoto, photos

SERVER: Final = Path(__file__).with_name("rtsp_server.py")
SYSTEM_PYTHON: Final = "/usr/bin/python3"
_PHOTOS: Final = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"))
_STRIDE: Final = 0.5
"""Of the picture's width, by which the camera pans over a photo."""
_AWAY: Final = 2.5
"""Seconds of empty street after each photo, so that its vehicle has left before the next comes."""
_LARGEST: Final = 2040  # RFC 2435, and in steps of 8


def pictures(clip: Path, *, size: tuple[int, int], fps: float) -> Iterator[Image]:
    """The pictures of one clip, each of `size` (width, height)."""
    if clip.is_dir():
        for file in sorted(clip.iterdir()):
            if file.suffix.lower() in _PHOTOS:
                yield fitted(photos.load(file), size)
    elif clip.suffix.lower() in _PHOTOS:
        yield from driven_by(photos.load(clip), size=size, fps=fps)
    else:
        every = timedelta(seconds=1 / fps)
        began = datetime.now(UTC)
        for frame in video.frames(clip, device="clip", began=began, every=every):
            yield fitted(frame.image, size)


def driven_by(photo: Image, *, size: tuple[int, int], fps: float) -> Iterator[Image]:
    """Two seconds in which what the photo shows moves to the right, then an empty street."""
    width, height = size
    street = fitted(photo, (round(width * (1 + _STRIDE)), height))
    for step in np.linspace(street.shape[1] - width, 0, round(2 * fps)):
        yield street[:, round(step) : round(step) + width]
    empty = np.asarray(Pillow.fromarray(street).resize((4, 4)).resize((width, height)), np.int16)
    noise = np.random.default_rng(1)
    for _ in range(round(_AWAY * fps)):  # never twice the same, as a frozen camera's would be
        grain = noise.integers(-4, 5, (height, width, 1), np.int16)
        yield np.clip(empty + grain, 0, 255).astype(np.uint8)


def fitted(image: Image, size: tuple[int, int]) -> Image:
    """As large as fills `size`, cut to it at the edges."""
    width, height = size
    scale = max(width / image.shape[1], height / image.shape[0])
    across, down = round(image.shape[1] * scale), round(image.shape[0] * scale)
    large = np.asarray(Pillow.fromarray(image).resize((across, down)), np.uint8)
    left, top = (across - width) // 2, (down - height) // 2
    return large[top : top + height, left : left + width]


def save(clips: list[Path], folder: Path, *, size: tuple[int, int], fps: float) -> int:
    """How many pictures were written into `folder`, in the order in which they play."""
    count = 0
    for clip in clips:
        for picture in pictures(clip, size=size, fps=fps):
            # RTP names no Huffman tables: only the standard's own, which Pillow takes unasked.
            Pillow.fromarray(picture).save(folder / f"{count:06}.jpg", quality=90)
            count += 1
    return count


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Play photos or a film as an RTSP camera.")
    parser.add_argument("--clip", type=Path, action="append", required=True)
    parser.add_argument("--size", default="960x544", help="Width and height, in steps of 8.")
    parser.add_argument("--fps", type=float, default=10)
    parser.add_argument("--port", default="8554", help="0 for any that is free.")
    parser.add_argument("--path", default="/main")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    return parser.parse_args()


def measured(size: str) -> tuple[int, int]:
    parts = [int(part) if part.isdecimal() else 0 for part in size.split("x")]
    if len(parts) != 2 or any(not 0 < part <= _LARGEST or part % 8 for part in parts):
        sys.exit(f"--size is width and height in steps of 8, {_LARGEST} at most, such as 960x544.")
    return parts[0], parts[1]


def main() -> None:
    said = asked()
    folder = Path(tempfile.mkdtemp(prefix="plateward-test-camera-"))
    try:
        count = save(said.clip, folder, size=measured(said.size), fps=said.fps)
    except (NotAPhoto, video.NotAVideo) as refusal:
        sys.exit(str(refusal))
    if not count:
        sys.exit("There is no picture in what --clip names.")
    camera = [str(SERVER), str(folder), "--size", said.size, "--port", said.port]
    camera += ["--path", said.path, "--fps", str(said.fps)]
    camera += ["--user", said.user, "--password", said.password]
    os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *camera])  # noqa: S606 -- our own program


if __name__ == "__main__":
    main()

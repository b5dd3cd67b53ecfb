"""Films made of photos, for tests: a camera that pans, so that a parked car drives by."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from plateward.recognition import Image

FRAMES_A_SECOND = 10


def panned(photo: Image, *, frames: int, step: int, size: tuple[int, int]) -> Iterator[Image]:
    """`frames` windows of `size` (width, height), each `step` pixels further to the left."""
    width, height = size
    left, top = photo.shape[1] - width, (photo.shape[0] - height) // 2
    for n in range(frames):
        at = max(0, left - n * step)
        yield np.ascontiguousarray(photo[top : top + height, at : at + width])


def save(pictures: Iterator[Image], to: Path) -> Path:
    """As MPEG-4, ten frames a second."""
    import av

    with av.open(str(to), "w") as container:
        stream = container.add_stream("mpeg4", rate=FRAMES_A_SECOND)
        stream.bit_rate = 8_000_000
        for n, picture in enumerate(pictures):
            if n == 0:
                stream.height, stream.width = picture.shape[:2]
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return to

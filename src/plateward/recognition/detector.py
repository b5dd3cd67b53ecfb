"""Find plates by their four corners, at two scales."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np

from plateward.recognition import weights
from plateward.recognition.geometry import Floats, Image, Quad, box_around, likeness
from plateward.recognition.networks import Network


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be a plate: its corners and how sure the finder is, 0 to 1."""

    quad: Quad
    score: float


class Detector(Protocol):
    """Likeliest first; overlapping finds of one plate already merged."""

    def find(self, image: Image) -> Sequence[Found]: ...


_PIXELS: Final = (640 * 360, 1440 * 810)
_ENLARGED: Final = 3.0  # more shows nothing new
# What the network was trained with: each prior is a square of one of these sizes at every step.
_PRIORS: Final = ((8, (24, 48)), (16, (96, 192)), (32, (384, 768)))
_MEAN_RGB: Final = np.array([123, 117, 104], np.float32)
_CENTRE_SPREAD: Final = 0.1
# Its corner order is bottom-right, bottom-left, top-left, top-right.
_READING_ORDER: Final = [2, 3, 0, 1]


class CornerDetector:
    """Two sizes together find plates from a twentieth to half of the width of a photo."""

    def __init__(
        self, network: Network, *, pixels: tuple[int, ...] = _PIXELS, sure: float = 0.3
    ) -> None:
        self._network = network
        self._pixels = pixels
        self._sure = sure

    @classmethod
    def default(cls, provider: str | None = None) -> "CornerDetector":
        return cls(Network(weights.PLATE_CORNERS, provider))

    def find(self, image: Image) -> list[Found]:
        found = [one for pixels in self._pixels for one in self._at(pixels, image)]
        return merge(found, image.shape[:2])

    def _at(self, pixels: int, image: Image) -> list[Found]:
        scale = min(_ENLARGED, float(np.sqrt(pixels / (image.shape[0] * image.shape[1]))))
        small = shrink(image, round(image.shape[1] * scale), round(image.shape[0] * scale))
        height, width = small.shape[:2]
        batch = (small.astype(np.float32) - _MEAN_RGB)[:, :, ::-1].transpose(2, 0, 1)[None]
        _, scores, corners = self._network.run(batch)
        sure = scores[0, :, 1]
        kept = np.flatnonzero(sure > self._sure)
        priors = _priors(height, width)[kept]
        offsets = corners[0][kept].reshape(-1, 4, 2) * _CENTRE_SPREAD
        quads = (priors[:, None, :2] + offsets * priors[:, None, 2:]) / scale
        return [
            Found(quad[_READING_ORDER].astype(np.float32), float(sure[index]))
            for quad, index in zip(quads, kept, strict=True)
        ]


def shrink(image: Image, width: int, height: int) -> Image:
    """Resize, at least 32 pixels each way; averaging when it gets smaller."""
    width, height = max(32, width), max(32, height)
    method = cv2.INTER_AREA if width < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def merge(found: Sequence[Found], within: tuple[int, ...], *, alike: float = 0.4) -> list[Found]:
    """Of finds that overlap keep the surest, surest first."""
    shape = (within[0], within[1])
    kept: list[Found] = []
    for one in sorted(found, key=lambda found: -found.score):
        box = box_around(one.quad, shape)
        if box.area and all(likeness(box, box_around(k.quad, shape)) <= alike for k in kept):
            kept.append(one)
    return kept


def _priors(height: int, width: int) -> Floats:
    """Centre x, centre y, side, side of every prior, in pixels, in the network's order."""
    rows = []
    for step, sides in _PRIORS:
        across, down = -(-width // step), -(-height // step)
        y, x, side = np.meshgrid(
            (np.arange(down) + 0.5) * step,
            (np.arange(across) + 0.5) * step,
            np.array(sides),
            indexing="ij",
        )
        rows.append(np.stack([x, y, side, side], axis=-1).reshape(-1, 4))
    return np.concatenate(rows).astype(np.float32)

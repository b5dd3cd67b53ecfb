"""Find lines of text anywhere in a photo: a second opinion where plates look unfamiliar."""

from typing import Final

import cv2
import numpy as np

from plateward.recognition import weights
from plateward.recognition.detector import Found, shrink
from plateward.recognition.geometry import Floats, Image, upright
from plateward.recognition.networks import Network

_STEP: Final = 32
_MOST_PIXELS: Final = 960 * 720  # memory grows with it: a square photo is taken a little smaller
# The network marks the core of a line; a line is this much larger than its core.
_GROWTH: Final = 1.6
_SMALLEST_CORE: Final = 3


class TextLineDetector:
    def __init__(
        self, network: Network, *, long_side: int = 960, marked: float = 0.3, sure: float = 0.5
    ) -> None:
        self._network = network
        self._long_side = long_side
        self._marked = marked
        self._sure = sure

    @classmethod
    def default(cls, provider: str | None = None) -> "TextLineDetector":
        return cls(Network(weights.TEXT_LINES, provider))

    def find(self, image: Image) -> list[Found]:
        rows, columns = image.shape[:2]
        scale = min(self._long_side / max(rows, columns), (_MOST_PIXELS / (rows * columns)) ** 0.5)
        small = shrink(image, _stepped(columns * scale), _stepped(rows * scale))
        batch = ((small.astype(np.float32) / 127.5) - 1)[:, :, ::-1].transpose(2, 0, 1)[None]
        marks = self._network.run(batch)[0][0, 0]
        stretch = np.array([columns / small.shape[1], rows / small.shape[0]], np.float32)
        found = (self._line(marks, core) for core in _cores(marks > self._marked))
        lines = [Found(upright(one.quad * stretch), one.score) for one in found if one]
        return sorted(lines, key=lambda line: -line.score)

    def _line(self, marks: Floats, core: Floats) -> Found | None:
        (x, y), (across, down), angle = cv2.minAreaRect(core)
        if min(across, down) < _SMALLEST_CORE:
            return None
        score = _mean_inside(marks, core)
        if score < self._sure:
            return None
        more = across * down * _GROWTH / (across + down)
        grown = cv2.boxPoints(((x, y), (across + more, down + more), angle))
        return Found(np.asarray(grown, np.float32), score)


def _stepped(length: float) -> int:
    return max(1, round(length / _STEP)) * _STEP


def _cores(marked: np.ndarray) -> list[Floats]:
    outlines, _ = cv2.findContours(marked.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return [outline for outline in outlines if len(outline) >= 4]  # type: ignore[misc]


def _mean_inside(marks: Floats, outline: Floats) -> float:
    left, top, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [(outline - [[left, top]]).astype(np.int32)], 1)
    return float(marks[top : top + height, left : left + width][inside > 0].mean())

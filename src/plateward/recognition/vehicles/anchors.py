"""From the numbers that the box network gives to boxes in pixels of what it was shown."""

from functools import lru_cache
from typing import Final

import numpy as np

from plateward.recognition.geometry import Floats

# What the network was trained with.
_STEPS: Final = (8, 16, 32, 64, 128)
_SIDE: Final = 3.0  # of a step
_GROWTH: Final = tuple(2 ** (third / 3) for third in range(3))
_SHAPES: Final = (1.0, 2.0, 0.5)  # width by height
_WIDEST: Final = 4.0  # exponents above it are noise


def boxes(offsets: Floats, at: np.ndarray, size: tuple[int, int]) -> Floats:
    """Left, top, right, bottom of the anchors `at`, each moved by its row of `offsets`.

    `size` is the width and height that the network was shown.
    """
    x, y, width, height = _anchors(*size)[at].T
    down, across, tall, wide = offsets.T
    half_wide = np.exp(np.minimum(wide, _WIDEST)) * width / 2
    half_tall = np.exp(np.minimum(tall, _WIDEST)) * height / 2
    middle_x, middle_y = across * width + x, down * height + y
    corners = [
        middle_x - half_wide,
        middle_y - half_tall,
        middle_x + half_wide,
        middle_y + half_tall,
    ]
    return np.stack(corners, axis=1).astype(np.float32)


@lru_cache(maxsize=8)
def _anchors(width: int, height: int) -> Floats:
    """Centre x and y, width and height of every anchor, in the network's order. Not to write on."""
    rows = []
    for step in _STEPS:
        sides = [
            (_SIDE * step * growth * shape**0.5, _SIDE * step * growth / shape**0.5)
            for growth in _GROWTH
            for shape in _SHAPES
        ]
        y, x = np.mgrid[0 : height // step, 0 : width // step]
        middles = np.stack([(x + 0.5) * step, (y + 0.5) * step], axis=-1).reshape(-1, 1, 2)
        repeated = np.broadcast_to(np.array(sides), (len(middles), len(sides), 2))
        spread = np.broadcast_to(middles, (len(middles), len(sides), 2))
        rows.append(np.concatenate([spread, repeated], axis=-1).reshape(-1, 4))
    anchors = np.concatenate(rows).astype(np.float32)
    anchors.setflags(write=False)
    return anchors

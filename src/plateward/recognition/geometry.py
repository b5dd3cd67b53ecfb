"""Shapes in image pixels, and how a slanted one is cut out straight.

A quad is a float array of shape (4, 2): x, y of top-left, top-right, bottom-right, bottom-left as a
person reads the plate, so "above" means above in the text and not in the image.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""Height x width x 3, RGB, 0 to 255."""

Floats = npt.NDArray[np.float32]
Quad = Floats
Corners = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
"""Top-left, top-right, bottom-right, bottom-left, each x, y."""


_CLEARLY_LONGER: Final = 1.2


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels; right and bottom are the first column and row outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    def overlap(self, other: "Box") -> int:
        """Pixels that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and self.top <= y < self.bottom


def share_of_smaller(one: Box, other: Box) -> float:
    """How much of the smaller box the other one covers, 0 to 1."""
    smaller = min(one.area, other.area)
    return one.overlap(other) / smaller if smaller else 0.0


def likeness(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    shared = one.overlap(other)
    union = one.area + other.area - shared
    return shared / union if union else 0.0


def box_around(quad: Quad, within: tuple[int, int]) -> Box:
    """The upright box around a quad, cut to an image of `within` = (height, width)."""
    height, width = within
    left, top = np.floor(quad.min(axis=0))
    right, bottom = np.ceil(quad.max(axis=0))
    return Box(
        int(np.clip(left, 0, width)),
        int(np.clip(top, 0, height)),
        int(np.clip(right, 0, width)),
        int(np.clip(bottom, 0, height)),
    )


def quad_of(left: float, top: float, right: float, bottom: float) -> Quad:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def corners_of(quad: Quad) -> Corners:
    (a, b), (c, d), (e, f), (g, h) = ((round(float(x)), round(float(y))) for x, y in quad)
    return ((a, b), (c, d), (e, f), (g, h))


def size(quad: Quad) -> tuple[float, float]:
    """Mean width and mean height along the quad's own sides."""
    top, right, bottom, left = (
        float(np.linalg.norm(quad[(i + 1) % 4] - quad[i])) for i in range(4)
    )
    return (top + bottom) / 2, (left + right) / 2


def inset(
    quad: Quad, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0
) -> Quad:
    """Move each side inwards by a share of the width or height; negative moves it outwards."""
    top_left, top_right, bottom_right, bottom_left = quad
    across_top, across_bottom = top_right - top_left, bottom_right - bottom_left
    sides = (
        (top_left + left * across_top, bottom_left + left * across_bottom),
        (top_right - right * across_top, bottom_right - right * across_bottom),
    )
    (west_up, west_down), (east_up, east_down) = sides
    down_west, down_east = west_down - west_up, east_down - east_up
    return np.stack(
        [
            west_up + top * down_west,
            east_up + top * down_east,
            east_down - bottom * down_east,
            west_down - bottom * down_west,
        ]
    ).astype(np.float32)


def upright(points: Quad) -> Quad:
    """Any four corners of a rectangle, in reading order: longer sides across, left to right."""
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    around = points[np.argsort(angles)].astype(np.float32)
    turns = [np.roll(around, -first, axis=0) for first in range(4)]
    lying = [quad for quad in turns if size(quad)[0] > _CLEARLY_LONGER * size(quad)[1]]
    return max(lying or turns, key=lambda quad: float(quad[1, 0] - quad[0, 0]))


def straighten(image: Image, quad: Quad, *, height: int, widest: int) -> Image:
    """Cut the quad out and undo its slant: `height` rows, as many columns as its shape asks."""
    across, down = size(quad)
    width = int(np.clip(round(height * across / max(down, 1e-3)), height, widest))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    flat = cv2.warpPerspective(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(flat, np.uint8)

"""Blur people in a picture that will be kept. Their boxes are used for that and forgotten."""

from collections.abc import Sequence
from typing import Final

import cv2

from plateward.recognition.geometry import Box, Image

_GROWN: Final = 0.08  # of each side: hair and hands reach past a box
_CELLS: Final = 5  # along the longer side: a face is then one cell or two


def blurred(image: Image, people: Sequence[Box], *, keep: Sequence[Box] = ()) -> Image:
    """A copy in which each of `people` is a few flat cells, and `keep` (the plates) is as it was.

    What is blurred cannot be brought back: only means of large cells are left.
    """
    hidden = image.copy()
    for box in people:
        _blur(hidden, box)
    for box in keep:
        rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
        hidden[rows, columns] = image[rows, columns]
    return hidden


def _blur(image: Image, box: Box) -> None:
    across, down = round(box.width * _GROWN), round(box.height * _GROWN)
    rows = slice(max(0, box.top - down), box.bottom + down)
    columns = slice(max(0, box.left - across), box.right + across)
    part = image[rows, columns]
    if not part.size:
        return
    height, width = part.shape[:2]
    cell = max(height, width) / _CELLS
    cells = (max(1, round(width / cell)), max(1, round(height / cell)))
    means = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
    image[rows, columns] = cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)

"""How far a plate's edges are smeared: by motion to one side, by poor focus to all."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from plateward.recognition import Box, Image

_STRONG: Final = 0.4
"""Of the plate's contrast, for an edge to be one of a character."""
_LEAST_CONTRAST: Final = 15.0
_LEAST_EDGES: Final = 20

Greys = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Smear:
    """Pixels over which an edge goes from dark to light; about 2 where the picture is sharp.

    `across` is from side to side, `down` from top to bottom.
    """

    across: float
    down: float


def smear_of(image: Image, box: Box) -> Smear | None:
    """Of the plate in the box; None where it shows too few edges to tell."""
    cut = image[max(box.top, 0) : box.bottom, max(box.left, 0) : box.right]
    if min(cut.shape[:2]) < 4:
        return None
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across, down = _edge_width(grey), _edge_width(np.ascontiguousarray(grey.T))
    return None if across is None or down is None else Smear(across, down)


def _edge_width(grey: Greys) -> float | None:
    """The middle width of the strong edges along the rows.

    An edge's width is its whole step over its steepest part, which is exact for a picture smeared
    by motion. Rows are evened out against each other first, which leaves that width as it is.
    """
    rows = cv2.blur(grey, (1, 3))
    dark, light = np.percentile(rows, (5, 95))
    if light - dark < _LEAST_CONTRAST:
        return None
    steps = np.pad(np.diff(rows, axis=1), ((0, 0), (0, 1))).ravel()  # no edge goes round a corner
    signs = np.sign(steps)
    starts = np.flatnonzero(np.concatenate(([True], signs[1:] != signs[:-1])))
    whole = np.abs(np.add.reduceat(steps, starts))
    steepest = np.maximum.reduceat(np.abs(steps), starts)
    strong = whole >= _STRONG * (light - dark)
    if strong.sum() < _LEAST_EDGES:
        return None
    return float(np.median(whole[strong] / steepest[strong]))

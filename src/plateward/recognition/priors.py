"""The squares that the corner finder answers for, one after another; its training asks the same."""

from typing import Final

import numpy as np

from plateward.recognition.geometry import Floats

PRIORS: Final = ((8, (24, 48)), (16, (96, 192)), (32, (384, 768)))
"""At every step of so many pixels a prior, a square of each of these sides."""

SPREAD: Final = 0.1
"""Of a prior's side: the unit in which corners are told."""

ORDER: Final = (2, 3, 0, 1)
"""The network tells bottom right, bottom left, top left, top right; we, top left first."""


def priors(height: int, width: int) -> Floats:
    """Centre x, centre y and side of every prior, in pixels, in the network's order."""
    rows = []
    for step, sides in PRIORS:
        across, down = -(-width // step), -(-height // step)
        y, x, side = np.meshgrid(
            (np.arange(down) + 0.5) * step,
            (np.arange(across) + 0.5) * step,
            np.array(sides),
            indexing="ij",
        )
        rows.append(np.stack([x, y, side], axis=-1).reshape(-1, 3))
    return np.concatenate(rows).astype(np.float32)

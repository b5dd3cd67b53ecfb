"""What the corner finder is asked at each prior, and plates out of its raw answers."""

import numpy as np
import numpy.typing as npt

from plateward.recognition.geometry import Floats
from plateward.recognition.priors import ORDER, SPREAD


def targets(quads: Floats, at: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """For every prior 1, 0 or -1 (not judged), and the corners it should say.

    A prior is of a plate where the two overlap by 0.35 of their union; each plate has at least the
    two best.
    """
    wanted = np.zeros(len(at), np.int64)
    told = np.zeros((len(at), 8), np.float32)
    if not len(quads):
        return wanted, told
    low, high = quads.min(axis=1), quads.max(axis=1)
    corner = at[:, None, :2] - at[:, None, 2:] / 2
    far = at[:, None, :2] + at[:, None, 2:] / 2
    shared = np.clip(np.minimum(far, high) - np.maximum(corner, low), 0, None).prod(-1)
    alike = shared / ((high - low).prod(-1) + at[:, None, 2] ** 2 - shared)
    best, owner = alike.max(axis=1), alike.argmax(axis=1)
    wanted[best > 0.2] = -1
    wanted[best > 0.35] = 1
    for plate in range(len(quads)):
        for prior in np.argsort(-alike[:, plate])[:2]:
            wanted[prior], owner[prior] = 1, plate
    chosen = quads[owner][:, ORDER]
    told = ((chosen - at[:, None, :2]) / (SPREAD * at[:, None, 2:])).reshape(-1, 8)
    return wanted, told.astype(np.float32)


def found(
    scores: Floats, corners: Floats, at: Floats, *, sure: float = 0.3
) -> tuple[Floats, Floats]:
    """Scores and quads (top left first) of what is left when overlaps are merged."""
    kept = np.flatnonzero(scores > sure)
    kept = kept[np.argsort(-scores[kept])]
    quads = at[kept, None, :2] + corners[kept].reshape(-1, 4, 2) * SPREAD * at[kept, None, 2:]
    quads = quads[:, ORDER]
    out: list[int] = []
    boxes = np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)
    for one in range(len(kept)):
        if all(likeness(boxes[one], boxes[other]) <= 0.4 for other in out):
            out.append(one)
    return scores[kept][out], quads[out].astype(np.float32)


def likeness(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    """Shared area of two boxes (left, top, right, bottom) over their union's."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))

"""Five parts of the labelled vehicles, by scene: of what four teach the fifth is judge."""

from collections import Counter
from typing import Final

import numpy as np

PARTS: Final = 5
ALL: Final = 5  # the part that keeps nothing apart


def parts_of(scenes: list[str]) -> np.ndarray:
    """For every scene one of five parts, the largest scenes first, into the emptiest part."""
    sizes, parts = Counter(scenes), {}
    filled = np.zeros(PARTS)
    for scene in sorted(sizes, key=lambda scene: (-sizes[scene], scene)):
        parts[scene] = int(filled.argmin())
        filled[parts[scene]] += sizes[scene]
    return np.array([parts[scene] for scene in scenes])

"""1 and I, one upright bar on many plates: does the other spelling fit better where it is from?

The text stays as it was read. How much better another spelling fits the formats of the plate's
likely regions tells how far to trust the one that was read (`confidence`).
"""

import itertools
import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from plateward.plates import formats_prior
from plateward.recognition.regions import REGIONS

MOST: Final = 5.0  # nats; beyond it nothing more is learned
_BARS: Final = "1I"
_RINGS: Final = "0O"  # mistaken as often, and asked about by nobody: the likelier one counts
# More are no plate's, and each doubles the work.
_MOST_BARS, _MOST_RINGS = 4, 3


def doubt(text: str, regions: Sequence[float]) -> float:
    """How much better another spelling of its bars fits, in nats, 0 to MOST.

    `regions`: the network's logits over `regions.REGIONS`; where there are none, all count alike.
    """
    if not 1 <= sum(sign in _BARS for sign in text) <= _MOST_BARS:
        return 0.0
    shares = _shares(regions)
    its, *others = (_fits(each, shares) for each in _spellings(text, _BARS, _MOST_BARS))
    return min(max(0.0, math.log(max(others) / its)), MOST)


def _fits(text: str, shares: dict[str, float]) -> float:
    """Never 0: in each region some plates follow no format."""
    spellings = _spellings(text, _RINGS, _MOST_RINGS)
    return max(formats_prior.likely(each, shares) for each in spellings)


def _spellings(text: str, signs: str, most: int) -> list[str]:
    """As it is first, then with these signs otherwise, the first so many of them."""
    places = [at for at, sign in enumerate(text) if sign in signs][:most]
    found = {text: None}
    for chosen in itertools.product(signs, repeat=len(places)):
        letters = list(text)
        for at, sign in zip(places, chosen, strict=True):
            letters[at] = sign
        found["".join(letters)] = None
    return list(found)


def _shares(regions: Sequence[float]) -> dict[str, float]:
    if not regions:
        return dict.fromkeys(REGIONS, 1.0)
    logits = np.array(regions, np.float64)
    chances = np.exp(logits - logits.max())
    return dict(zip(REGIONS, (chances / chances.sum()).tolist(), strict=True))

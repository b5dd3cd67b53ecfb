"""How likely a read is right as a whole, from what the reader says of it."""

import math
from collections.abc import Sequence
from typing import Final

from plateward.recognition import bars
from plateward.recognition.ocr import Written

SHORTEST: Final = 3
LONGEST: Final = 10


def is_plate_text(text: str) -> bool:
    """Whether a plate may say so."""
    return SHORTEST <= len(text) <= LONGEST


def features(written: Written, find: float) -> tuple[float, ...]:
    """`find`: how likely a plate is there at all, 0 to 1, as `detector.Found.score`."""
    weakest = min((c.confidence for c in written.characters), default=0.0)
    return (
        _log_odds(written.likelihood, 1e-4),
        weakest,
        written.agreement,
        _log_odds(find, 0.02),
    )


def _log_odds(chance: float, least: float) -> float:
    held = min(max(chance, least), 1 - least)
    return math.log(held / (1 - held))


# Fitted by logistic regression (ridge 0.3) on 584 reads: drawn plates in street frames held out
# from training, and validation crops of US and Brazilian cameras. Nothing of it was trained on, and
# the benchmark was not used. One weight for each of `features`; `training/confidence` holds the
# table and gives these numbers again.
_WEIGHTS: Final = (0.54, 1.07, 1.41, 0.94)
_OFFSET: Final = -3.55
# What a nat of doubt between 1 and I takes from the log-odds: fitted on 82 reads, the same and
# Europe's validation crops, which `training/confidence/bars.csv` holds.
_OF_BARS: Final = -0.85
# What the second reader denies is no likelier than this: the share that was right, of 27 reads of
# the same pictures that were thought 0.8 and more. `training/confidence/denials.csv` holds them.
_DENIED: Final = 0.67


def before(values: Sequence[float]) -> float:
    """The log-odds by `features` alone."""
    return _OFFSET + sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True))


def undenied(written: Written, find: float) -> float:
    """0 to 1, by all but the second reader; `find` as in `features`."""
    doubt = bars.doubt(written.text, written.regions)
    return _chance(before(features(written, find)) + _OF_BARS * doubt)


def of(written: Written, find: float) -> float:
    """0 to 1; `find` as in `features`."""
    chance = undenied(written, find)
    return min(chance, _DENIED) if written.denied else chance


def but_for_bars(written: Written, find: float) -> float:
    """The same, were 1 and I one sign: how likely it is a plate, and its other signs are right."""
    return _chance(before(features(written, find)))


def _chance(log_odds: float) -> float:
    return round(1 / (1 + math.exp(-log_odds)), 4)

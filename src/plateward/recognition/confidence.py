"""How likely a read is right as a whole, from what the finder and the reader say."""

import math
from typing import Final

from plateward.recognition.ocr import Written

SHORTEST: Final = 3
LONGEST: Final = 10


def is_plate_text(text: str) -> bool:
    """Whether a plate may say so."""
    return SHORTEST <= len(text) <= LONGEST


def features(written: Written, score: float) -> tuple[float, ...]:
    weakest = min((c.confidence for c in written.characters), default=0.0)
    return (
        _log_odds(written.likelihood),
        weakest,
        written.agreement,
        _log_odds(score),
    )


def _log_odds(chance: float) -> float:
    held = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held))


_WEIGHTS: Final = (1.0, 0.0, 0.0, 0.3)
_OFFSET: Final = 0.0


def of(written: Written, score: float) -> float:
    """0 to 1; `score` is the finder's."""
    total = _OFFSET + sum(
        weight * value for weight, value in zip(_WEIGHTS, features(written, score), strict=True)
    )
    return round(1 / (1 + math.exp(-total)), 4)

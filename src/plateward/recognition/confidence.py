"""How likely a read is right as a whole, from what the finders and the reader say."""

import math
from typing import Final

from plateward.recognition.candidates import Candidate
from plateward.recognition.ocr import Written

SHORTEST: Final = 4
LONGEST: Final = 9


def is_plate_text(text: str) -> bool:
    """Length and mix of a plate number; words and telephone numbers are neither."""
    digits = sum(letter.isdigit() for letter in text)
    return SHORTEST <= len(text) <= LONGEST and digits >= 1


def features(written: Written, candidate: Candidate) -> tuple[float, ...]:
    weakest = min((c.confidence for c in written.characters), default=0.0)
    letters = sum(c.isalpha() for c in written.text)
    return (
        written.likelihood,
        weakest,
        written.agreement,
        candidate.plate_score,
        candidate.line_score,
        float(0 < letters < len(written.text)),
        float(5 <= len(written.text) <= 7),
    )


# Measured: see bench/recognition.py.
_WEIGHTS: Final = (1.5, 2.0, 0.8, 1.2, 0.6, 1.0, 0.8)
_OFFSET: Final = -4.0


def of(written: Written, candidate: Candidate) -> float:
    """0 to 1."""
    total = _OFFSET + sum(
        weight * value for weight, value in zip(_WEIGHTS, features(written, candidate), strict=True)
    )
    return round(1 / (1 + math.exp(-total)), 4)

"""How likely a read is right as a whole, from what the finders and the reader say."""

import math
from typing import Final

from plateward.recognition.candidates import Candidate
from plateward.recognition.ocr import Written

SHORTEST: Final = 4
LONGEST: Final = 9


def is_plate_text(text: str, *, on_plate: bool) -> bool:
    """Whether a plate may say so. Words alone only where a plate's corners were seen."""
    fits = SHORTEST <= len(text) <= LONGEST
    return fits and (on_plate or any(letter.isdigit() for letter in text))


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


# Fitted by logistic regression (ridge 0.3) on 278 candidates in 223 training photos under MIT and
# CC BY, their plates read by eye; the benchmark was not used. One weight for each of `features`.
# `training/confidence` holds the table and gives these numbers again.
_WEIGHTS: Final = (2.6, 1.09, 2.09, 1.47, 1.26, 1.43, 2.27)
_OFFSET: Final = -8.94


def of(written: Written, candidate: Candidate) -> float:
    """0 to 1."""
    total = _OFFSET + sum(
        weight * value for weight, value in zip(_WEIGHTS, features(written, candidate), strict=True)
    )
    return round(1 / (1 + math.exp(-total)), 4)

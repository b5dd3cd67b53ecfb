"""The likeliest texts along a line, several of them: prefix beam search over a network's columns.

Columns as in ctc.py: shape (steps, 37), probability of "nothing here" and of each sign, rows sum
to 1. A text's likelihood is the sum over all its layouts; the beam drops the least likely prefixes
at each step, so what comes out is at most `ctc.likelihood`, and all of it where nothing is dropped.
The method: Graves and Jaitly 2014, "Towards end-to-end speech recognition with recurrent networks".
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from plateward.plates.formats_evidence import Spelling
from plateward.plates.text import PlateText
from plateward.recognition.ctc import ALPHABET
from plateward.recognition.geometry import Floats

# In a column, only signs at least so likely lengthen a prefix, and only the likeliest few of them:
# what a person would look at, in a time that does not depend on how unsure the network is.
_TOO_FAINT: Final = 2e-3
_SIGNS: Final = 4

# For each prefix, the probability of its layouts: those ending in nothing, those in its last sign.
_Beam = dict[str, tuple[float, float]]


def texts(columns: Floats, *, beam: int = 8, signs: int = _SIGNS) -> tuple[Spelling, ...]:
    """Up to `beam` texts, the likeliest first, with their probabilities; the empty one may be.

    `signs` is how many signs of a column are looked at; all of them, however faint, from 36 on.
    """
    prefixes: _Beam = {"": (1.0, 0.0)}
    for nothing, likely in _steps(columns, signs):
        longer = _step(prefixes, nothing, likely)
        possible = [each for each in longer.items() if sum(each[1]) > 0]
        prefixes = dict(sorted(possible, key=lambda each: -sum(each[1]))[:beam])
    return tuple(Spelling(PlateText(text), sum(ends)) for text, ends in prefixes.items())


def of_lines(lines: Sequence[Floats], *, beam: int = 8) -> tuple[Spelling, ...]:
    """As `texts`, for a plate of several lines: one text after the other, upper line first."""
    together: tuple[Spelling, ...] = (Spelling(PlateText(""), 1.0),)
    for columns in lines:
        pairs: dict[str, float] = {}
        of_line = texts(columns, beam=beam)
        for before in together:
            for after in of_line:
                text = before.text + after.text
                pairs[text] = pairs.get(text, 0.0) + before.likelihood * after.likelihood
        best = sorted(pairs.items(), key=lambda pair: -pair[1])[:beam]
        together = tuple(Spelling(PlateText(text), likelihood) for text, likelihood in best)
    return together


def _steps(columns: Floats, most: int) -> list[tuple[float, list[tuple[str, float]]]]:
    """Each column as plain numbers: its nothing, and the signs to look at."""
    chances = columns[:, 1:]
    least = np.zeros((len(columns), 1))
    if most < len(ALPHABET):
        least = np.sort(chances, axis=1)[:, [-most]].clip(min=_TOO_FAINT)
    signs: list[list[tuple[str, float]]] = [[] for _ in columns]
    steps, which = np.nonzero((chances >= least) & (chances > 0))
    values = chances[steps, which].tolist()
    for step, sign, chance in zip(steps.tolist(), which.tolist(), values, strict=True):
        signs[step].append((ALPHABET[sign], chance))
    return list(zip(columns[:, 0].tolist(), signs, strict=True))


def _step(prefixes: _Beam, nothing: float, signs: list[tuple[str, float]]) -> _Beam:
    longer: _Beam = {}
    for prefix, (blank, sign_last) in prefixes.items():
        both = blank + sign_last
        was_blank, was_sign = longer.get(prefix, (0.0, 0.0))
        longer[prefix] = (was_blank + both * nothing, was_sign)
        last = prefix[-1:]
        for sign, chance in signs:
            if sign == last:
                was_blank, was_sign = longer[prefix]
                longer[prefix] = (was_blank, was_sign + sign_last * chance)
            # A sign twice needs nothing in between, else it is one sign that stands wide.
            reached = blank if sign == last else both
            was_blank, was_sign = longer.get(prefix + sign, (0.0, 0.0))
            longer[prefix + sign] = (was_blank, was_sign + reached * chance)
    return longer

"""Runs become one sign, blanks part doubles, and the second line follows the first."""

import numpy as np
import numpy.typing as npt

from training.decode import chances, spell
from training.dies import ALPHABET


def _logits(*lines: str, sure: float = 8.0) -> npt.NDArray[np.float32]:
    """One column for each sign; a dot is a blank."""
    logits = np.zeros((2, 12, 37), np.float32)
    logits[:, :, 0] = 0.0
    for row in range(2):
        line = lines[row] if row < len(lines) else ""
        for column in range(12):
            sign = line[column] if column < len(line) else "."
            logits[row, column, 0 if sign == "." else ALPHABET.index(sign) + 1] = sure
    return logits


def test_runs_and_doubles() -> None:
    assert spell(_logits("AA.AB..11")).text == "AAB1"


def test_second_line_follows() -> None:
    assert spell(_logits("AB.", "..12")).text == "AB12"


def test_nothing_seen_is_no_text_with_no_characters() -> None:
    spelt = spell(_logits())
    assert (spelt.text, spelt.characters) == ("", ())


def test_confidence_is_at_most_that_of_the_weakest_character() -> None:
    logits = _logits("A.B")
    logits[0, 2] *= 0.4
    spelt = spell(logits)
    assert spelt.confidence <= min(spelt.characters)
    assert len(spelt.characters) == len(spelt.text) == 2


def test_temperature_lowers_confidence_and_keeps_the_text() -> None:
    logits = _logits("A7.7")
    cool, warm = spell(logits, 1.0), spell(logits, 3.0)
    assert cool.text == warm.text == "A77"
    assert warm.confidence < cool.confidence


def test_chances_sum_to_one_even_for_great_logits() -> None:
    assert np.allclose(chances(_logits("A", sure=5000.0), 1.0).sum(-1), 1.0)

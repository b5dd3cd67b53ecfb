"""From column guesses to text: checked against every layout, counted out one by one."""

import itertools

import numpy as np
import pytest

from plateward.recognition import ctc
from plateward.recognition.geometry import Floats


def columns(*guesses: dict[str, float]) -> Floats:
    """Each guess: letter ("" is nothing) to probability; the rest is spread thinly."""
    table = np.full((len(guesses), 37), 1e-4, np.float32)
    for row, guess in zip(table, guesses, strict=True):
        for letter, chance in guess.items():
            row[ctc.ALPHABET.index(letter) + 1 if letter else 0] = chance
    return np.asarray(table / table.sum(axis=1, keepdims=True), np.float32)


def written_by(path: tuple[int, ...]) -> str:
    kept = [index for index, _ in itertools.groupby(path)]
    return "".join(ctc.ALPHABET[index - 1] for index in kept if index)


DOUBTFUL = columns(
    {"A": 0.6, "": 0.3, "4": 0.1}, {"": 0.5, "A": 0.4}, {"A": 0.5, "B": 0.4}, {"B": 0.8}
)


def test_a_letter_twice_needs_a_gap_between() -> None:
    assert ctc.best_path(columns({"A": 0.9}, {"A": 0.9}, {"B": 0.9})) == "AB"
    assert ctc.best_path(columns({"A": 0.9}, {"": 0.9}, {"A": 0.9})) == "AA"
    assert ctc.best_path(columns({"": 0.9})) == ""


@pytest.mark.parametrize("text", ["AB", "AAB", "B", "A", "4AB", "BB"])
def test_likelihood_is_the_sum_over_all_layouts(text: str) -> None:
    indexes = [0, *{ctc.ALPHABET.index(letter) + 1 for letter in text}]
    counted = sum(
        float(np.prod([DOUBTFUL[at, index] for at, index in enumerate(path)]))
        for path in itertools.product(indexes, repeat=len(DOUBTFUL))
        if written_by(path) == text
    )
    assert ctc.likelihood(DOUBTFUL, text) == pytest.approx(counted, rel=1e-4)


def test_a_text_longer_than_the_line_is_impossible() -> None:
    assert ctc.likelihood(columns({"A": 0.9}), "AB") == 0


def test_each_letter_is_found_where_it_stands() -> None:
    view = columns({"": 0.9}, {"A": 0.6}, {"A": 0.9}, {"": 0.9}, {"A": 0.7}, {"7": 0.8}, {"": 0.9})
    assert ctc.places(view, "AA7") == [2, 4, 5]

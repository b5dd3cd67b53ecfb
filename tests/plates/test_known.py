"""What fits, of all plates: the same as one slow look at each of them."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.plates import matched
from plateward.plates.known import EVER, Candidates, Dictionary, Keys, Minutes
from plateward.plates.likeness import compared
from plateward.plates.matched import Way
from plateward.plates.text import fold

# Few characters, so that plates are near each other by chance.
PLATES = st.text("0OB8A", min_size=1, max_size=7)
PATTERNS = st.text("0OB8?*", min_size=1, max_size=7)


def holding(plates: list[str]) -> Dictionary:
    """Added in two goes, each called by its place."""
    dictionary, half = Dictionary(), len(plates) // 2
    keys = np.arange(len(plates), dtype=np.int64)
    dictionary.add(plates[:half], keys[:half])
    dictionary.add(plates[half:], keys[half:])
    return dictionary


def told(found: Candidates) -> dict[int, str]:
    assert list(found.texts) == found.keys.tolist()
    return found.texts


@settings(max_examples=60)
@given(st.lists(PLATES, max_size=40), PATTERNS)
def test_what_fits_a_pattern_is_what_an_expression_finds(plates: list[str], asked: str) -> None:
    expression = re.compile(asked.replace("?", ".").replace("*", ".*"))
    slow = {at: plate for at, plate in enumerate(plates) if expression.fullmatch(plate)}
    assert told(holding(plates).fitting(asked)) == slow
    assert {p for p in plates if matched.by_pattern(p, asked)} == set(slow.values())


@settings(max_examples=60)
@given(st.lists(PLATES, max_size=40), PLATES)
def test_what_is_close_is_what_comparing_each_finds(plates: list[str], asked: str) -> None:
    dictionary = holding(plates)
    near = {at: each for at, each in enumerate(plates) if compared(each, asked)[0]}
    assert told(dictionary.close(asked)) == near
    alike = {at: each for at, each in enumerate(plates) if fold(each) == fold(asked)}
    assert told(dictionary.alike(asked)) == alike
    assert {p for p in plates if matched.closely(p, asked)} == set(near.values())


@pytest.mark.parametrize(
    ("plate", "typed", "way", "words"),
    [
        ("ABC123", "ABC123", Way.EXACT, "exact"),
        ("A8C12O", "ABC120", Way.LOOK_ALIKE, "8 read where you typed B, O read where you typed 0"),
        ("ABX123", "ABC123", Way.ONE_OTHER, "X read where you typed C"),
        ("ABCD123", "ABC123", Way.ONE_MORE, "D at place 4"),
        ("ABC12", "ABC123", Way.ONE_LESS, "without the 3 you typed at place 6"),
    ],
)
def test_it_says_how_a_plate_is_close(plate: str, typed: str, way: Way, words: str) -> None:
    found = matched.closely(plate, typed)
    assert found is not None
    assert found.way is way
    assert found.words.endswith(words)


def test_it_says_how_a_plate_fits() -> None:
    asked = {"ABC123": "exact", "AB*": "begins with AB", "A*3": "fits A*3", "A?C123": "fits A?C123"}
    found = {typed: matched.by_pattern("ABC123", typed) for typed in asked}
    assert {typed: each.words for typed, each in found.items() if each} == asked
    assert matched.by_pattern("ABC123", "ABC12") is None


def test_what_has_ended_is_forgotten_unless_it_was_seen_again() -> None:
    dictionary, keys = Dictionary(), np.array([5, 6, 7], np.int64)
    dictionary.add(["ABC1", "ABC2", "ABC3"], keys, np.array([10, 20, 10], np.int32))
    asked: list[int] = []

    def still(ended: Keys) -> Minutes:
        asked.extend(ended.tolist())
        return np.array([0 if key == 5 else EVER for key in ended.tolist()], np.int32)

    assert dictionary.forget(9, still) == 0
    assert not asked
    before = dictionary.fitting("ABC*")
    assert dictionary.forget(10, still) == 1
    assert sorted(asked) == [5, 7]
    assert told(dictionary.fitting("ABC*")) == {6: "ABC2", 7: "ABC3"}
    assert len(before) == 3  # whoever asked meanwhile has what was there
    assert len(dictionary) == 2


def test_what_is_no_plate_is_not_taken_in() -> None:
    dictionary = Dictionary()
    for wrong in ("", "AB-1", "ab1"):
        with pytest.raises(ValueError, match="plate"):
            dictionary.add([wrong], np.array([1], np.int64))
    assert len(dictionary) == 0
    assert not told(dictionary.close("ABC123"))
    assert not told(dictionary.fitting("*"))

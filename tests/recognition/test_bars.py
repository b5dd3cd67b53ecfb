"""How far a 1 or I is to be doubted, by the formats of where the plate is from."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.recognition import bars, confidence
from plateward.recognition.ocr import Written
from plateward.recognition.regions import REGIONS

_TEXTS = st.text("ABI10OXZ79", min_size=1, max_size=10)


def from_(region: str) -> tuple[float, ...]:
    """As the network says it that is sure of a region."""
    return tuple(8.0 if each == region else 0.0 for each in REGIONS)


def test_a_british_word_of_bars_is_doubted_and_its_plate_is_not() -> None:
    assert bars.doubt("YIIAAY", from_("EUROPE")) > 2
    assert bars.doubt("Y11AAY", from_("EUROPE")) == 0


def test_where_words_are_issued_a_word_is_not_doubted_so_much() -> None:
    there, here = bars.doubt("YIIAAY", from_("EUROPE")), bars.doubt("YIIAAY", from_("CA"))
    assert here < there


def test_what_has_no_bar_or_only_bars_that_no_plate_has_is_not_doubted() -> None:
    assert bars.doubt("7ABC234", from_("CA")) == 0
    assert bars.doubt("1I1I1I1", from_("CA")) == 0


@given(_TEXTS, st.sampled_from(REGIONS))
def test_of_two_spellings_one_is_not_doubted_at_all(text: str, region: str) -> None:
    other = text.translate(str.maketrans("1I", "I1"))
    doubts = [bars.doubt(each, from_(region)) for each in (text, other)]
    assert all(0 <= each <= bars.MOST for each in doubts)
    if sum(sign in "1I" for sign in text) == 1:
        assert min(doubts) == 0


@given(_TEXTS)
def test_without_a_word_on_the_region_all_count_alike(text: str) -> None:
    alike = bars.doubt(text, (0.0,) * len(REGIONS))
    assert math.isclose(bars.doubt(text, ()), alike, abs_tol=1e-9)


@pytest.mark.parametrize(("text", "less"), [("YIIAAY", True), ("Y11AAY", False)])
def test_doubt_makes_a_read_less_sure_and_leaves_the_text(text: str, less: bool) -> None:
    written = Written(text, (), 0.97, 1.0, regions=from_("EUROPE"))
    plain = 1 / (1 + math.exp(-confidence.before(confidence.features(written, 0.9))))
    sure = confidence.of(written, 0.9)
    assert written.text == text
    assert (sure < plain - 0.1) is less

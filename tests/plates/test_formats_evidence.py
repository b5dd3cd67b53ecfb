"""Formats as evidence: both spellings shown, what was read kept, by how much and why."""

import math
from string import ascii_uppercase, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.plates import formats, formats_prior
from plateward.plates.formats_evidence import Spelling, of_characters, reorder
from plateward.plates.formats_pattern import forms
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText

SIGNS = ascii_uppercase + digits
spellings = st.lists(
    st.builds(
        Spelling,
        st.text(SIGNS, min_size=1, max_size=8).map(PlateText),
        st.floats(min_value=1e-6, max_value=1),
    ),
    min_size=1,
    max_size=8,
)


def read(*pairs: tuple[str, float]) -> tuple[Spelling, ...]:
    return tuple(Spelling(PlateText(text), likelihood) for text, likelihood in pairs)


@settings(deadline=None)
@given(spellings)
def test_what_was_read_is_always_kept(seen: list[Spelling]) -> None:
    evidence = reorder(seen)
    assert evidence.as_read == seen[0].text
    assert {each.text for each in evidence.spellings} == {each.text for each in seen}
    assert evidence.as_read in evidence.words


@settings(deadline=None)
@given(spellings)
def test_shares_sum_to_one_and_stand_in_order(seen: list[Spelling]) -> None:
    shares = [each.share for each in reorder(seen).spellings]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


def test_a_format_prefers_the_spelling_that_fits_and_says_whose() -> None:
    evidence = reorder(read(("AB1CZD", 0.5), ("AB1C2D", 0.4)), {"MO": 1.0})
    assert evidence.as_read == "AB1CZD"
    assert not evidence.agrees
    assert evidence.preferred.text == "AB1C2D"
    assert evidence.preferred.log_odds > 1
    assert {each.region for each in evidence.preferred.because} == {"MO"}
    assert "Missouri" in evidence.words
    assert "is kept" in evidence.words


def test_a_clear_reading_is_not_overruled_by_a_format() -> None:
    evidence = reorder(read(("AB1CZD", 0.97), ("AB1C2D", 0.02)), {"MO": 1.0})
    assert evidence.agrees
    assert evidence.preferred.text == "AB1CZD"


def test_which_region_is_expected_changes_what_is_preferred() -> None:
    seen = read(("0ABC12", 0.4), ("OABC12", 0.4))
    assert reorder(seen, {"MA": 1.0}).preferred.text == "0ABC12"
    assert reorder(seen, {"CO": 1.0}).preferred.text == "OABC12"
    assert reorder(seen, {"CO": 1.0}).preferred.log_odds > 1


def test_formats_never_count_more_than_twenty_to_one() -> None:
    for each in reorder(read(("QQQQQQQQ", 0.5), ("AB1C2D", 0.5)), {"MO": 1.0}).spellings:
        assert abs(each.log_odds) <= math.log(20) + 1e-9


def test_a_spelling_that_came_twice_counts_together() -> None:
    evidence = reorder(read(("AB1C2D", 0.2), ("AB1CZD", 0.3), ("AB1C2D", 0.3)))
    seen = {each.text: each.seen for each in evidence.spellings}
    assert seen == {"AB1C2D": pytest.approx(0.625), "AB1CZD": pytest.approx(0.375)}


def test_without_a_spelling_there_is_nothing_to_weigh() -> None:
    with pytest.raises(ValueError, match="Nothing was read"):
        reorder([])


def test_spellings_come_from_characters_with_what_was_read_first() -> None:
    characters = (
        Character("8", 0.5, (("B", 0.4),)),
        Character("A", 0.9),
        Character("0", 0.3, (("O", 0.6), ("Q", 0.1))),
    )
    found = of_characters(characters)
    assert found[0] == Spelling(PlateText("8A0"), pytest.approx(0.135))
    assert [(each.text, round(each.likelihood, 4)) for each in found[1:]] == [
        ("8AO", 0.27),
        ("BAO", 0.216),
        ("BA0", 0.108),
        ("8AQ", 0.045),
        ("BAQ", 0.036),
    ]
    assert len(of_characters(characters, most=3)) == 3


def test_chances_of_a_region_sum_to_what_its_plates_are() -> None:
    """Summed over all texts of two signs: Britain alone has numbers as short, and vanity plates."""
    total = dict.fromkeys(formats_prior.chances("AA"), 0.0)
    for first in SIGNS:
        for second in SIGNS:
            for region, chance in formats_prior.chances(first + second).items():
                total[region] += chance
    of_two = {
        each: sum(len(shape) == 2 for shape in forms(each.pattern)) / len(forms(each.pattern))
        for each in formats.catalogue()
    }
    of_formats = sum(each.share * part for each, part in of_two.items() if each.region == "EUROPE")
    assert of_formats > 0
    assert total["EUROPE"] == pytest.approx(0.05 * 0.008 + 0.95 * of_formats)
    assert total["MO"] == pytest.approx(0.2 * 0.008)
    assert total["OTHER"] == pytest.approx(0.008)


def test_an_own_format_makes_a_text_likelier_in_its_region_than_elsewhere() -> None:
    chances = formats_prior.chances("AB1C2D")
    assert max(chances, key=lambda region: chances[region]) == "MO"
    assert min(chances.values()) > 0

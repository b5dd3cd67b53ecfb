"""Plate text: one spelling for what people write, one for what looks alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.plates.text import fold, normalise


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing_more(written: str) -> None:
    once = normalise(written)
    assert normalise(once) == once
    assert all(letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for letter in once)


@settings(deadline=None)
@given(st.text())
def test_folding_twice_changes_nothing_more(written: str) -> None:
    once = fold(normalise(written))
    assert fold(once) == once
    assert len(once) == len(normalise(written))


@pytest.mark.parametrize(
    ("written", "plate"),
    [("ab-12 cde", "AB12CDE"), ("\uff21\uff22 \uff11", "AB1"), ("WÜ 341 A", "W341A"), (" \n", "")],
)
def test_people_write_one_plate_in_many_ways(written: str, plate: str) -> None:
    assert normalise(written) == plate


def test_look_alikes_fold_together_and_others_do_not() -> None:
    assert fold("OQD0") == "0000"
    assert fold("ILZSBG") == "112586"
    assert fold("ACEFHJKMNPRTUVWXY34") == "ACEFHJKMNPRTUVWXY34"
    assert fold("7") != fold("1")

"""The pattern of a case number: what a clerk writes is what is asked for, and it cannot hang."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.gate.case_format import CaseFormat, WrongFormat, parse

PIECES = st.lists(
    st.one_of(
        st.sampled_from(["N", "NN", "NNNNNN", "YY", "YYYY", "L", "LL", "-", "/", "CR", "26", " "]),
        st.sampled_from(['"NLY"', '"Case "']),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("YY-NNNNNN", ["26-014233", " 26-014233 "], ["26-01423", "26014233", "AB-014233", ""]),
        ("CFSNNNNN", ["CFS01423", "cfs01423"], ["CFS1423", "CFS 01423", "KFS01423"]),
        ("YYYY-LL-NNN", ["2026-WP-007", "2026-wp-007"], ["2026-W7-007"]),
        ("YY-NNNN or NNNNN", ["26-0142", "01423"], ["26-0142 or 01423", "0142"]),
        ('"NY"-NNN', ["NY-123", "ny-123"], ["12-123"]),
        ("CFS NNNNN", ["CFS 01423"], ["CFS01423"]),
        ("NN.NN", ["12.34"], ["12x34", "1234"]),
    ],
)
def test_what_fits_and_what_does_not(pattern: str, fits: list[str], does_not: list[str]) -> None:
    written = parse(pattern)
    assert [number for number in fits if not written.fits(number)] == []
    assert [number for number in does_not if written.fits(number)] == []


def test_digits_of_other_scripts_are_no_digits() -> None:
    assert not parse("YY-NNNN").fits("26-٠١٤٢")


def test_a_clerk_reads_it_in_words_with_an_example() -> None:
    written = parse("YY-NNNNNN or CFSNNNN")
    assert written.in_words() == 'two digits of the year, "-", six digits; or "CFS", four digits'
    assert written.example() == "26-014233"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "1 to 200"),
        ("N" * 201, "1 to 200"),
        ("N" * 41, "1 to 40 characters"),
        ("CASE", "no digit that can change"),
        (r"(\d+)+$", "cannot be part"),
        ("NN*", "cannot be part"),
        ('NN"', "cannot be part"),
        (" or ".join(["NNN"] * 9), "At most 8"),
        ('NN" "', "begin or end"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused_with_words(pattern: str, words: str) -> None:
    with pytest.raises(WrongFormat, match=words):
        parse(pattern)


def parsed(pieces: list[str]) -> CaseFormat | None:
    try:
        return parse("".join(pieces))
    except WrongFormat:
        return None


@given(PIECES)
def test_its_example_fits_and_nothing_longer_or_shorter_does(pieces: list[str]) -> None:
    written = parsed(pieces)
    if written is None:
        return
    example = written.example()
    assert written.fits(example)
    assert not written.fits(f"{example}1")
    assert not written.fits(example.strip()[:-1])


@given(st.text(string.printable, max_size=220), st.text(max_size=400))
def test_whatever_is_written_is_a_format_or_refused_and_answers_at_once(
    pattern: str, number: str
) -> None:
    try:
        written = parse(pattern)
    except WrongFormat:
        return
    began = time.perf_counter()
    assert written.fits(number) in {True, False}
    assert time.perf_counter() - began < 0.05

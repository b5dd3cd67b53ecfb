"""Which reasons say something, and which numbers can be a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.policy import reasons
from plateward.policy.reasons import Reason, case_kind, is_a_number, is_vague, tidied

LISTED = (
    "check|test|n/a|asdf|x|misc|other|unk|lookup|verify|.|-|none|review|follow up|"
    "fyi|ok|k|?|idk|tbd"
)


@pytest.mark.parametrize(
    "note", [*LISTED.split("|"), "", " ", "ab", "aaaa", "inv", "Investigation"]
)
def test_vague(note):
    assert is_vague(note)
    assert is_vague(f"  {note.upper()} !!")


@pytest.mark.parametrize("note", ["test test", "misc. check", "please check this", "for review"])
def test_vague_words_together_are_no_better(note):
    assert is_vague(note)


@pytest.mark.parametrize(
    "note",
    [
        "burglary on Elm Street",
        "hit and run",
        "welfare check Oak Ave",
        "robo en tienda",
        "失踪者の捜索",
    ],
)
def test_words_that_say_something(note):
    assert not is_vague(note)


@pytest.mark.parametrize("number", ["26-104233", "CR 2026/118", "A1234", "CAD#991", "2026.0012"])
def test_a_number(number):
    assert is_a_number(number)


@pytest.mark.parametrize("number", ["", "x", "none", "n/a", "0", "0000", "00-000", "-12", "1" * 41])
def test_not_a_number(number):
    assert not is_a_number(number)


@pytest.mark.parametrize(
    ("number", "kind", "expected"),
    [
        ("26-104233", "", "case"),
        ("CAD 26-9", "", "cad"),
        ("cad26-9", "", "cad"),
        ("INC_118", "", "cad"),
        ("INCOME-118", "", "case"),
        ("CADILLAC-1", "", "case"),
        ("26-104233", "cad", "cad"),
        ("CAD 26-9", "case", "case"),
    ],
)
def test_case_or_cad(number, kind, expected):
    assert case_kind(Reason(case_number=number, case_kind=kind)) == expected


def test_a_number_in_the_wrong_box_is_moved_not_refused():
    assert tidied(Reason(note=" 26-1042 ")) == Reason(case_number="26-1042")
    kept = Reason(case_number="26-1", note="26-1042")
    assert tidied(kept) == Reason(case_number="26-1")
    words = Reason(note="2 men in a van")
    assert tidied(words) is words


@given(st.text(alphabet="0123-/ aZ.é_٣²", max_size=45))
def test_the_short_cut_for_plain_numbers_says_what_the_pattern_says(number):
    assert is_a_number(number) == (reasons._NUMBER.fullmatch(number) is not None)

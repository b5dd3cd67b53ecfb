"""What is hashed can be written in one way only, and both sides write it alike."""

import math
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import body
from plateward.audit.verify import canonical

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
FACTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(FACTS)
def test_the_verifier_writes_the_same_bytes_as_the_writer(value: body.Fact) -> None:
    assert canonical.canonical(value).encode() == rfc8785.dumps(value)
    assert body.canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(WORDS, FACTS, max_size=4))
def test_the_verifier_reads_a_line_back_as_it_was(value: dict[str, body.Fact]) -> None:
    assert canonical.parse(body.canonical(value) + b"\n") == value


def test_names_are_sorted_by_utf_16_as_rfc_8785_asks() -> None:
    # By code point U+FB33 comes before U+1F600; by UTF-16 unit it comes after.
    names = {"\ufb33": 1, "\U0001f600": 2, "€": 3}
    expected = '{"€":3,"\U0001f600":2,"\ufb33":1}'
    assert body.canonical(names).decode() == canonical.canonical(names) == expected


class Act(StrEnum):
    SEARCH = "reads:plate:search"


def test_words_of_the_domain_are_stored_as_plain_text() -> None:
    (stored,) = body.plain([Act.SEARCH])  # type: ignore[misc]
    assert type(stored) is str
    assert body.canonical({"act": Act.SEARCH}) == b'{"act":"reads:plate:search"}'


NESTED: list[body.Fact] = []
for _ in range(body.DEEPEST + 1):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "wrong",
    [
        1.0,
        math.nan,
        2**53,
        -(2**53),
        b"bytes",
        datetime(2026, 1, 1, tzinfo=UTC),
        {1: "a"},
        {"a": {"b\x00": 1}},
        "\ud800",
        ["fine", "not\x00fine"],
        NESTED,
        "x" * body.LONGEST,
        object(),
    ],
)
def test_what_readers_disagree_on_is_refused(wrong: body.Fact) -> None:
    with pytest.raises(body.Unloggable, match=r"Nothing was written"):
        body.canonical({"fact": wrong})


def test_times_are_written_in_utc_with_six_decimals() -> None:
    at = datetime(2026, 11, 21, 2, 0, tzinfo=timezone(timedelta(hours=-6)))
    assert body.written_time(at) == "2026-11-21T08:00:00.000000Z"

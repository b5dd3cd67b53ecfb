"""All entries a read may be are found, nothing else, and what differs is said, by brute force."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.plates import likeness, lookup, wildcards
from plateward.plates.likeness import Difference, How
from plateward.plates.lookup import Index
from plateward.plates.sighting import Character
from plateward.plates.text import fold

# Few letters, among them look-alikes, so that near plates are common.
NEAR = st.text("AB8O0D", min_size=1, max_size=6)
LONG = st.text("A1", min_size=11, max_size=16)
PLATES = st.lists(NEAR | LONG, max_size=40)
PATTERNS = st.lists(st.text("AB8?*", min_size=4, max_size=8).filter(lambda p: _known(p) >= 3))


def _known(pattern: str) -> int:
    return len(re.sub(r"[?*]", "", pattern))


def distance(one: str, other: str) -> int:
    """Levenshtein, by the book."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row = row, [i]
        for j, b in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1]


def by_hand(read: str, entries: list[str]) -> dict[int, How]:
    found = {}
    for number, listed in enumerate(entries):
        if "?" in listed or "*" in listed:
            written = listed.replace("?", ".").replace("*", ".*")
            if re.fullmatch(written, read):
                found[number] = How.WILDCARD
        elif read == listed:
            found[number] = How.EXACT
        elif fold(read) == fold(listed):
            found[number] = How.LOOK_ALIKE
        elif distance(read, listed) == 1:
            shorter, longer = len(read) < len(listed), len(read) > len(listed)
            one = How.ONE_MISSING if shorter else How.ONE_OTHER
            found[number] = How.ONE_TOO_MANY if longer else one
    return found


@settings(deadline=None, max_examples=20)
@given(entries=PLATES, patterns=PATTERNS, reads=st.lists(NEAR | LONG, min_size=1, max_size=8))
def test_one_by_one_and_many_at_once_find_what_brute_force_finds(
    entries: list[str], patterns: list[str], reads: list[str]
) -> None:
    listed = entries[::2] + patterns + entries[1::2]
    index = Index(listed)
    hits = index.match_many(reads)
    for row, read in enumerate(reads):
        wanted = by_hand(read, listed)
        matches = index.match(read)
        assert {match.entry: match.how for match in matches} == wanted
        assert len(matches) == len(wanted)
        assert [match.likelihood for match in matches] == sorted(
            (match.likelihood for match in matches), reverse=True
        )
        at_once = [index.explained(hits, at, read) for at in (hits.read == row).nonzero()[0]]
        assert [(m.entry, m.how, m.differences) for m in at_once] == [
            (m.entry, m.how, m.differences) for m in matches
        ]
        assert [m.likelihood for m in at_once] == pytest.approx([m.likelihood for m in matches])


@settings(deadline=None, max_examples=20)
@given(entries=PLATES, read=NEAR)
def test_what_differs_turns_the_read_into_the_entry(entries: list[str], read: str) -> None:
    for match in Index(entries).match(read):
        text, moved = read, 0
        for each in match.differences:
            at = each.position - 1 + moved
            assert text[at : at + len(each.read)] == each.read
            text = text[:at] + each.listed + text[at + len(each.read) :]
            moved += len(each.listed) - len(each.read)
        assert text == entries[match.entry]


def seen(text: str, confidence: float = 0.9, **others: float) -> Character:
    ranked = sorted(others.items(), key=lambda each: -each[1])
    return Character(text, confidence, tuple((sign.strip("_"), p) for sign, p in ranked))


def test_what_the_read_itself_doubts_is_found_in_two_places_and_weighs_more() -> None:
    told = [seen("M", 0.5, N=0.4), seen("V", 0.6, Y=0.3), *map(seen, "123")]
    index = Index(["NY123", "NV123", "MX123", "MV12B"])
    found = {match.entry: match for match in index.match("MV123", characters=told)}
    assert found[0].how is How.DOUBTFUL
    assert found[0].likelihood == pytest.approx(0.8 * 0.5)
    assert found[1].how is How.ONE_OTHER
    assert found[1].likelihood == pytest.approx(0.8)
    assert found[2].likelihood < likeness.ALERTS_FROM
    assert index.match("MV123")[0].likelihood < likeness.ALERTS_FROM
    hits = index.match_many(["XXX", "MV123"], characters={1: told})
    assert sorted(zip(hits.entry.tolist(), hits.likelihood.tolist(), strict=True)) == [
        (entry, pytest.approx(match.likelihood)) for entry, match in sorted(found.items())
    ]


def test_a_look_alike_the_source_did_not_think_of_counts_for_less() -> None:
    index = Index(["8BC"])
    silent, asked = (seen("B"), seen("B", 0.9, E=0.05))
    plain = index.match("BBC", characters=[silent, *map(seen, "BC")])[0].likelihood
    less = index.match("BBC", characters=[asked, *map(seen, "BC")])[0].likelihood
    assert less < plain


def test_another_state_lowers_and_says_so_and_an_unknown_one_does_neither() -> None:
    index = Index(["ABC123", "ABC123", "ABC123"], ["MO", "KS", ""])
    matches = index.match("ABC123", region="US-MO")
    assert [(m.entry, m.other_state) for m in matches] == [(0, False), (2, False), (1, True)]
    assert matches[2].likelihood == pytest.approx(likeness.OTHER_STATE)
    assert not any(match.other_state for match in index.match("ABC123", region="nowhere"))
    at_once = index.match_many(["ABC123"], regions=["TX"])
    alone = index.match("ABC123", region="TX")
    assert at_once.other_state.tolist() == [m.other_state for m in alone] == [False, True, True]


def test_likely_things_come_first() -> None:
    index = Index(["ABO1", "AB01", "A?01", "A801", "AX01", "AB1", "ABO11"])
    hows = [match.how for match in index.match("AB01")]
    assert hows[:2] == [How.EXACT, How.LOOK_ALIKE]
    assert hows[2:4] == [How.WILDCARD, How.LOOK_ALIKE]


@pytest.mark.parametrize("pattern", ["A?*", "*", "AB", "A-B?C1", "A" * 17])
def test_a_pattern_that_fits_nearly_everything_or_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(wildcards.NotAPattern):
        wildcards.check(pattern)


def test_more_than_an_index_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MOST", 2)
    with pytest.raises(lookup.TooMany):
        Index(["A", "B", "C"])


def test_what_is_no_plate_is_refused() -> None:
    with pytest.raises(ValueError, match="A to Z"):
        Index(["ab-1"])


def test_many_parts_are_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    plates = [f"{a}{b}{n}" for a in string.ascii_uppercase for b in "XYZ" for n in range(20)]
    whole = Index(plates)
    monkeypatch.setattr(lookup, "_IN_ONE_PART", 1000)
    monkeypatch.setattr(lookup, "_BUILT_AT_ONCE", 300)
    apart = Index(plates)
    assert all(whole.match(plate) == apart.match(plate) for plate in plates[::97])
    assert {match.differences for match in apart.match("AX1")} >= {(Difference(1, "A", "B"),)}

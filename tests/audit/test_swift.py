"""The short cut judges every file as the long way does."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.audit import body, tree, verify
from plateward.audit.verify.canonical import Malformed
from plateward.audit.verify.entries import right_time
from plateward.audit.verify.swift import Swift, _are_times
from tests.audit.book import Book, judge

MANY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mixed(entries: int = 60) -> list[bytes]:
    """Entries of many shapes: numbers, nested facts, texts that look like the end of an entry."""
    written = Book()
    for index in range(entries):
        facts: list[dict[str, body.Fact]] = [
            {"asked": index, "found": index % 3},
            {"n": [index, {"index": index, "outcome": "x"}], "why": '","at":"'},
            {"why": ',"index":5,"outcome":"done","private":"é'},
            {},
        ]
        written.entry(version=1 + (index > 12), facts=facts[index % 4], private=index % 9 == 5)
        if index % 11 == 10:
            written.withheld()
            written.withheld()
        if index % 10 == 9:
            written.checkpoint()
    written.checkpoint()
    return written.file()


MIXED = mixed()


def both_ways(lines: list[bytes], folder: Path, *, kept: Sequence[str] = ()) -> verify.Report:
    """The report, after making sure that the long way gives the same."""
    swiftly = judge(lines, folder, kept=kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Swift, "take", lambda self, lines, start: start)
        slowly = judge(lines, folder, kept=kept)
    assert swiftly == slowly
    return swiftly


def test_the_short_cut_is_taken_and_agrees(tmp_path: Path) -> None:
    report = both_ways(MIXED, tmp_path)
    assert (report.ok, report.proven) == (True, 70)
    taken = []
    take = Swift.take

    def counted(self: Swift, lines: list[bytes], start: int) -> int:
        end = take(self, lines, start)
        taken.append(end - start)
        return end

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Swift, "take", counted)
        judge(MIXED, tmp_path)
    assert sum(taken) > 40


@MANY
@given(place=st.integers(1, len(MIXED) - 1), data=st.data())
def test_any_changed_byte_is_judged_alike(place: int, data: st.DataObject, tmp_path: Path) -> None:
    lines = list(MIXED)
    line = bytearray(lines[place])
    line[data.draw(st.integers(0, len(line) - 1))] ^= data.draw(st.integers(1, 255))
    lines[place] = bytes(line)
    assert not both_ways(lines, tmp_path).ok


@MANY
@given(one=st.integers(1, len(MIXED) - 1), other=st.integers(1, len(MIXED) - 1))
def test_any_two_lines_in_each_other_s_place_are_judged_alike(
    one: int, other: int, tmp_path: Path
) -> None:
    lines = list(MIXED)
    lines[one], lines[other] = lines[other], lines[one]
    both_ways(lines, tmp_path)


def forged(change: bytes, into: bytes) -> list[bytes]:
    """A log whose 6th entry was written so by the holder of the key, its leaf recomputed."""
    written = Book()
    for _ in range(5):
        written.entry(facts={"asked": 1})
    written.entry(facts={"asked": 1})
    bad = json.loads(written.lines.pop())["entry"]
    raw = body.canonical(bad).replace(change, into, 1)
    assert raw != body.canonical(bad)
    written.leaves[-1] = tree.leaf_hash(raw)
    leaf = written.leaves[-1].hex().encode()
    written.lines.append(b'{"entry":%b,"leaf":"%b"}\n' % (raw, leaf))
    written.checkpoint()
    return written.file()


@pytest.mark.parametrize(
    ("change", "into"),
    [
        (b'"asked":1', b'"asked":01'),
        (b'"asked":1', b'"asked":1.0'),
        (b'"asked":1', b'"asked":99999999999999999999'),
        (b'"asked":1', b'"asked":1,"asked":1'),
        (b'"asked":1', b'"asked": 1'),
        (b'"index":5', b'"index":4'),
        (b'"index":5', b'"index":05'),
        (b'"act":"reads', b'"act":"\\u0072eads'),
        (b"2026-01-05T08:05:00.000000Z", b"2026-01-05T08:03:00.000000Z"),
        (b"2026-01-05T08:05:00.000000Z", b"2026-01-05T08:05:00.00000ZZ"),
        (b"2026-01-05T08:05:00.000000Z", b"2026-01-05T98:05:00.000000Z"),
        (b'"v":2', b'"v":1'),
    ],
)
def test_what_a_key_holder_may_not_write_is_found_though_every_hash_is_right(
    change: bytes, into: bytes, tmp_path: Path
) -> None:
    report = both_ways(forged(change, into), tmp_path)
    # A wrong index claims the place of the one before it: either may be the forgery.
    assert (report.ok, report.first_bad_index) == (False, 4 if into == b'"index":4' else 5)


@MANY
@given(st.text("0123456789-T:.Z", min_size=27, max_size=27))
def test_times_are_judged_alike(text: str) -> None:
    try:
        right = bool(right_time(text))
    except Malformed:
        right = False
    assert _are_times(text.encode(), 1) is right
    assert _are_times(("2026-01-05T08:05:00.000000Z" + text).encode(), 2) is right


def test_a_kept_checkpoint_is_met_at_its_size(tmp_path: Path) -> None:
    short, long, other = Book(), Book(), Book()
    for index in range(30):
        for each in (short, long, other):
            if each is not short or index < 17:
                each.entry(facts={"asked": index + (each is other and index > 3)})
    kept = [short.checkpoint()]
    long.checkpoint()
    other.checkpoint()
    assert both_ways(long.file(), tmp_path, kept=kept).ok
    assert both_ways(other.file(), tmp_path, kept=kept).first_bad_index == 0

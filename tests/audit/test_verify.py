"""Whatever is done to an exported log, the verifier finds it and names the first bad index."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.audit import body, tree, verify
from plateward.audit.note import Signer
from plateward.audit.verify import canonical
from tests.audit.book import OLD, PRIVATE, SALT, SIGNER, Book, book, judge

ENTRIES = 40
HONEST = book(ENTRIES).file()
# Where each entry's line stands in the file.
LINE_OF = [place for place, line in enumerate(HONEST) if line.startswith(b'{"entry"')]
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ENTRY = st.integers(0, ENTRIES - 1)


@pytest.mark.parametrize("entries", [0, 1, 2, 3, 7, 8, 9, 40, 300])
def test_an_honest_log_is_proven_to_its_end(entries: int, tmp_path: Path) -> None:
    written = book(entries, every=100)
    report = judge(written.file(), tmp_path)
    assert (report.ok, report.entries, report.proven) == (True, entries, entries)
    assert report.private_shown == sum(index % 7 == 3 for index in range(entries))
    # From version 2 on each entry has a private part: its actor at least.
    later = range(OLD, entries)
    assert report.private_not_shown == sum(index % 7 != 3 for index in later)
    assert report.warnings == ()
    assert report.first_bad_index is None


# --- an attacker without the signing key ----------------------------------------------------------


@MANY
@given(index=ENTRY, data=st.data())
def test_any_changed_byte_of_an_entry_is_found_in_that_entry(
    index: int, data: st.DataObject, tmp_path: Path
) -> None:
    lines = list(HONEST)
    line = bytearray(lines[LINE_OF[index]])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    lines[LINE_OF[index]] = bytes(line)
    assert judge(lines, tmp_path).first_bad_index == index


@MANY
@given(place=st.integers(1, len(HONEST) - 1), bit=st.integers(0, 7), data=st.data())
def test_any_changed_bit_of_any_line_is_found(
    place: int, bit: int, data: st.DataObject, tmp_path: Path
) -> None:
    lines = list(HONEST)
    line = bytearray(lines[place])
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << bit
    lines[place] = bytes(line)
    assert not judge(lines, tmp_path).ok


@MANY
@given(index=ENTRY)
def test_a_removed_entry_is_found(index: int, tmp_path: Path) -> None:
    lines = [line for place, line in enumerate(HONEST) if place != LINE_OF[index]]
    report = judge(lines, tmp_path)
    assert not report.ok
    assert report.first_bad_index is not None
    # Before a checkpoint the next line is not an entry, and only the range is known.
    assert report.first_bad_index <= index <= (report.last_bad_index or 0)


def test_a_removed_entry_among_others_is_named(tmp_path: Path) -> None:
    lines = [line for place, line in enumerate(HONEST) if place != LINE_OF[14]]
    report = judge(lines, tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (14, 14)
    assert "entry 15 stands in the place of 14" in report.why


@MANY
@given(index=ENTRY, copy=ENTRY)
def test_an_entry_inserted_again_is_found(index: int, copy: int, tmp_path: Path) -> None:
    lines = list(HONEST)
    lines.insert(LINE_OF[index], HONEST[LINE_OF[copy]])
    report = judge(lines, tmp_path)
    assert report.first_bad_index == (index + 1 if copy == index else index)


@MANY
@given(index=ENTRY)
def test_a_forged_entry_inserted_with_a_right_leaf_is_found(index: int, tmp_path: Path) -> None:
    forger = Book(leaves=[b""] * index)
    forger.entry(actor="nobody")
    lines = list(HONEST)
    lines.insert(LINE_OF[index], forger.lines[0])
    report = judge(lines, tmp_path)
    assert report.first_bad_index is not None
    assert report.first_bad_index <= index <= (report.last_bad_index or 0)


@MANY
@given(one=ENTRY, other=ENTRY)
def test_two_entries_in_each_other_s_place_are_found(one: int, other: int, tmp_path: Path) -> None:
    if one == other:
        return
    lines = list(HONEST)
    a, b = LINE_OF[one], LINE_OF[other]
    lines[a], lines[b] = lines[b], lines[a]
    assert judge(lines, tmp_path).first_bad_index == min(one, other)


@MANY
@given(end=st.integers(1, sum(map(len, HONEST)) - 1))
def test_a_file_cut_short_anywhere_is_found(end: int, tmp_path: Path) -> None:
    cut = b"".join(HONEST)[:end]
    if end < len(HONEST[0]):
        with pytest.raises(verify.Unusable, match="cut short"):
            judge([cut], tmp_path)
    else:
        assert not judge([cut], tmp_path).ok


def test_a_changed_entry_with_its_leaf_recomputed_is_found_in_its_range(tmp_path: Path) -> None:
    forger = Book(leaves=[b""] * 14, minute=14)
    forger.entry(actor="nobody")
    lines = list(HONEST)
    lines[LINE_OF[14]] = forger.lines[0]
    report = judge(lines, tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (10, 19)
    assert report.proven == 10
    assert "root" in report.why


def test_a_changed_entry_whose_leaf_stayed_is_proven_to_be_the_first(tmp_path: Path) -> None:
    lines = list(HONEST)
    lines[LINE_OF[14]] = lines[LINE_OF[14]].replace(b'"actor":"ana"', b'"actor":"ben"')
    report = judge(lines, tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (14, 14)
    assert report.proven == 14  # the root agrees with the entries before it
    assert report.line == LINE_OF[14] + 1


def test_an_end_without_a_checkpoint_is_not_proven(tmp_path: Path) -> None:
    report = judge(HONEST[:-1], tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (30, 39)


def test_entries_after_the_promised_number_are_found(tmp_path: Path) -> None:
    longer = book(ENTRIES)
    longer.entry()
    report = judge([HONEST[0], *longer.lines], tmp_path)
    assert (report.ok, report.first_bad_index) == (False, 40)


def test_a_checkpoint_by_another_key_of_the_same_name_is_refused(tmp_path: Path) -> None:
    forged = Book(signer=Signer(SIGNER.name, Ed25519PrivateKey.generate()))
    forged.entry()
    forged.checkpoint()
    assert judge(forged.file(), tmp_path, vkey=None).ok
    report = judge(forged.file(), tmp_path)
    assert (report.ok, report.first_bad_index) == (False, 0)
    assert "not signed by" in report.why


def test_without_a_key_from_elsewhere_it_says_how_little_is_shown(tmp_path: Path) -> None:
    (warning,) = judge(HONEST, tmp_path, vkey=None).warnings
    assert "--key" in warning


# --- an attacker who holds the signing key --------------------------------------------------------


def test_a_back_dated_entry_is_found_even_when_signed(tmp_path: Path) -> None:
    written = book(20)
    written.minute -= 15
    written.entry()
    written.minute += 15
    written.checkpoint()
    report = judge(written.file(), tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (20, 20)
    assert "back-dated" in report.why


def test_an_entry_dated_before_the_checkpoint_that_precedes_it_is_found(tmp_path: Path) -> None:
    written = book(10, every=100)
    written.checkpoint(minutes=5)
    written.entry()
    written.checkpoint(minutes=5)
    report = judge(written.file(), tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (10, 10)


def test_a_checkpoint_dated_before_the_entries_it_covers_is_found(tmp_path: Path) -> None:
    written = book(10)
    written.entry()
    written.checkpoint(minutes=-1)
    assert judge(written.file(), tmp_path).ok  # the same minute as the entry
    written.entry()
    written.checkpoint(minutes=-2)
    assert judge(written.file(), tmp_path).first_bad_index == 11


def test_a_kept_checkpoint_gives_a_rewritten_log_away(tmp_path: Path) -> None:
    before = book(20)
    kept = [before.checkpoint()]
    rewritten = Book()
    for index in range(30):
        rewritten.entry(actor="nobody" if index == 17 else "ana")
    rewritten.checkpoint()
    assert judge(rewritten.file(), tmp_path).ok
    report = judge(rewritten.file(), tmp_path, kept=kept)
    assert (report.first_bad_index, report.last_bad_index) == (0, 19)


def test_kept_checkpoints_narrow_down_what_was_rewritten(tmp_path: Path) -> None:
    kept = [book(10).checkpoint(), book(20).checkpoint()]
    rewritten = book(12, every=100)
    while len(rewritten.leaves) < 30:
        rewritten.entry(actor="nobody")
    rewritten.checkpoint()
    report = judge(rewritten.file(), tmp_path, kept=kept)
    assert (report.first_bad_index, report.last_bad_index) == (10, 19)


def test_a_kept_checkpoint_gives_a_shortened_log_away(tmp_path: Path) -> None:
    kept = [book(30).checkpoint()]
    report = judge(book(20).file(), tmp_path, kept=kept)
    assert (report.first_bad_index, report.last_bad_index) == (20, 29)
    assert judge(book(40).file(), tmp_path, kept=kept).ok


def test_a_kept_checkpoint_of_an_empty_log_says_nothing(tmp_path: Path) -> None:
    assert judge(HONEST, tmp_path, kept=[Book().checkpoint()]).ok


# --- private parts and withheld entries -----------------------------------------------------------


def test_a_private_part_may_be_left_out_and_is_counted(tmp_path: Path) -> None:
    lines = [line for line in HONEST if not line.startswith(b'{"private"')]
    report = judge(lines, tmp_path)
    assert (report.ok, report.private_shown, report.private_not_shown) == (True, 0, 26)


@pytest.mark.parametrize(
    "private",
    [
        {"index": 0, "salt": SALT.hex(), "value": {"plate": "XY99ZZZ"}},
        {"index": 0, "salt": "00" * 32, "value": PRIVATE},
        {"index": 1, "salt": SALT.hex(), "value": PRIVATE},
        {"index": 0, "salt": "short", "value": PRIVATE},
        {"index": 0, "salt": SALT.hex()},
        "nothing",
    ],
)
def test_a_private_part_that_was_not_committed_to_is_found(private: object, tmp_path: Path) -> None:
    written = Book()
    written.entry(version=1, private=True)
    written.lines.pop()
    written.line({"private": private})  # type: ignore[dict-item]
    written.checkpoint()
    assert judge(written.file(), tmp_path).first_bad_index == 0


def test_a_commitment_that_is_no_hash_is_named(tmp_path: Path) -> None:
    written = Book()
    facts = {**BODY, "private": "short"}
    leaf = tree.leaf_hash(body.canonical(facts))
    written.leaves.append(leaf)
    written.line({"entry": facts, "leaf": leaf.hex()})
    written.checkpoint()
    assert judge(written.file(), tmp_path).first_bad_index == 0


def test_a_private_part_cannot_be_added_where_none_was(tmp_path: Path) -> None:
    written = Book()
    written.entry(version=1)
    written.line({"private": {"index": 0, "salt": SALT.hex(), "value": PRIVATE}})
    written.checkpoint()
    assert judge(written.file(), tmp_path).first_bad_index == 0


def test_withheld_entries_still_stand_in_the_proof(tmp_path: Path) -> None:
    written = Book()
    written.entry()
    written.withheld()
    written.entry()
    written.checkpoint()
    report = judge(written.file(), tmp_path)
    assert (report.ok, report.withheld) == (True, 1)
    assert "1 entries are withheld" in report.warnings[0]
    lines = [line.replace(b'"leaf":"', b'"leaf":"0', 1) for line in written.file()]
    assert not judge(lines, tmp_path).ok
    other = tree.leaf_hash(b"other").hex().encode()
    swapped = written.file()
    swapped[2] = swapped[2].replace(written.leaves[1].hex().encode(), other)
    report = judge(swapped, tmp_path)
    assert (report.first_bad_index, report.last_bad_index) == (0, 2)


# --- hostile files --------------------------------------------------------------------------------

BODY = json.loads(HONEST[1])["entry"]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"not json\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'"entry"\n',
        b'{"entry":{},"entry":{},"leaf":""}\n',
        b'{"entry":1.5}\n',
        b'{"entry":1e999}\n',
        b'{"entry":NaN}\n',
        b'{"entry":-0}\n',
        b'{"entry":9007199254740993}\n',
        b'{"entry":' + b"9" * 5000 + b"}\n",
        b'{"entry":"\\ud800"}\n',
        b'{"\\ud800":1}\n',
        b'{"entry":"\xff"}\n',
        b'{"entry": 1}\n',
        b'{"entry":[],"leaf":"00"}\n',
        b'{"entry":{},"leaf":"00"}\n',
        b'{"entry":{},"leaf":null}\n',
        b'{"withheld":{"index":true,"leaf":"' + b"00" * 32 + b'"}}\n',
        b'{"withheld":{"index":-1,"leaf":"' + b"00" * 32 + b'"}}\n',
        b'{"withheld":[]}\n',
        b'{"checkpoint":5}\n',
        b'{"checkpoint":""}\n',
        b'{"checkpoint":"a\\n\\n\xe2\x80\x94 test.example/log !!!\\n"}\n',
        b'{"checkpoint":"a\\n\\n\xe2\x80\x94 test.example/log AAAA\\n"}\n',
        b'{"private":{"index":0,"salt":"","value":1}}\n',
        b'{"unknown":1}\n',
        b"[" * 500_000 + b"\n",
        b'{"a":' * 20_000 + b"\n",
        b'"' + b"x" * (canonical.LONGEST_LINE + 10) + b'"\n',
        b"x" * 100,
    ],
    ids=lambda line: repr(line[:40]),
)
def test_a_line_that_no_writer_writes_is_named_and_nothing_breaks(
    line: bytes, tmp_path: Path
) -> None:
    report = judge([*HONEST[:15], line, *HONEST[15:]], tmp_path)
    assert not report.ok
    assert report.line == 16
    assert report.why
    assert verify.words(report).startswith("NOT OK. First bad index: ")


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 3},
        {"v": "1"},
        {"v": True},
        {"at": 5},
        {"at": "2026-11-21"},
        {"at": "2026-11-21T08:00:00.000000+00:00"},
        {"clock": "now"},
        {"outcome": None},
        {"city": 5},
        {"facts": []},
        {"index": "0"},
        {"index": None},
        {"extra": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("version", [1, 2])
def test_a_signed_entry_of_the_wrong_shape_is_named(
    version: int, changed: dict[str, Any], tmp_path: Path
) -> None:
    written = Book()
    written.entry(version=version, **changed)
    written.checkpoint()
    assert judge(written.file(), tmp_path).first_bad_index == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x1f\x8b\x08 binary",
        b"{}\n",
        b"[]\n",
        b'{"header":5}\n',
        b'{"header":{"entries":0,"format":"other/9","vkey":"x"}}\n',
        b'{"header":{"entries":0,"format":"plateward-log/1"}}\n',
        b'{"header":{"entries":"0","format":"plateward-log/1","vkey":"x"}}\n',
        b'{"header":{"entries":0,"format":"plateward-log/1","vkey":null}}\n',
        b'{"header":{"entries":0,"format":"plateward-log/1","vkey":"a+00000000+AAAA"}}\n',
        b"".join(HONEST[1:]),
    ],
    ids=lambda content: repr(content[:60]),
)
def test_what_is_not_a_log_at_all_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(verify.Unusable, match="cannot be used"):
        judge([content], tmp_path, vkey=None)


@pytest.mark.parametrize("vkey", ["", "name", "a+b+c", "\udcff+00000000+AAAA", SIGNER.vkey[:-4]])
def test_a_key_that_is_none_is_refused(vkey: str, tmp_path: Path) -> None:
    with pytest.raises(verify.Unusable, match="cannot be used"):
        judge(HONEST, tmp_path, vkey=vkey)


@pytest.mark.parametrize("kept", ["", "x", "a\n1\n\nb\n", "\u2014"])
def test_a_kept_checkpoint_that_is_none_is_refused(kept: str, tmp_path: Path) -> None:
    with pytest.raises(verify.Unusable, match="kept checkpoint"):
        judge(HONEST, tmp_path, kept=[kept])


def test_a_checkpoint_with_a_witness_s_signature_holds_too(tmp_path: Path) -> None:
    written = Book()
    written.entry()
    note = written.checkpoint()
    witness = Signer("witness.example", Ed25519PrivateKey.generate())
    text, _, signature = note.rpartition("\n\n")
    _, _, theirs = witness.sign(text + "\n").rpartition("\n\n")
    written.lines.pop()
    written.line({"checkpoint": f"{text}\n\n{theirs}{signature}"})
    assert judge(written.file(), tmp_path).ok


@pytest.mark.parametrize(
    "text",
    [
        "other.example/log\n1\nAAAA\ntime 2026-01-05T08:00:00.000000Z\n",
        "test.example/log\n01\nAAAA\ntime 2026-01-05T08:00:00.000000Z\n",
        "test.example/log\n1\nAAAA\n",
        "test.example/log\n1\nAAAA\ntime now\n",
        "test.example/log\n1\nAAB=\ntime 2026-01-05T08:00:00.000000Z\n",
        "test.example/log\n1\nAAAA\ntime 2026-01-05T08:00:00.000000Z\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_of_this_log_proves_nothing(
    text: str, tmp_path: Path
) -> None:
    written = Book()
    written.entry()
    written.line({"checkpoint": SIGNER.sign(text)})
    assert judge(written.file(), tmp_path).first_bad_index == 0


def test_a_changed_text_under_a_real_signature_proves_nothing(tmp_path: Path) -> None:
    written = Book()
    written.entry()
    note = written.checkpoint()
    written.lines.pop()
    written.line({"checkpoint": note.replace("08:01", "08:02")})
    report = judge(written.file(), tmp_path)
    assert (report.ok, report.first_bad_index) == (False, 0)
    assert "signature does not hold" in report.why


def test_an_empty_log_may_be_signed(tmp_path: Path) -> None:
    written = Book()
    written.checkpoint()
    assert judge(written.file(), tmp_path).checkpoints == 1


def test_a_log_from_the_future_is_remarked_on(tmp_path: Path) -> None:
    written = Book(minute=60 * 24 * 365 * 400)
    written.entry()
    written.checkpoint()
    (warning,) = judge(written.file(), tmp_path).warnings
    assert "the future" in warning

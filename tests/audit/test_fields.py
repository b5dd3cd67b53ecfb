"""Each private field is committed to apart: shown, withheld or erased without the others."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import body, checkpoints, export, fields, log, retention, verify
from plateward.audit.body import Unloggable
from plateward.audit.models import Entry, Private, Sealed
from tests.audit.book import SALT

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PRIVATE: dict[str, Any] = {
    "name": "Ana Ortiz",
    "case": "26-104233",
    "note": "seen on Elm Street",
    "query": {"plate": "AB12CDE", "since": "2026-01-01"},
}
NAMES = st.text(st.characters(exclude_characters=".\x00", codec="utf-8"), min_size=1, max_size=8)
VALUES = st.one_of(st.text("abc"), st.integers(0, 9), st.none(), st.lists(st.text("xy")))


# --- pure -----------------------------------------------------------------------------------------


@given(st.dictionaries(NAMES, st.one_of(VALUES, st.dictionaries(NAMES, VALUES))))
def test_what_is_flattened_is_nested_again(private: dict[str, Any]) -> None:
    assert fields.nested(fields.flattened(private)) == private


@given(st.dictionaries(NAMES.filter(lambda name: name != "actor"), VALUES, min_size=1), st.data())
def test_erasing_any_field_leaves_the_digest_and_the_others(
    private: dict[str, Any], data: st.DataObject
) -> None:
    sealed = fields.seal("ana", private)
    name = data.draw(st.sampled_from(sorted(private)))
    erased = fields.erased(sealed, [name])
    assert fields.digest(erased) == fields.digest(sealed)
    assert fields.known(erased) == {
        each: value for each, value in {"actor": "ana", **private}.items() if each != name
    }


def test_the_same_value_never_has_the_same_commitment() -> None:
    first, second = fields.seal("ana", PRIVATE), fields.seal("ana", PRIVATE)
    assert set(first) == set(second)
    assert not {fields.commitment(one) for one in first.values()} & {
        fields.commitment(one) for one in second.values()
    }


def test_a_whole_mapping_is_named_by_its_name_and_no_more() -> None:
    assert fields.is_named("query.plate", ["query"])
    assert fields.is_named("query.plate", ["query.plate"])
    assert not fields.is_named("query.plate", ["query.pl", "que", "plate"])


@pytest.mark.parametrize(
    "private", [{"actor": "eve"}, {"a.b": 1}, {str(name): 1 for name in range(1001)}]
)
def test_a_name_that_would_be_read_two_ways_is_refused(private: dict[str, Any]) -> None:
    with pytest.raises(Unloggable, match="Nothing was written"):
        fields.seal("ana", private)


# --- in the log -----------------------------------------------------------------------------------


def searched(city: str = "willard-mo", **changed: Any) -> int:
    return log.append(
        actor="ana",
        act="reads:plate:search",
        outcome="admitted",
        city=city,
        facts={"purpose": "stolen"},
        private={**PRIVATE, **changed},
    )


def an_entry_of_the_first_version() -> int:
    """Written as the first version of the log wrote it."""
    index = searched()
    row = Entry.objects.get(index=index)
    commitment = body.commitment(SALT, {"plate": "AB12CDE"})
    old = body.canonical(
        {
            "v": 1,
            "index": row.index,
            "at": body.written_time(row.at),
            "clock": None,
            "actor": "ana",
            "act": row.act,
            "outcome": row.outcome,
            "city": row.city,
            "facts": row.facts,
            "private": commitment.hex(),
        }
    )
    from django.db import connections

    from plateward.audit import tree
    from plateward.audit.models import Frontier

    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        Entry.objects.filter(index=index).update(
            version=1, commitment=commitment, leaf=tree.leaf_hash(old)
        )
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    Sealed.objects.filter(index=index).delete()
    Private.objects.create(index=index, salt=SALT, value={"plate": "AB12CDE"})
    Frontier.objects.all().delete()
    return index


def judged(folder: Path, **asked: Any) -> tuple[verify.Report, bytes]:
    checkpoints.sign_news(NOON)
    last = checkpoints.latest()
    assert last is not None
    written = b"".join(export.lines(export.size(), **asked))
    (folder / "log.jsonl").write_bytes(written)
    return verify.check(folder / "log.jsonl", vkey=last.vkey), written


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [["query.plate"], ["name"], ["case", "note"], ["query"]])
def test_any_field_can_be_withheld_under_the_same_root(gone: list[str], tmp_path: Path) -> None:
    for _ in range(3):
        searched()
    whole, everything = judged(tmp_path, showing=export.Showing(None))
    some, redacted = judged(tmp_path, showing=export.Showing(None, tuple(gone)))
    assert (whole.ok, some.ok) == (True, True)
    withheld = {name for name in fields.flattened(PRIVATE) if fields.is_named(name, gone)}
    assert some.withheld_fields == dict.fromkeys(withheld, 3)
    assert whole.withheld_fields == {}
    for name, value in fields.flattened(PRIVATE).items():
        assert str(value).encode() in everything
        assert (str(value).encode() in redacted) is (name not in withheld)
    notes = [line for line in everything.splitlines() if line.startswith(b'{"checkpoint"')]
    assert notes == [line for line in redacted.splitlines() if line.startswith(b'{"checkpoint"')]
    assert all(name in verify.words(some) for name in withheld)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("audience", "shown", "hidden"),
    [
        ("public", b"stolen", b"Ana Ortiz"),
        ("auditor", b"26-104233", b"AB12CDE"),
        ("court", b"AB12CDE", b"withheld"),
    ],
)
def test_each_audience_sees_its_part(
    audience: str, shown: bytes, hidden: bytes, tmp_path: Path
) -> None:
    searched()
    report, written = judged(tmp_path, showing=export.AUDIENCES[audience])
    assert report.ok
    assert shown in written
    assert hidden not in written


@pytest.mark.django_db
def test_a_value_put_in_another_s_place_is_found(tmp_path: Path) -> None:
    searched()
    _, written = judged(tmp_path, showing=export.Showing(None))
    lines = written.splitlines(keepends=True)
    private = json.loads(lines[2])
    shown = private["private"]["fields"]
    shown["name"], shown["note"] = shown["note"], shown["name"]
    lines[2] = body.canonical(private) + b"\n"
    (tmp_path / "log.jsonl").write_bytes(b"".join(lines))
    report = verify.check(tmp_path / "log.jsonl")
    assert (report.ok, report.first_bad_index) == (False, 0)
    assert "not the one that the entry committed to" in report.why


@pytest.mark.parametrize("left", [{}, {"value": "x"}, {"salt": "00", "value": "x"}, {"erased": 1}])
def test_a_field_that_is_neither_shown_nor_withheld_is_found(
    left: dict[str, Any], tmp_path: Path
) -> None:
    from tests.audit.book import SIGNER, Book, judge

    written = Book(SIGNER)
    written.entry(private=True)
    line = json.loads(written.lines.pop())
    line["private"]["fields"]["plate"] = left
    written.line(line)
    written.checkpoint()
    assert judge(written.file(), tmp_path).first_bad_index == 0


# --- erasing --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_erased_plate_is_gone_and_every_proof_holds(tmp_path: Path) -> None:
    index = searched()
    searched()
    judged(tmp_path)  # signed before
    erased = log.erase(index, ["query.plate"], by="house", why="court order 26-CV-7", city="x")
    assert erased == 1
    assert "AB12CDE" not in json.dumps(Sealed.objects.get(index=index).fields)
    entry = log.entry(index)
    assert entry.private is not None
    assert entry.private["query"] == {"since": "2026-01-01"}
    assert entry.erased == ("query.plate",)
    said = log.latest(1)[0]
    assert (said.act, said.outcome, said.actor) == ("audit:log:erase", "done", "house")
    assert said.facts == {
        "entries": 1,
        "first": index,
        "last": index,
        "fields": ["query.plate"],
        "why": "court order 26-CV-7",
    }
    report, _ = judged(tmp_path, showing=export.Showing(None))
    assert (report.ok, report.erased_fields) == (True, {"query.plate": 1})
    assert "Erased (entries): query.plate in 1." in verify.words(report)


@pytest.mark.django_db
def test_erasing_nothing_says_nothing() -> None:
    index = searched()
    assert log.erase(index, ["agency"], by="house", why="rule") == 0
    log.erase(index, ["note"], by="house", why="rule")
    assert log.erase(index, ["note"], by="house", why="rule") == 0
    assert log.count(act=log.ERASE) == 1


@pytest.mark.django_db
def test_who_did_it_cannot_be_erased() -> None:
    index = searched()
    with pytest.raises(ValueError, match="Nothing was erased"):
        log.erase(index, ["actor"], by="house", why="rule")
    log.erase(index, None, by="house", why="rule")
    assert (log.entry(index).actor, log.entry(index).private) == ("ana", None)


@pytest.mark.django_db
def test_entries_of_the_first_version_verify_export_and_are_erased_whole(tmp_path: Path) -> None:
    index = an_entry_of_the_first_version()
    searched()
    report, written = judged(tmp_path, showing=export.Showing(None))
    assert (report.ok, report.private_shown) == (True, 2)
    assert b'"v":1' in written
    assert b'"v":2' in written
    assert log.entry(index).private == {"plate": "AB12CDE"}
    some, redacted = judged(tmp_path, showing=export.Showing(None, ("plate", "query.plate")))
    assert (some.ok, some.private_shown) == (True, 1)
    assert b"AB12CDE" not in redacted
    assert log.erase(index, ["plate"], by="house", why="rule") == 1
    assert log.entry(index).private is None
    assert judged(tmp_path)[0].ok


@pytest.mark.django_db
def test_what_is_past_its_time_is_erased_once_and_the_entries_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    clock = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[-1])
    for day in range(5):
        clock.append(NOON + timedelta(days=day))
        searched()
        searched(city="odessa-mo")
    before = NOON + timedelta(days=3)
    clock.append(NOON + timedelta(days=10))
    assert retention.erase_expired("willard-mo", before, ["query.plate", "note"]) == 3
    assert retention.erase_expired("willard-mo", before, ["query.plate", "note"]) == 0
    entries = {entry.index: entry for entry in log.latest(50)}
    assert [entries[index].erased for index in (0, 2, 4)] == [("note", "query.plate")] * 3
    assert [entries[index].erased for index in (6, 8, 1, 3)] == [()] * 4
    said = [entry.facts["entries"] for entry in log.latest(2)]
    assert said == [1, 2]
    assert judged(tmp_path, showing=export.Showing(None))[0].ok
    assert retention.erase_expired("willard-mo", before) == 3

"""A package of downloads proves itself anywhere; whatever is changed in it is found and named."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import checkpoints, excerpt, log, package, tree
from plateward.audit.body import Fact
from plateward.audit.export import Showing
from plateward.audit.models import Entry
from plateward.audit.verify import Unusable
from plateward.audit.verify import package as verifier
from plateward.audit.verify.canonical import Malformed
from plateward.audit.verify.package_program import main

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
FILES = {"index.html": b"<p>one read</p>", "originals/1-photo.jpg": b"\xff\xd8 picture \xff\xd9"}
SAMPLE = Path(__file__).parents[1] / "vectors" / "audit" / "package.zip"


def admit(badge: str = "4471", city: str = "willard-mo") -> int:
    return log.append(
        actor=badge,
        act="custody:reads:download",
        outcome="admitted",
        city=city,
        facts={"purpose": "evidence"},
        private={"case": "26-014233", "standing": {"role": "sworn_officer"}},
    )


def says(entry: int, other: dict[str, Fact]) -> dict[str, Fact]:
    plain: dict[str, Fact] = {
        "number": "D-12",
        "city": "willard-mo",
        "city_title": "Willard, MO",
        "entry": entry,
        "made_at": "2026-01-05T12:00:00Z",
        "taken_by": {"name": "Ana Lopez", "badge": "4471", "agency": "Willard Police Department"},
        "purge_by": "2026-07-05",
    }
    return plain | other


def made(**other: Fact) -> package.Package:
    """A package of two files whose entry stands among others in the log."""
    for _ in range(3):
        admit(city="odessa-mo")
    since = excerpt.mark()
    entry = admit()
    admit(city="odessa-mo")
    checkpoints.sign_news(NOON)
    lines = excerpt.lines(entry, since=since, showing=Showing(None, withheld=("standing",)))
    return package.signed(says(entry, other), {**FILES, "log.jsonl": lines})


def checked(content: bytes, folder: Path, **how: str) -> verifier.Report:
    file = folder / "package.zip"
    file.write_bytes(content)
    return verifier.check(file, **how)


@pytest.mark.django_db
def test_what_was_made_holds_and_says_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "D-12.zip"
    file.write_bytes(made().content)
    last = checkpoints.latest()
    assert last is not None
    assert main([str(file), "--key", last.vkey]) == 0
    told = capsys.readouterr().out
    assert told.startswith("OK: the package is as it was made.")
    assert "Entry 3 of the log" in told
    assert "Download D-12 of Willard, MO" in told
    assert "Note" not in told
    assert "26-014233" in zipfile.ZipFile(file).read("log.jsonl").decode()
    assert "sworn_officer" not in zipfile.ZipFile(file).read("log.jsonl").decode()


@pytest.mark.django_db
def test_an_entry_is_proven_from_wherever_the_log_stood_before_it() -> None:
    marks = []
    for _ in range(11):
        marks.append(excerpt.mark())
        admit()
    leaves = [bytes(leaf) for leaf in Entry.objects.values_list("leaf", flat=True)]
    for size in (7, 8, 11):
        for index in range(size):
            expected = tree.inclusion_proof(index, leaves[:size])
            for since in marks:
                assert excerpt.inclusion(index, size, since=since) == expected


@given(at=st.integers(0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(
    at: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(SAMPLE.read_bytes())
    content[at % len(content)] ^= 1 << bit
    try:
        assert not checked(bytes(content), tmp_path_factory.getbasetemp()).ok
    except Unusable:
        assert at % len(content) < 4  # not even a zip


def test_the_sample_holds_with_the_key_that_it_was_signed_with(tmp_path: Path) -> None:
    report = checked(SAMPLE.read_bytes(), tmp_path)
    assert report.ok, report.wrong
    assert report.files == 3
    assert ["The key was taken from the package itself" in each for each in report.warnings] == [
        True
    ]


def test_what_was_changed_is_named(tmp_path: Path) -> None:
    held = files_of(SAMPLE.read_bytes())
    for name in held:
        report = checked(packed(held | {name: held[name] + b" "}), tmp_path)
        assert any(each.startswith(name) for each in report.wrong), name
    gone = {name: content for name, content in held.items() if name != "index.html"}
    assert "index.html: missing." in checked(packed(gone), tmp_path).wrong
    more = checked(packed(held | {"extra.txt": b"hello"}), tmp_path)
    assert "extra.txt: was not in the package that was signed." in more.wrong


def test_the_same_files_packed_anew_are_not_the_package(tmp_path: Path) -> None:
    held = files_of(SAMPLE.read_bytes())
    report = checked(packed(dict(reversed(held.items()))), tmp_path)
    assert [each for each in report.wrong if "packed anew" in each] == report.wrong != []


def test_an_unpacked_package_is_checked_file_by_file(tmp_path: Path) -> None:
    zipfile.ZipFile(SAMPLE).extractall(tmp_path)
    assert verifier.check(tmp_path).ok
    (tmp_path / "originals" / "1-photo.jpg").write_bytes(b"another picture")
    assert verifier.check(tmp_path).wrong == [
        "originals/1-photo.jpg: changed: its bytes are not those that were signed."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "claim", [{"entry": 0}, {"city": "odessa-mo"}, {"taken_by": {"badge": "9"}}]
)
def test_a_proven_entry_of_something_else_is_not_enough(
    claim: dict[str, Fact], tmp_path: Path
) -> None:
    wrong = checked(made(**claim).content, tmp_path).wrong
    assert wrong == [
        "log.jsonl: the entry is proven, but is not the one that admitted this download."
    ]


@pytest.mark.django_db
def test_another_houses_key_does_not_vouch_for_it(tmp_path: Path) -> None:
    content = made().content
    other = json.loads(files_of(SAMPLE.read_bytes())["manifest.json"])["vkey"]
    report = checked(content, tmp_path, vkey=other)
    assert len(report.wrong) == 2
    assert not report.ok


def test_a_sealed_package_opens_with_its_key_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = package.sealed(SAMPLE.read_bytes(), key=KEY, number="D-12")
    file = tmp_path / "D-12.sealed"
    file.write_bytes(sealed)
    words = package.key_in_words(KEY)
    assert main([str(file)]) == 2
    assert "key of download D-12" in capsys.readouterr().err
    assert main([str(file), "--seal-key", words.lower()]) == 0
    assert main([str(file), "--seal-key", "A" + words[1:]]) in {0, 2}
    assert main([str(file), "--seal-key", package.key_in_words(KEY[::-1])]) == 2
    assert main([str(file), "--seal-key", words, "--open", str(tmp_path / "out.zip")]) == 0
    assert (tmp_path / "out.zip").read_bytes() == SAMPLE.read_bytes()
    for at in range(0, len(sealed), 97):
        file.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        assert main([str(file), "--seal-key", words]) == 2


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"hello", b"%PDF-1.7", b'{"format":"plateward-sealed/9"}\n']
)
def test_what_is_no_package_is_called_so(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        checked(content, tmp_path)


def test_a_package_cut_short_is_found(tmp_path: Path) -> None:
    content = SAMPLE.read_bytes()
    assert checked(content[: len(content) // 2], tmp_path).wrong


def test_a_malformed_key_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="The key cannot be used"):
        checked(SAMPLE.read_bytes(), tmp_path, vkey="not a key")
    assert issubclass(Malformed, Exception)


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    return package._zipped(files)

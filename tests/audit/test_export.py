"""The log leaves with its proof, says nothing private unless asked, and an outsider agrees."""

import ast
import base64
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plateward.audit import checkpoints, export, keys, log, verify
from plateward.audit.models import Sealed
from plateward.audit.verify import program
from plateward.cli import log as log_command
from tests.audit.book import SIGNER, book

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FOLDER = Path(verify.__file__).parent
SAMPLES = Path(__file__).parents[1] / "vectors" / "audit"
EXPECTED = json.loads((SAMPLES / "samples.json").read_text())


def fill(entries: int = 25) -> None:
    for number in range(entries):
        log.append(
            actor="ana-lopez",
            act="reads:plate:search",
            outcome="admitted",
            city=["willard-mo", "odessa-mo", None][number % 3],
            facts={"purpose": "stolen", "n": number},
            private={"plate": "AB12CDE", "case": f"26-{number}"} if number % 2 else {},
        )
        if number in {3, 11}:
            checkpoints.sign_news(NOON)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(log_command.command, [str(argument) for argument in arguments])


@pytest.fixture
def opened(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house is open already: the tests' own database is up and its tables are current."""
    monkeypatch.setattr(log_command.house, "open_up", lambda: None)


def exported(folder: Path, *options: str) -> Path:
    file = folder / "log.jsonl"
    result = run("export", "--out", file, *options)
    assert result.exit_code == 0, result.output
    return file


@pytest.mark.usefixtures("opened")
def test_what_is_exported_is_proven_to_its_last_entry(tmp_path: Path) -> None:
    fill()
    file = exported(tmp_path)
    key = run("head", "--key").output.strip()
    report = verify.check(file, vkey=key)
    assert (report.ok, report.entries, report.proven, report.checkpoints) == (True, 26, 26, 3)
    assert (report.private_shown, report.private_not_shown) == (0, 26)


@pytest.mark.usefixtures("opened")
def test_an_export_holds_no_plate_unless_it_is_asked_for(tmp_path: Path) -> None:
    fill()
    assert b"AB12CDE" not in exported(tmp_path).read_bytes()
    assert b"ana-lopez" not in exported(tmp_path).read_bytes()
    private = exported(tmp_path, "--with-private")
    assert b"AB12CDE" in private.read_bytes()
    assert private.stat().st_mode & 0o777 == 0o600
    report = verify.check(private)
    assert (report.ok, report.private_shown, report.private_not_shown) == (True, 28, 0)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("options", "facts"),
    [
        ((), {"for": "", "shown": [], "withheld": []}),
        (("--with-private",), {"for": "court", "shown": ["everything"], "withheld": []}),
        (
            ("--show", "case, purpose", "--withhold", "query.plate"),
            {"for": "", "shown": ["case", "purpose"], "withheld": ["query.plate"]},
        ),
        (("--for", "public"), {"for": "public", "shown": [], "withheld": []}),
        (("--withhold", "name"), {"for": "", "shown": ["everything"], "withheld": ["name"]}),
    ],
)
def test_an_export_is_itself_in_the_log_with_what_it_showed(
    options: tuple[str, ...], facts: dict[str, Any], tmp_path: Path
) -> None:
    fill(2)
    exported(tmp_path, "--city", "willard-mo", *options)
    (look,) = log.latest(1)
    assert (look.act, look.outcome, look.facts) == ("audit:log:read", "exported", facts)
    assert look.city == "willard-mo"
    assert look.actor.startswith("console:")


@pytest.mark.usefixtures("opened")
def test_a_city_s_export_withholds_the_others_and_still_proves_all(tmp_path: Path) -> None:
    fill()
    file = exported(tmp_path, "--city", "odessa-mo", "--with-private")
    assert b"willard-mo" not in file.read_bytes()
    report = verify.check(file)
    assert report.ok
    assert (report.entries, report.withheld, report.private_shown) == (26, 17, 9)


@pytest.mark.usefixtures("opened")
def test_an_erased_private_part_does_not_break_the_export(tmp_path: Path) -> None:
    fill()
    Sealed.objects.filter(index=5).delete()
    report = verify.check(exported(tmp_path, "--with-private"))
    assert (report.ok, report.private_shown, report.private_not_shown) == (True, 25, 1)


@pytest.mark.usefixtures("opened")
def test_the_export_goes_to_standard_output_too() -> None:
    fill(3)
    lines = run("export").output.splitlines()
    assert [next(iter(json.loads(line))) for line in lines] == [
        "header",
        *["entry"] * 4,
        "checkpoint",
    ]


@pytest.mark.usefixtures("opened")
def test_an_unsigned_log_is_not_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_key(**_: Any) -> Any:
        raise keys.CannotSign("The key is away.")

    monkeypatch.setattr(keys, "signer", no_key)
    result = run("export", "--out", tmp_path / "log.jsonl")
    assert result.exit_code == 1
    assert "would prove nothing" in result.output
    assert list(tmp_path.iterdir()) == []
    assert "not been signed yet" in run("head").output


@pytest.mark.usefixtures("opened")
def test_without_its_key_the_log_is_exported_as_far_as_it_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(14)
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(tmp_path / "lost"))
    result = run("export", "--out", tmp_path / "log.jsonl")
    assert result.exit_code == 0
    assert "left out" in result.output
    assert verify.check(tmp_path / "log.jsonl").entries == 12


@pytest.mark.usefixtures("opened")
def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    fill(1)
    result = run("export", "--out", tmp_path / "no" / "log.jsonl")
    assert result.exit_code == 1
    assert "cannot be written (No such file or directory)" in result.output


@pytest.mark.usefixtures("opened")
def test_an_export_that_fails_half_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(3)
    old = exported(tmp_path).read_bytes()

    def break_off(*_: Any, **__: Any) -> Any:
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "lines", break_off)
    result = run("export", "--out", tmp_path / "log.jsonl")
    assert "No space left on device" in result.output
    assert (tmp_path / "log.jsonl").read_bytes() == old
    assert [file.name for file in tmp_path.iterdir()] == ["log.jsonl"]


@pytest.mark.usefixtures("opened")
def test_the_head_is_a_checkpoint_that_a_later_export_must_agree_with(tmp_path: Path) -> None:
    fill(14)
    (tmp_path / "kept").write_text(run("head").output)
    file = exported(tmp_path)
    assert run("verify", file, "--kept", tmp_path / "kept").exit_code == 0


@pytest.mark.usefixtures("opened")
def test_a_row_changed_behind_our_back_is_named(tmp_path: Path) -> None:
    from django.db import connections

    fill()
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET outcome = 'refused' WHERE index = 17")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    report = verify.check(exported(tmp_path))
    assert (report.first_bad_index, report.last_bad_index) == (17, 17)


# --- the command, and the file alone --------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXPECTED["first_bad_index"]))
def test_the_published_samples_are_judged_as_published(name: str) -> None:
    """Those of the first version were written by it, before private fields were parted."""
    result = run("verify", SAMPLES / f"{name}.jsonl", "--key", EXPECTED["vkey"], "--json")
    report = json.loads(result.output)
    bad = EXPECTED["first_bad_index"][name]
    assert result.exit_code == (0 if bad is None else 1)
    assert report["first_bad_index"] == bad


def test_a_redacted_sample_has_the_root_of_the_whole_one() -> None:
    shown, withheld = (
        [line for line in (SAMPLES / name).read_bytes().splitlines() if b'"private":{' not in line]
        for name in ("fields-shown.jsonl", "fields-withheld.jsonl")
    )
    assert shown == withheld


def test_the_samples_tell_what_is_withheld_and_how_far_a_witness_saw() -> None:
    sample = SAMPLES / "fields-withheld.jsonl"
    result = run("verify", sample, "--key", EXPECTED["vkey"], "--witness", EXPECTED["witness"])
    assert result.exit_code == 0
    assert "Withheld (entries): name in 16, query.plate in 15." in result.output
    assert "Erased (entries): query.plate in 1." in result.output
    assert (
        "Witnessed by clerk.example/witness: entries 0 to 17, at 2026-01-05T08:00" in result.output
    )
    assert "Entries 18 to 23 are not yet witnessed" in result.output


def test_a_log_without_the_witness_s_word_is_not_passed() -> None:
    arguments = [
        SAMPLES / "good.jsonl",
        "--key",
        EXPECTED["vkey"],
        "--witness",
        EXPECTED["witness"],
    ]
    result = run("verify", *arguments)
    assert result.exit_code == 1
    assert "no checkpoint here is cosigned by clerk.example/witness" in result.output


def test_a_cosignature_that_was_changed_is_found(tmp_path: Path) -> None:
    lines = (SAMPLES / "fields-shown.jsonl").read_bytes().splitlines(keepends=True)
    place = next(at for at, line in enumerate(lines) if b"clerk.example" in line)
    said = json.loads(lines[place])["checkpoint"]
    head, _, cosigned = said.rstrip("\n").rpartition(" ")
    blob = bytearray(base64.b64decode(cosigned))
    blob[11] ^= 1  # another time than the one that was signed
    lines[place] = lines[place].replace(cosigned.encode(), base64.b64encode(bytes(blob)))
    assert head
    (tmp_path / "log.jsonl").write_bytes(b"".join(lines))
    asked = ["verify", tmp_path / "log.jsonl", "--key", EXPECTED["vkey"]]
    assert run(*asked).exit_code == 0  # nobody asked about this witness
    result = run(*asked, "--witness", EXPECTED["witness"])
    assert result.exit_code == 1
    assert "its signature does not hold" in result.output


@pytest.mark.usefixtures("opened", "cities")
def test_private_fields_are_erased_by_command_but_not_before_the_policy_lets_them() -> None:
    fill(4)
    early = run("erase", "--city", "willard-mo", "--before", "2031-01-01")
    assert early.exit_code == 1
    assert "Nothing was erased" in early.output
    unknown = run("erase", "--city", "nowhere", "--before", "2020-01-01")
    assert unknown.exit_code == 1
    done = run("erase", "--city", "willard-mo", "--before", "2020-01-01", "--fields", "plate")
    assert done.exit_code == 0
    assert "Private fields of 0 entries erased" in done.output


def test_the_verdict_is_in_words_and_in_the_exit_code(tmp_path: Path) -> None:
    lines = book(20).file()
    file = tmp_path / "log.jsonl"
    file.write_bytes(b"".join(lines))
    result = run("verify", file, "--key", SIGNER.vkey)
    assert result.exit_code == 0
    assert result.output.startswith("OK: all 20 entries are proven.")
    file.write_bytes(b"".join(lines).replace(b'"ana"', b'"eve"', 1))
    result = run("verify", file)
    assert result.exit_code == 1
    assert result.output.startswith("NOT OK. First bad index: 0.\nLine 2: the entry was changed")
    assert "--key" in result.output


@pytest.mark.parametrize("made", ["missing", "folder", "picture"])
def test_a_file_that_is_no_log_is_unusable(tmp_path: Path, made: str) -> None:
    file = tmp_path / made
    if made == "folder":
        file.mkdir()
    if made == "picture":
        file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50)
    result = run("verify", file)
    assert result.exit_code == 2
    assert "Nothing was checked." in result.output
    assert "Traceback" not in result.output


def test_the_file_run_as_a_program_says_what_the_command_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, exit_code in [("good", 0), ("changed", 1)]:
        arguments = [str(SAMPLES / f"{name}.jsonl"), "--key", EXPECTED["vkey"]]
        assert program.main(arguments) == exit_code
        assert capsys.readouterr().out == run("verify", *arguments).output
        assert program.main([*arguments, "--json"]) == exit_code
        assert capsys.readouterr().out == run("verify", *arguments, "--json").output
    assert program.main([str(tmp_path / "nowhere")]) == 2
    assert program.main([arguments[0], "--kept", str(tmp_path / "nowhere")]) == 2
    assert "Nothing was checked." in capsys.readouterr().err


@pytest.mark.parametrize("made", ["folder", "file"])
def test_the_verifier_runs_alone(made: str, tmp_path: Path) -> None:
    if made == "folder":
        shutil.copytree(FOLDER, tmp_path / "verify")
        start = ["-m", "verify"]
    else:
        assert run("verifier", tmp_path / "alone.pyz").exit_code == 0
        start = [str(tmp_path / "alone.pyz")]
    (tmp_path / "log.jsonl").write_bytes(b"".join(book(20).file()))
    (tmp_path / "kept").write_text(book(10).checkpoint())

    def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-s", "-E", *start, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    good = ask("log.jsonl", "--key", SIGNER.vkey, "--kept", "kept")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("OK: all 20 entries are proven.")
    (tmp_path / "log.jsonl").write_bytes(b"".join(book(20).file()[:-2]))
    bad = ask("log.jsonl", "--json")
    assert (bad.returncode, json.loads(bad.stdout)["first_bad_index"]) == (1, 19)
    missing = ask("nowhere.jsonl")
    assert missing.returncode == 2
    assert "No such file" in missing.stderr


def test_the_verifier_imports_nothing_of_ours() -> None:
    imported = {
        name.split(".")[0]
        for file in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_a_long_verification_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plateward.cli.progress._PATIENCE", -1)
    seen: list[int] = []
    monkeypatch.setattr(
        "rich.progress.Progress.update", lambda *_, completed, **__: seen.append(completed)
    )
    file = tmp_path / "log.jsonl"
    file.write_bytes(b"".join(book(20).file()))
    assert run("verify", file).exit_code == 0
    assert seen == [file.stat().st_size - len(book(20).file()[0])]

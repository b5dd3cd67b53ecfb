"""`plateward evidence`: a package is checked, opened and listed with nothing of ours running."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plateward.audit import package
from plateward.cli import evidence, house
from tests import cast

SAMPLE = Path(__file__).parents[1] / "vectors" / "audit" / "package.zip"
KEY = bytes(32)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(evidence.command, [str(word) for word in words])


def test_a_sealed_package_is_opened_and_verified_and_a_changed_one_named(tmp_path: Path) -> None:
    sealed = tmp_path / "D-12.sealed"
    sealed.write_bytes(package.sealed(SAMPLE.read_bytes(), key=KEY, number="D-12"))
    words = package.key_in_words(KEY)
    assert run("verify", sealed).exit_code == 2
    wrong = run("open", sealed, "--seal-key", "nonsense")
    assert (wrong.exit_code, (tmp_path / "D-12.zip").exists()) == (1, False)
    assert run("open", sealed, "--seal-key", words).exit_code == 0
    assert "is there already" in run("open", sealed, "--seal-key", words).output
    told = run("verify", tmp_path / "D-12.zip", "--json")
    assert (told.exit_code, json.loads(told.output)["ok"]) == (0, True)
    content = bytearray(SAMPLE.read_bytes())
    content[content.index(b"one read")] ^= 1
    (tmp_path / "changed.zip").write_bytes(content)
    changed = run("verify", tmp_path / "changed.zip")
    assert changed.exit_code == 1
    assert "Wrong: index.html: changed" in changed.output
    for none in (tmp_path / "none.zip", tmp_path / "empty"):
        (tmp_path / "empty").touch()
        assert run("verify", none).exit_code == 2


def test_the_verifier_runs_alone_as_one_file(tmp_path: Path) -> None:
    out = tmp_path / "verifier.pyz"
    assert run("verifier", out).exit_code == 0
    alone = [sys.executable, "-I", str(out), str(SAMPLE)]
    done = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("OK: the package is as it was made.")


@pytest.mark.django_db
def test_the_console_lists_what_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    cast.adopt_with_proposals(cast.WILLARD)
    assert run("list", "--city", cast.WILLARD, "--show", "overdue").output == (
        "0 downloads (overdue).\n"
    )
    assert run("list", "--city", "nowhere-xx").exit_code == 1

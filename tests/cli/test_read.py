"""`plateward read`: what it prints, how it ends, and that it needs no server."""

import json
import subprocess
import sys
from pathlib import Path

import click
import PIL.Image
import pytest
from click.testing import CliRunner, Result

from plateward.cli import commands
from plateward.recognition.samples import samples

PICKUP = str(samples()[0].photo)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["read", *arguments])


@pytest.fixture
def blank(tmp_path: Path) -> str:
    file = tmp_path / "blank.png"
    PIL.Image.new("RGB", (320, 240), "grey").save(file)
    return str(file)


@pytest.fixture
def words(tmp_path: Path) -> str:
    file = tmp_path / "words.jpg"
    file.write_text("ABC 123")
    return str(file)


@pytest.mark.slow
@pytest.mark.recognition
def test_a_plate_is_printed_with_all_that_is_known_of_it() -> None:
    result = run(PICKUP)
    assert result.exit_code == 0
    first, plate, characters = result.output.splitlines()[:3]
    assert first.startswith(PICKUP)
    assert first.endswith(" ms)")
    assert plate.split()[:2] == ["BBX3499", "confidence"]
    assert "box x" in plate
    assert characters.split()[0] == "B"
    assert float(characters.split()[1]) > 0.5


@pytest.mark.slow
@pytest.mark.recognition
def test_a_photo_without_a_plate_says_so_and_is_no_failure(blank: str) -> None:
    result = run(blank)
    assert result.exit_code == 0
    assert "no plate found" in result.output
    shown = run(blank, "--json")
    assert json.loads(shown.output)["plates"] == []


@pytest.mark.slow
@pytest.mark.recognition
def test_one_bad_file_ends_with_2_and_the_others_are_read(words: str, blank: str) -> None:
    result = run(words, "/no/such.jpg", PICKUP, blank)
    assert result.exit_code == 2
    assert "words.jpg is not a photo" in result.stderr
    assert "/no/such.jpg does not exist" in result.stderr
    assert "BBX3499" in result.stdout
    assert "no plate found" in result.stdout


@pytest.mark.slow
@pytest.mark.recognition
def test_json_is_one_line_a_photo_in_order(words: str) -> None:
    result = run("--json", words, PICKUP)
    assert result.exit_code == 2
    refused, read = (json.loads(line) for line in result.stdout.splitlines())
    assert refused == {"file": words, "error": refused["error"]}
    assert set(read) == {"file", "ms", "plates"}
    plate = read["plates"][0]
    assert set(plate) == {"text", "confidence", "characters", "box", "corners"}
    assert plate["text"] == "BBX3499"
    assert [each["text"] for each in plate["characters"]] == list("BBX3499")
    assert all(set(c) == {"text", "confidence", "alternatives"} for c in plate["characters"])
    left, top, width, height = plate["box"]
    assert 400 < left < left + width < 620
    assert 420 < top < top + height < 540
    assert len(plate["corners"]) == 4


def test_without_weights_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATEWARD_WEIGHTS", str(tmp_path))
    result = run(PICKUP)
    assert result.exit_code == 1
    assert "plateward weights fetch" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_neither_help_nor_read_starts_django() -> None:
    script = (
        "import sys; from plateward.cli import commands;"
        "commands.main(sys.argv[1:], standalone_mode=False);"
        "sys.exit('django' in sys.modules)"
    )
    for asked in (["--help"], ["read", "--help"], ["weights", "--help"]):
        run = subprocess.run(
            [sys.executable, "-c", script, *asked], check=False, capture_output=True
        )
        assert run.returncode == 0, run.stderr


def test_every_command_is_listed_with_its_purpose() -> None:
    result = CliRunner().invoke(commands, ["--help"])
    assert result.exit_code == 0
    assert "Read the plates in photos." in result.output
    listed = commands.list_commands(click.Context(commands))
    assert {"read", "weights"} <= set(listed)
    assert "demo-region" not in listed  # a file that makes no command is none


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(commands, ["reed"])
    assert result.exit_code == 2
    assert "No such command" in result.output

"""`plateward read`: what it prints, how it ends, and that it needs no server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import PIL.Image
import pytest
from click.testing import CliRunner, Result

from plateward.cli import commands
from plateward.recognition import weights
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
    assert first.endswith(" ms, cpu)")
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
    assert "2 of 4 not read; no file was changed." in result.stderr


@pytest.mark.slow
@pytest.mark.recognition
def test_json_is_one_line_a_photo_in_order(words: str) -> None:
    result = run("--json", words, PICKUP)
    assert result.exit_code == 2
    refused, read = (json.loads(line) for line in result.stdout.splitlines())
    assert refused == {"file": words, "error": refused["error"]}
    assert set(read) == {"file", "ms", "provider", "plates"}
    assert read["provider"] == "cpu"
    plate = read["plates"][0]
    said = {"text", "state", "confidence", "characters", "box", "corners", "vehicle"}
    assert set(plate) == said
    assert set(plate["vehicle"]) == {"box", "colour", "body", "make"}
    left, top, width, height = plate["vehicle"]["box"]
    assert left < plate["box"][0] < left + width
    assert top < plate["box"][1] < top + height
    red = plate["vehicle"]["colour"]
    assert "red" in [red["value"], *(word for word, _chance in red["alternatives"])]
    assert plate["vehicle"]["make"]["value"] is None
    assert plate["text"] == "BBX3499"
    assert [each["text"] for each in plate["characters"]] == list("BBX3499")
    assert all(set(c) == {"text", "confidence", "alternatives"} for c in plate["characters"])
    left, top, width, height = plate["box"]
    assert 400 < left < left + width < 620
    assert 420 < top < top + height < 540
    assert len(plate["corners"]) == 4


class Nothing:
    """A reader that finds nothing, at once."""

    provider = "cpu"

    def read(self, image: object) -> list[object]:
        return []

    def describe_all(self, image: object, plates: object) -> list[object]:
        return []


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plateward.cli.read.plate_reader", lambda provider: Nothing())
    monkeypatch.setattr("plateward.cli.read._vehicles", lambda provider: Nothing())


@pytest.mark.usefixtures("quick")
def test_whatever_is_named_the_others_are_read_and_each_refusal_said(
    tmp_path: Path, blank: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "zero.jpg").touch()
    (tmp_path / "pipe").symlink_to("/dev/zero")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    shut = tmp_path / "shut.jpg"
    shut.touch()
    opens = Path.open

    def open_unless_shut(path: Path, *how: str, **more: Any) -> object:
        if path == shut:
            raise PermissionError(13, "Permission denied")
        return opens(path, *how, **more)

    monkeypatch.setattr(Path, "open", open_unless_shut)
    wrong = {
        "/no/such.jpg": "does not exist. Check the name",
        str(tmp_path): "is a folder. Name the photos in it",
        str(tmp_path / "empty"): "is an empty folder",
        str(tmp_path / "zero.jpg"): "is empty (0 bytes)",
        str(tmp_path / "pipe"): "is not a file",
        str(tmp_path / "nowhere"): "does not exist",
        str(shut): "cannot be opened: Permission denied. Make it readable",
        words: "is not a photo",
        "": "is a folder",
    }
    named = [name for each in wrong for name in (each, blank)]
    result = run(*named)
    assert result.exit_code == 2
    assert result.stdout.count("no plate found") == len(wrong)
    for said in wrong.values():
        assert said in result.stderr
    assert f"{len(wrong)} of {2 * len(wrong)} not read" in result.stderr
    lines = [json.loads(line) for line in run("--json", *named).stdout.splitlines()]
    assert [line["file"] for line in lines] == named
    assert [set(line) for line in lines[::2]] == [{"file", "error"}] * len(wrong)
    assert [line["error"] for line in lines[::2] if not line["error"].endswith(".")] == []


@pytest.mark.usefixtures("quick")
def test_only_bad_photos_end_with_2_and_say_nothing_on_the_way_out() -> None:
    result = run("--json", "/no/such.jpg")
    assert result.exit_code == 2
    assert result.stderr == ""


@pytest.mark.usefixtures("quick")
def test_a_name_that_steers_the_terminal_or_is_no_text_is_shown_tamely(tmp_path: Path) -> None:
    names = [str(tmp_path / "a\x1b[2Jb.png"), os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")]
    for name in names:
        PIL.Image.new("RGB", (40, 40)).save(name)
    shown = run(*names, names[0] + "x")
    assert shown.exit_code == 2
    assert "\x1b" not in shown.output
    assert "a\ufffd[2Jb.png: no plate found" in shown.output
    lines = [json.loads(line) for line in run("--json", *names).stdout.splitlines()]
    assert [line["file"] for line in lines] == names


def test_a_provider_that_is_missing_ends_with_1_and_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    result = run("--provider", "cuda", PICKUP)
    assert result.exit_code == 1
    assert "'cuda' was asked for and is not installed here" in result.stderr
    assert "onnxruntime-gpu" in result.stderr
    assert result.stdout == ""
    monkeypatch.setenv("PLATEWARD_PROVIDER", "cuda")
    assert run(PICKUP).exit_code == 1


@pytest.mark.slow
def test_its_help_loads_neither_networks_nor_pixels() -> None:
    script = (
        "import sys; from plateward.cli import commands;"
        "commands.main(['read', '--help'], standalone_mode=False);"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'cv2', 'onnxruntime', 'PIL')))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_without_weights_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    result = run(PICKUP)
    assert result.exit_code == 1
    assert "install Plateward again" in result.stderr
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
    assert "Read the plates in photos and recorded video." in result.output
    listed = commands.list_commands(click.Context(commands))
    assert {"read", "weights"} <= set(listed)
    assert "demo-region" not in listed  # a file that makes no command is none


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(commands, ["reed"])
    assert result.exit_code == 2
    assert "No such command" in result.output

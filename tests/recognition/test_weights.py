"""Weights: only the measured bytes are ever loaded, and a refusal says what to do."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hatchling.builders.wheel import WheelBuilder

from plateward.cli import commands
from plateward.recognition import WeightsProblem, weights
from plateward.recognition.networks import Network

HOUSE = Path(__file__).parents[2]
CONTENT = b"not a network, but the right bytes"
OURS = weights.Weights(
    name="ours",
    task="shows how a file is named",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    licence="Apache-2.0",
    origin="these tests",
    card="CARD.md",
)


class Loaded(Exception):
    """The engine was given bytes; that is far enough."""


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder inside the package, with the one right file in it."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "ours.onnx").write_bytes(CONTENT)
    monkeypatch.setattr(weights, "SHIPPED", folder)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["weights", *arguments])


def test_the_register_names_every_file_fully() -> None:
    assert len({each.name for each in weights.REGISTER}) == len(weights.REGISTER)
    for each in weights.REGISTER:
        assert len(each.sha256) == 64
        assert each.licence in {"Apache-2.0", "MIT", "BSD-3-Clause"}
        assert (HOUSE / each.card).is_file()  # it tells the data and the figures


def test_what_ships_is_registered_and_what_is_registered_ships() -> None:
    assert {path.name for path in weights.SHIPPED.glob("*.onnx")} == {
        each.file_name for each in weights.REGISTER
    }
    for each in weights.REGISTER:
        assert len(weights.verified(each)) == each.size


def test_the_wheel_carries_every_network() -> None:
    """A weight file put there now is carried: nothing ignores or leaves out its folder."""
    builder = WheelBuilder(str(HOUSE))
    carried = {file.distribution_path for file in builder.recurse_included_files()}
    assert "plateward/recognition/weights.py" in carried
    for each in weights.REGISTER:
        assert f"plateward/recognition/models/{each.file_name}" in carried
    assert builder.config.include_path("src/plateward/recognition/models/new.onnx")


def test_a_file_that_is_missing_says_how_to_install_again(shipped: Path) -> None:
    (shipped / "ours.onnx").unlink()
    with pytest.raises(WeightsProblem, match="is missing") as refusal:
        weights.verified(OURS)
    assert "pip install --force-reinstall" in str(refusal.value)
    assert "git checkout -- src/plateward/recognition/models/ours.onnx" in str(refusal.value)


@pytest.mark.parametrize("change", [b"x", b""], ids=["longer", "shorter"])
def test_a_file_of_another_length_is_refused(shipped: Path, change: bytes) -> None:
    (shipped / "ours.onnx").write_bytes(CONTENT + change if change else CONTENT[:-1])
    with pytest.raises(WeightsProblem, match="not the file that was measured") as refusal:
        Network(OURS)
    assert "--force-reinstall" in str(refusal.value)


def test_one_changed_bit_is_refused_before_anything_loads_it(shipped: Path) -> None:
    assert weights.verified(OURS) == CONTENT
    (shipped / "ours.onnx").write_bytes(bytes([CONTENT[0] ^ 1]) + CONTENT[1:])
    with pytest.raises(WeightsProblem, match="not the file that was measured"):
        Network(OURS)


def test_the_bytes_that_were_hashed_are_the_bytes_that_are_loaded(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is exchanged after its hash was taken is never looked at."""
    verified = weights.verified

    def exchanged_after(which: weights.Weights) -> bytes:
        content = verified(which)
        (shipped / "ours.onnx").write_bytes(b"exchanged")
        return content

    def load(content: bytes, *_: object, **__: object) -> None:
        assert content == CONTENT
        raise Loaded

    monkeypatch.setattr(weights, "verified", exchanged_after)
    monkeypatch.setattr("onnxruntime.InferenceSession", load)
    with pytest.raises(Loaded):
        Network(OURS)


def test_an_endless_file_is_not_read_to_its_end(shipped: Path) -> None:
    (shipped / "ours.onnx").unlink()
    (shipped / "ours.onnx").symlink_to("/dev/zero")
    with pytest.raises(WeightsProblem, match="not the file that was measured"):
        weights.verified(OURS)


def test_a_folder_in_its_place_says_what_to_do(shipped: Path) -> None:
    (shipped / "ours.onnx").unlink()
    (shipped / "ours.onnx").mkdir()
    with pytest.raises(WeightsProblem, match="the account that runs Plateward"):
        weights.verified(OURS)


def test_the_list_says_where_each_is_from_and_what_runs_it(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "REGISTER", (OURS,))
    monkeypatch.delenv("PLATEWARD_PROVIDER", raising=False)
    result = run()
    assert result.exit_code == 0
    assert "ours (shows how a file is named): here and unchanged" in result.output
    assert "Apache-2.0, these tests\n  its card: CARD.md" in result.output
    assert str(shipped / "ours.onnx") in result.output
    assert OURS.sha256 in result.output
    assert "They run on: cpu (PLATEWARD_PROVIDER; available here: cpu" in result.output


def test_the_list_says_what_cannot_be_used_and_what_to_do(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "REGISTER", (replace(OURS, name="other"), OURS))
    (shipped / "other.onnx").write_bytes(b"other bytes")
    result = run()
    assert result.exit_code == 1
    assert "other (shows how a file is named): NOT USABLE" in result.output
    assert "--force-reinstall" in result.output
    assert "ours (shows how a file is named): here and unchanged" in result.output
    assert "1 of 2 cannot be used." in result.output


def test_the_list_says_when_what_was_asked_to_run_them_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLATEWARD_PROVIDER", "cuda")
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    assert "They cannot run: The execution provider 'cuda'" in run().output

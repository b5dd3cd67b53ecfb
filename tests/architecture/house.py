"""What the house consists of, read from its files and from the contracts."""

import ast
import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import plateward

SRC = Path(plateward.__file__).parent
ROOT = SRC.parent.parent
OUTSIDE = {
    "settings",
    "postgres",
}  # of the corridor: they say where things are, and stand below all


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def corridor() -> dict[str, int]:
    """Each room's place, counted from the top: read from the contract itself."""
    layers = project()["tool"]["importlinter"]["contracts"][0]["layers"]
    return {room: place for place, line in enumerate(layers) for room in line.split(" | ")}


def sources(room: str = "") -> list[Path]:
    files = sorted((SRC / room).rglob("*.py"))
    return [path for path in files if "migrations" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> set[str]:
    """Every module a file imports, and every name it takes out of one."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(room: str) -> Iterator[ModuleType]:
    """Every module of a room, at any depth."""
    package = importlib.import_module(f"plateward.{room}")
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)

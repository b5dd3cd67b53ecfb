"""Rooms and files: named by what they do, said in one line, small."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture import house

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
NO_ROOM_FOR = {"base", "common", "core", "helpers", "lib", "managers", "misc", "services", "utils"}
ONE_SENTENCE = re.compile(r"\S.{8,97}[.?]")
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def first_line(path: Path) -> str:
    return (ast.get_docstring(house.tree(path)) or "").partition("\n")[0]


def test_the_corridor_has_every_room_and_no_other() -> None:
    rooms = {folder.parent.name for folder in house.SRC.glob("*/__init__.py")}
    assert rooms - house.OUTSIDE == set(house.corridor())


def test_every_file_says_in_one_line_what_it_is_for() -> None:
    said = {house.name(path): first_line(path) for path in house.sources()}
    assert {name: line for name, line in said.items() if not ONE_SENTENCE.fullmatch(line)} == {}


def test_no_file_is_a_drawer_for_everything() -> None:
    named = {house.name(path): {path.stem, *path.parent.parts} for path in house.sources()}
    assert [name for name, words in named.items() if words & NO_ROOM_FOR] == []


def test_files_and_functions_stay_small() -> None:
    long = [house.name(p) for p in house.sources() if p.read_text().count("\n") > LONGEST_FILE]
    for path in house.sources():
        functions = [node for node in ast.walk(house.tree(path)) if isinstance(node, FUNCTION)]
        long += [
            f"{house.name(path)}: {function.name}"
            for function in functions
            if (function.end_lineno or 0) - function.lineno + 1 >= LONGEST_FUNCTION
        ]
    assert long == []


def test_nothing_happens_behind_a_signal_or_in_the_admin() -> None:
    banned = ("django.db.models.signals", "django.dispatch", "django.contrib.admin")
    found = [
        f"{house.name(path)} imports {name}"
        for path in house.sources()
        for name in house.imports(path)
        if name.startswith(banned)
    ]
    assert found == []


def test_no_model_does_things_behind_a_save() -> None:
    models = [path for path in house.sources() if path.name == "models.py"]
    assert models
    found = [
        f"{house.name(path)}: {node.name}"
        for path in models
        for node in ast.walk(house.tree(path))
        if isinstance(node, FUNCTION) and node.name in {"save", "delete"}
    ]
    assert found == []


def test_every_dependency_says_in_one_line_why_it_is_there() -> None:
    written = (house.ROOT / "pyproject.toml").read_text()
    project = house.project()
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    for requirement in (one for group in groups for one in group):
        reason = rf'^  "{re.escape(requirement)}", *# \S.{{8,}}$'
        assert re.search(reason, written, re.MULTILINE), f"why {requirement}?"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_every_dependency_and_every_hash(lock: str) -> None:
    written = (house.ROOT / lock).read_text()
    locked = re.findall(
        r"^([a-z0-9-]+)==.*((?:\n    --hash=sha256:[0-9a-f]{64}.*)*)", written, re.M
    )
    assert [name for name, hashes in locked if not hashes] == []
    project = house.project()
    wanted = project["project"]["dependencies"]
    wanted = [*wanted, *project["project"]["optional-dependencies"]["server"]]
    if "dev" in lock:
        wanted += project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=, ]", requirement.lower())[0] for requirement in wanted}
    assert names - {name for name, _ in locked} == set()
    assert "://" not in written

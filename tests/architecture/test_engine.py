"""The engine is a library of its own: nothing of the rest, no Django, four other packages."""

import subprocess
import sys

import pytest

from tests.architecture import house

ENGINE = ("plates", "recognition")
PACKAGES = {"numpy", "cv2", "onnxruntime", "PIL"}


def test_the_engine_imports_itself_the_standard_library_and_four_packages() -> None:
    allowed = {*PACKAGES, *sys.stdlib_module_names}
    ours = tuple(f"plateward.{room}" for room in ENGINE)
    sources = [path for path in house.sources() if house.name(path).startswith(ENGINE)]
    assert len(sources) > 10
    others = [
        f"{house.name(path)} imports {name}"
        for path in sources
        for name in house.imports(path)
        if name.partition(".")[0] not in allowed and not name.startswith(ours)
    ]
    assert others == []


@pytest.mark.slow
def test_the_engine_starts_where_the_rest_is_not_installed() -> None:
    """Every module of it, in a process that has nothing else of Plateward, nor any Django."""
    script = f"""
import importlib, pkgutil, sys
ours = {tuple(f"plateward.{room}" for room in ENGINE)!r}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "click", "cryptography", "yaml", "psycopg"):
            raise ModuleNotFoundError(name)
        if name.startswith("plateward.") and not name.startswith(ours):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
for room in ours:
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, room + "."):
        importlib.import_module(module.name)
print(sum(name.startswith(ours) for name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15

"""A real server, killed while cameras send: what it acknowledged is there, once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
# In a process of its own, with a database of its own: the house here has its own already.
PROGRAM = """
from bench import ingest
with ingest.a_house() as house:
    wrong = ingest.kills(house, 2)
assert not wrong, wrong
"""
ROOT = Path(__file__).parents[2]


def test_what_a_killed_server_acknowledged_is_there_once_and_its_log_is_sound() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PLATEWARD_")}
    env |= {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=False,
        env=env,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SIGKILL 2 times" in done.stdout
    assert " 0 reads acknowledged" not in done.stdout
    assert "0 of them lost, 0 there twice" in done.stdout
    assert "every entry is proven" in done.stdout

"""`make demo` as a newcomer runs it, twice: a region, its people, an alert, and nothing twice."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.recognition]
PLATEWARD = Path(sys.executable).with_name("plateward")


@pytest.fixture
def plateward(data_folder: Path):  # type: ignore[no-untyped-def]
    """Run a command in a data folder of its own."""
    ours = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    ours |= {"PLATEWARD_HOME": str(data_folder), "COLUMNS": "200"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [PLATEWARD, *words], env=ours, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_demo_sets_up_once_raises_an_alert_and_proves_its_log(plateward, data_folder) -> None:  # type: ignore[no-untyped-def]
    first = plateward("demo", "--once")
    for name in (
        "ana",
        "ben",
        "cy",
        "dee",
        "eve",
        "finn",
        "gus",
        "hana",
        "ivo",
        "jo",
        "kim",
        "lou",
        "mia",
        "pia",
    ):
        assert re.search(rf"{name}\s+│\s+\d{{6}}", first), name
    assert int(re.search(r"(\d+) alerts were raised", first)[1]) >= 1  # type: ignore[index]
    again = plateward("demo", "--once")
    assert "using it again" in again
    assert _sentence(again) == _sentence(first)
    passed = plateward("demo", "--drive-by")
    assert "1 alert" in passed
    exported = data_folder / "log.jsonl"
    plateward("log", "export", "--out", str(exported))
    assert "OK" in plateward("log", "verify", str(exported))
    _tells_a_story(exported)
    assert "OVERDUE" in plateward("duties", "show", "carson-ca").upper()


def _tells_a_story(exported: Path) -> None:
    """Refused by name of rule, in the log a newcomer opens first."""
    told = exported.read_text()
    for rule in ("open_request", "case_reference", "trained_lately", "role", "note"):
        assert f'"rule":"{rule}"' in told, rule
    for step in ("gate:request:open", "gate:review:ask", "gate:cases:set", "upkeep:duty:record"):
        assert step in told, step


def _sentence(told: str) -> str:
    return re.search(r"\d+ photos were read;.*raised\.", told)[0]  # type: ignore[index]

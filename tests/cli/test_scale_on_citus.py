"""On a Citus cluster: the same migrations, the tables placed by the plan, each search side by side.

Skipped unless PLATEWARD_CITUS_URL names an empty database of a cluster whose machines know each
other, in which the extension has been made.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

URL = os.environ.get("PLATEWARD_CITUS_URL", "")
SKIPPED = "NOT TESTED ON CITUS: set PLATEWARD_CITUS_URL to an empty database of a cluster"
ONE_PART = "Custom Scan (Citus Adaptive)"


@pytest.mark.parametrize(
    ("plan", "is_good"),
    [
        (f" {ONE_PART}\n  Task Count: 1\n", True),
        (f" Limit\n  -> Sort\n   -> {ONE_PART}\n       Task Count: 32\n", True),
        (f" {ONE_PART}\n  -> Distributed Subplan 7_1\n  Task Count: 32\n", False),
        ("Seq Scan on reads_read r", False),
    ],
)
def test_what_counts_as_side_by_side(plan: str, is_good: bool) -> None:
    assert is_side_by_side(plan) is is_good


def is_side_by_side(plan: str) -> bool:
    """Sent to one machine, or to all at once; nothing is fetched first and sent on."""
    tasks = re.search(r"Task Count: (\d+)", plan)
    return ONE_PART in plan and tasks is not None and "Subplan" not in plan


@pytest.mark.slow
@pytest.mark.skipif(not URL, reason=SKIPPED)
def test_every_statement_of_every_search_is_sent_to_one_part_or_to_all_at_once(
    tmp_path: Path,
) -> None:
    words = [sys.executable, "-m", "tests.cli.on_citus"]
    environment = os.environ | {"DATABASE_URL": URL, "PLATEWARD_HOME": str(tmp_path)}
    ran = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    for name, statements in told.items():
        assert statements, name
        for each in statements:
            assert is_side_by_side(each["plan"]), (name, each)

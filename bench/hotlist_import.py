"""How long a hotlist file takes to take in: new, again with nothing changed, and a tenth changed.

    python bench/hotlist_import.py                 a million rows
    python bench/hotlist_import.py --rows 100000   while developing

It starts a PostgreSQL of its own in a folder that it deletes, with the settings a city has.
"""

import argparse
import csv
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from bench import kept
from bench.hotlist import plates
from bench.kept import Line

STATES = ("MO", "KS", "IL", "AR", "OK", "IA", "NE", "TN")
CITY = "willard-mo"
ROWS = 1_000_000


def written(path: Path, rows: int, *, changed: int = 0) -> None:
    """As Security Center exports them; the first `changed` rows have another reason."""
    chance = np.random.default_rng(5)
    listed = plates(rows, chance)
    with path.open("w", newline="") as file:
        table = csv.writer(file, delimiter=";")
        names = ["Category", "PlateState", "PlateNumber", "EffectiveDate", "ExpiryDate"]
        table.writerow([*names, "Vehicle", "Notes"])
        for at, plate in enumerate(listed):
            why = f"corrected {at}" if at < changed else f"OCA 2026-{at:07d}"
            state, days = STATES[at % 8], ("2026-01-05", "2099-12-30")
            table.writerow(
                ["Stolen Vehicle", state, plate.decode(), *days, "silver Ford F-150", why]
            )


def taken_in(path: Path, *, name: str) -> Line:
    from django.utils import timezone

    from plateward.gate.permit import Permit
    from plateward.hotlists import arrive
    from plateward.hotlists.layout import Layout
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act

    permit = Permit("bench", Act.HOTLISTS_EDIT, {CITY: 0}, Reason())
    file = arrive.File(path, Layout.named("genetec"), "Bench", True, "a bench", "26-1", "bench")
    wall, processor, server = time.perf_counter(), time.process_time(), of_the_server()
    done = arrive.load(file, permit=permit, now=timezone.now(), refused=lambda _: None)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:24} {done.rows:>9,} rows  {wall:6.1f} s by the clock  {processor:6.1f} s of this "
        f"process  {of_the_server() - server:6.1f} s of the server  {peak:,.0f} MiB at most  "
        f"(added {done.added:,}, again {done.again:,}, ended {done.ended:,})"
    )
    note = f"{peak:,.0f} MiB at most"
    return Line(f"{done.rows:,} rows, {name}", wall, "s", less_is_better=True, note=note)


def of_the_server() -> float:
    """Processor seconds of the connection's server process."""
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    folder = Path(tempfile.mkdtemp(prefix="plateward-bench-"))
    folder.chmod(0o711)
    os.environ |= {"PLATEWARD_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "plateward.settings"}
    from plateward import postgres

    try:
        postgres.ensure_running(folder)
        measure(folder, rows)
    finally:
        postgres.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path, rows: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from plateward.policy import adopt, load

    call_command("migrate", verbosity=0)
    text = load.shipped_text(CITY)
    answers = adopt.completed(text, (), by="bench")
    adopt.adopt(text, answers=answers, by="bench", instrument="bench", now=timezone.now())
    path = folder / "list.csv"
    written(path, rows)
    lines = [taken_in(path, name="new"), taken_in(path, name="again, the same")]
    written(path, rows, changed=rows // 10)
    lines.append(taken_in(path, name="again, a tenth changed"))
    kept.keep("import", lines, whole=rows >= ROWS)


if __name__ == "__main__":
    main()

"""How many reads a second the server takes, how long a camera waits, and what a SIGKILL loses.

    python -m bench.ingest                       a minute of each load, ten SIGKILLs: ten minutes
    python -m bench.ingest --seconds 5 --kills 1 while developing

A server of its own is started in a folder of its own: PostgreSQL as it comes with the package, with
fsync, `plateward serve`, five cities, the audit log and its keeper. The load comes from this
program, on the same cores: what it takes of them is told too. One read in 500 is of a plate that is
looked for, and raises an alert with its entry in the log. The same rows are then copied and
inserted plainly into the same PostgreSQL, into one table with the same indexes and checks.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench import hammer, kept
from bench.hammer import Shot, Volley
from bench.kept import Line

SECONDS, KILLS = 60, 10
BATCHED, SINGLE, MOST_MILLISECONDS = 2000, 500, 200
ENOUGH = 0.99  # of the reads that were sent: the last ones are still on their way
EACH = 200  # sightings of one batch
BATCH_LINES, SINGLE_LINES = 8, 64
PATIENCE = 180  # seconds for a server to start
_TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--seconds", type=int, default=SECONDS)
    asked.add_argument("--kills", type=int, default=KILLS)
    asked.add_argument("--batched", type=int, default=BATCHED, help="reads a second")
    asked.add_argument("--single", type=int, default=SINGLE, help="reads a second")
    given = asked.parse_args()
    with a_house() as house:
        lines = loads(house, given)
        wrong, after = killed_and_told(house, given.kills)
    lines += after
    whole = given.seconds >= SECONDS and given.kills >= KILLS
    kept.keep("ingest", lines, whole=whole and given.batched >= BATCHED and given.single >= SINGLE)
    if missed := kept.missed(lines) + wrong:
        sys.exit("Missed: " + "; ".join(missed) + ".")


@dataclass(frozen=True, slots=True)
class House:
    folder: Path
    cameras: dict[str, str]


@contextmanager
def a_house(settle: Callable[[], dict[str, str]] | None = None) -> Iterator[House]:
    """Five cities, their cameras, and PostgreSQL, all in a folder that goes afterwards.

    `settle`: what puts other cities and cameras into it, and returns each camera's secret.
    """
    folder = Path(tempfile.mkdtemp(prefix="plateward-bench-"))
    folder.chmod(0o711)
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {"PLATEWARD_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "plateward.settings"}
    from plateward.cli import house

    try:
        house.open_up()
        yield House(folder, (settle or _settle)())
    finally:
        house.close()
        shutil.rmtree(folder, ignore_errors=True)


def _settle() -> dict[str, str]:
    """Adopt the five policies and register their cameras; return each camera's secret."""
    from django.db import connections
    from django.utils import timezone

    from plateward.cameras import register
    from plateward.cli import demo_region
    from plateward.policy import adopt, load

    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchone() != ("on",):
            sys.exit("This server does not write to disk before it answers.")
    for city in demo_region.CITIES:
        text, given = load.shipped_text(city), demo_region.ANSWERS.get(city, ())
        answers = adopt.completed(text, given, by="bench")
        adopt.adopt(text, answers=answers, by="bench", instrument="bench", now=timezone.now())
    _look_for(hammer.WANTED, "willard-mo")
    sites = demo_region.cameras(timezone.localdate())
    return {site.code: register.add(site, by="bench") for site in sites}


def _look_for(plate: str, city: str) -> None:
    """So that some reads raise an alert, with its entry in the log and its notice."""
    from django.utils import timezone

    from plateward.gate.permit import Permit
    from plateward.hotlists import entries
    from plateward.plates.text import PlateText
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act

    listing = entries.Listing(
        hotlist="Stolen vehicles",
        category="stolen_vehicle",
        plate=PlateText(plate),
        why="bench",
        case_number="26-1",
        ends_at=timezone.now() + timedelta(days=1),
    )
    entries.add(
        listing, permit=Permit("bench", Act.HOTLISTS_EDIT, {city: 0}, Reason("hotlist_check"))
    )


# --- the server -----------------------------------------------------------------------------------


class Server:
    """`plateward serve` on a port of its own."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [str(Path(sys.executable).with_name("plateward")), "serve", f"--port={self.port}"]
        self.process = subprocess.Popen(command, start_new_session=True)
        for _ in range(PATIENCE * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                sys.exit("The server did not start.")
            time.sleep(0.1)
        self.kill()
        sys.exit("The server did not answer.")

    def kill(self) -> None:
        """SIGKILL, to all its processes, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.stop()


# --- processor time -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one core."""

    server: float
    postgres: float
    load: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(
            self.server - before.server, self.postgres - before.postgres, self.load - before.load
        )


def spent(house: House, server: Server) -> Spent:
    main = int((house.folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    return Spent(_of_family(server.process.pid), _of_family(main), time.process_time())


def _of_family(process: int) -> float:
    """A process, its children that live, and those that it has waited for."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue
        fields = rest.rpartition(") ")[2].split()
        if process in (int(number), int(fields[1])):
            total += sum(map(int, fields[11:15]))
    return total / _TICK


# --- the loads ------------------------------------------------------------------------------------


def loads(house: House, given: argparse.Namespace) -> list[Line]:
    lines: list[Line] = []
    refused = 0
    print(f"  {'':24}{'asked':>8}{'taken':>9}{'median':>9}{'p99':>9}", end="")
    print(f"{'server':>11}{'PostgreSQL':>12}{'load':>8}   CPU seconds per 1,000 reads")
    with serving() as server:
        fire_at(server, house, "warm", hammer.singles(200, 100, house.cameras, "warm-1"))
        for name, rate, goal in (
            ("batches", given.batched, True),
            ("batches, half the load", given.batched / 2, False),
            ("single posts", given.single, True),
            ("single posts, half", given.single / 2, False),
        ):
            shots = shots_of(name, rate, given.seconds, house)
            volley = fire_at(server, house, name, shots)
            lines.append(line_of(name, volley, rate, given.seconds, goal=goal))
            refused += volley.refused()
        full = shots_of("batches", float("inf"), 0, house, count=20_000)
        flat_out = fire_at(server, house, "batches, flat out", full)
        alone = shots_of("single posts", float("inf"), 0, house, count=4_000)
        singles = fire_at(server, house, "single posts, flat out", alone)
    lines.append(Line("requests refused", refused, asked=0, less_is_better=True))
    return lines + beside(flat_out, singles)


def line_of(name: str, volley: Volley, rate: float, seconds: int, *, goal: bool) -> Line:
    """Of a full load how many were taken; of half of it, how long a camera waits."""
    if goal:
        taken = volley.accepted() / max(volley.seconds, seconds)
        note = f"{rate:,.0f} a second sent"
        return Line(f"reads taken, {name}", taken, "a second", ENOUGH * rate, note=note, first=True)
    late, note = volley.late(0.99), f"median {volley.late(0.5):,.0f} ms"
    name = f"acknowledged, {name}, p99"
    return Line(name, late, "ms", MOST_MILLISECONDS, less_is_better=True, note=note)


def shots_of(name: str, rate: float, seconds: float, house: House, *, count: int = 0) -> list[Shot]:
    count = count or int(rate * seconds)
    prefix = f"{name.replace(' ', '-').replace(',', '')}-{time.time_ns()}"
    if name.startswith("single"):
        return hammer.singles(count, rate, house.cameras, prefix)
    return hammer.batches(count, rate, house.cameras, prefix, each=EACH)


def fire_at(server: Server, house: House, name: str, shots: Sequence[Shot]) -> Volley:
    before = spent(house, server)
    lines = BATCH_LINES if len(shots[0].events) > 1 else SINGLE_LINES
    volley = hammer.fire(server.port, shots, lines=lines)
    used = spent(house, server).since(before)
    reads = sum(len(shot.events) for shot in shots)
    asked = f"{reads / shots[-1].at:,.0f}" if shots[-1].at else "all"
    if name != "warm":
        print(f"  {name:24}{asked:>8}{volley.accepted() / volley.seconds:9,.0f}", end="")
        print(f"{volley.late(0.5):6,.0f} ms{volley.late(0.99):6,.0f} ms", end="")
        each = 1000 / reads
        print(f"{used.server * each:11.3f}{used.postgres * each:12.3f}{used.load * each:8.3f}")
    return volley


# --- the same rows, plainly -----------------------------------------------------------------------


_OF_THESE = "FROM reads_name n JOIN reads_read r ON r.id = n.read WHERE n.name = ANY(%s)"


def beside(batched: Volley, single: Volley) -> list[Line]:
    """COPY and INSERT of the rows that the flat-out loads stored, into a table just like theirs."""
    from django.db import connections

    rows = sorted(batched.acknowledged()), sorted(single.acknowledged())
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_reads (LIKE reads_read INCLUDING ALL)")
        copied = _copy(cursor, rows[0])
        inserted = _insert(cursor, rows[1])
        cursor.execute("DROP TABLE bench_reads")
    lines = []
    for name, volley, plain, how in (
        ("batches", batched, copied, f"COPY of {EACH} rows, commit, and again"),
        ("single posts", single, inserted, "INSERT of one row, commit, and again"),
    ):
        ours = volley.accepted() / volley.seconds
        print(f"  {name}: {ours:,.0f} reads a second; plainly {plain:,.0f} ({how}):", end=" ")
        print(f"{ours / plain:.2f} of it")
        lines.append(Line(f"{name}, flat out", ours, "a second", alternative=how, theirs=plain))
    return lines


def _copy(cursor: Any, events: Sequence[str]) -> float:
    rows = f"COPY (SELECT r.* {_OF_THESE}) TO STDOUT"
    with cursor.copy(rows, [list(names_of(events))]) as out:
        lines = b"".join(out).splitlines(keepends=True)
    start = time.perf_counter()
    for at in range(0, len(lines), EACH):
        with cursor.copy("COPY bench_reads FROM STDIN") as into:
            into.write(b"".join(lines[at : at + EACH]))
    return len(lines) / (time.perf_counter() - start)


def _insert(cursor: Any, events: Sequence[str]) -> float:
    cursor.execute(f"SELECT to_json(r)::text {_OF_THESE}", [list(names_of(events))])
    rows = cursor.fetchall()
    one = "INSERT INTO bench_reads SELECT * FROM json_populate_record(NULL::bench_reads, %s)"
    start = time.perf_counter()
    for row in rows:
        cursor.execute(one, row)
    return len(rows) / (time.perf_counter() - start)


# --- SIGKILL --------------------------------------------------------------------------------------


def killed_and_told(house: House, times: int) -> tuple[list[str], list[Line]]:
    """What went wrong in words, and the figure."""
    if not times:
        return [], []
    wrong = kills(house, times)
    figure = f"what a server killed {times} times got wrong"
    line = Line(figure, len(wrong), asked=0, less_is_better=True, note="; ".join(wrong), first=True)
    return wrong, [line]


def kills(house: House, times: int) -> list[str]:
    """Kill the server again and again under load; whatever it acknowledged must be there, once."""
    chance = Random(5)  # noqa: S311 - when to kill, not a secret
    acknowledged: set[str] = set()
    sent: list[Shot] = []
    for number in range(times):
        volley, shots = _killed(house, number, after=chance.randrange(20, 300))
        acknowledged |= volley.acknowledged()
        sent += shots
    if not times:
        return []
    kept = counted(acknowledged)  # before anything is sent again
    lost = [event for event in acknowledged if kept.get(event) != 1]
    with serving() as server:
        again = [Shot(0.0, shot.request, shot.events) for shot in sent]
        hammer.fire(server.port, again, lines=BATCH_LINES)
    everything = {event for shot in sent for event in shot.events}
    found = counted(everything)
    twice = [event for event, often in found.items() if often != 1]
    print(f"  SIGKILL {times} times: {len(acknowledged):,} reads acknowledged,", end=" ")
    print(f"{len(lost)} of them lost, {len(twice)} there twice;", end=" ")
    print(f"sent again, {len(found):,} of {len(everything):,} are there")
    proven = log_is_sound(house)
    print(f"  the log: {proven}")
    wrong = [f"{len(lost)} acknowledged reads lost"] if lost else []
    wrong += [f"{len(twice)} reads stored twice"] if twice else []
    wrong += ["reads missing after they were sent again"] if len(found) != len(everything) else []
    return wrong + ([] if "proven" in proven else ["the log does not verify"])


def _killed(house: House, number: int, *, after: int) -> tuple[Volley, list[Shot]]:
    """Killed in the midst of its work, once so many requests have their answer."""
    server, volley = Server(), Volley()
    name = f"{number}-{time.time_ns()}"
    batched = hammer.batches(2400, 400, house.cameras, f"kill-b{name}", each=20)
    single = hammer.singles(480, 80, house.cameras, f"kill-s{name}")
    shots = sorted(batched + single, key=lambda shot: shot.at)
    killer = threading.Thread(target=_kill, args=(server, volley, after))
    killer.start()
    hammer.fire(server.port, shots, lines=16, volley=volley)
    killer.join()
    return volley, shots


def _kill(server: Server, volley: Volley, after: int) -> None:
    while len(volley.landed) < after:
        time.sleep(0.002)
    server.kill()


def counted(events: Set[str]) -> dict[str, int]:
    """How many reads there are of each event."""
    from django.db import connections

    events_of = names_of(events)
    found: Counter[str] = Counter()
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT n.name, count(*) {_OF_THESE} GROUP BY n.name", [list(events_of)])
        for name, often in cursor.fetchall():
            found[events_of[name]] += often
    return dict(found)


def names_of(events: Iterable[str]) -> dict[int, str]:
    """What an event may be called in the store, whichever camera handed it in."""
    from django.db import connections

    from plateward.reads import sealing

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id FROM cameras_camera")
        cameras = [camera for (camera,) in cursor.fetchall()]
    return {sealing.name_key(each, "bench", event): event for event in events for each in cameras}


def log_is_sound(house: House) -> str:
    """What the verifier says of the log as it is now, in one line."""
    file = house.folder / "log.jsonl"
    for arguments in (["export", "--out", str(file)], ["verify", str(file)]):
        command = [str(Path(sys.executable).with_name("plateward")), "log", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stdout + done.stderr).strip()
    return "every entry is proven"


if __name__ == "__main__":
    main()

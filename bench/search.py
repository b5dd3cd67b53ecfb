"""Search among 20 million reads while 200 a second come in, beside four other stores.

    python -m bench.search                 20 million reads: 40 minutes or so, 30 GB of disk
    python -m bench.search --rows 200000   while developing: a minute or two

Ours is asked alone first, as it would be in a house. Then the same reads lie in every store on the
same machine, the same questions are asked of all in turn, and their answers must be the same.
docs/explanation/measured.md says how each store is built and what counts.
"""

import argparse
import json
import math
import multiprocessing
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

from bench import ingest, kept, ours, questions, staging, stores, traffic
from bench.kept import Line
from bench.questions import ASKED, SHOWN, Kind, Question
from bench.stores import Beside
from bench.traffic import DAY, Scale

ROWS, DAYS, ROUNDS, RATE = 20_000_000, 60, 120, 200
MOST_BYTES: Final = 400
PATIENCE_SECONDS: Final = 30.0  # for one store and one kind of question
_FEWEST: Final = 5  # times it is asked all the same
_WARMING: Final = 3  # rounds
_MANY: Final = 10**9
_MIB: Final = 2**20
Times = dict[Kind, list[float]]


@dataclass(slots=True)
class Measured:
    """`alone`: milliseconds by kind, `logged`: the same with the entry in the log; `times`: side by
    side, by store and kind."""

    alone: Times = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
    logged: Times = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    loads: dict[str, float] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    notes: dict[str, float] = field(default_factory=dict)


def main() -> None:
    asked = arguments()
    scale = Scale(asked.rows, asked.days, _begins(asked.days), asked.seed)
    load = os.getloadavg()[2]
    with ingest.a_house(lambda: ours.settle(traffic.cameras(scale.seed))) as house:
        found = Measured()
        with ExitStack() as open_:
            fill(scale, found, asked)
            with handing_in(scale, asked.ingest, found):
                ask_alone(scale, asked.rounds, found)
            if beside := load_others(scale, house.folder, found, open_, asked):
                with handing_in(scale, asked.ingest, found, before=_MANY):
                    ask_all(scale, asked.rounds, beside, found)
    lines = as_lines(scale, found)
    whole = asked.rows >= ROWS and asked.rounds >= ROUNDS and asked.ingest >= RATE
    file = kept.keep("search", lines, whole=whole, load=load)
    if asked.json:
        print(json.dumps([asdict(line) for line in lines], indent=1))
    else:
        report(scale, found)
        print(f"Kept in {file.relative_to(kept.ROOT)}")
    if missed := kept.missed(lines):
        sys.exit("Missed: " + "; ".join(missed) + ".")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="reads in each store")
    parser.add_argument("--days", type=int, default=DAYS, help="over so many days, 60 at most")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="questions of each kind")
    parser.add_argument("--ingest", type=int, default=RATE, help="reads a second meanwhile")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="that fill")
    names = ["all", "none", *map(_name, stores.STORES)]
    parser.add_argument("--stores", default="all", choices=names, help="which of the others")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    asked = parser.parse_args()
    if not 1 <= asked.days <= DAYS or asked.rows < asked.days:
        parser.error(f"--days is from 1 to {DAYS}, and --rows at least as many")
    return asked


def _begins(days: int) -> int:
    """So that the last day ended at midnight (UTC)."""
    return (int(time.time()) * 1_000_000 // DAY - days) * DAY


# --- loading --------------------------------------------------------------------------------------


def processes(asked: argparse.Namespace) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(asked.processes, spawn, initializer=ours.ready)


def fill(scale: Scale, found: Measured, asked: argparse.Namespace) -> None:
    said(f"{scale.rows:,} reads of {scale.vehicles:,} vehicles: filling our store")
    began = time.perf_counter()
    with processes(asked) as pool:
        found.notes["plates"] = ours.filled(scale, pool)
    found.loads["ours"] = time.perf_counter() - began
    sizes = ours.size()
    found.notes |= {f"bytes of {name}": size / scale.rows for name, size in sizes.items()}
    found.sizes["ours"] = sum(sizes.values()) / scale.rows
    said(f"{found.loads['ours']:.0f} s; {found.sizes['ours']:.0f} bytes a read")


def load_others(
    scale: Scale, folder: Path, found: Measured, open_: ExitStack, asked: argparse.Namespace
) -> list[Beside]:
    """Each in its own process, all at once: what they wait for is not the same."""
    chosen = [kind for kind in stores.STORES if asked.stores in ("all", _name(kind))]
    if not chosen:
        return []
    staged, place = folder / "staged", folder / "stores"
    staged.mkdir()
    place.mkdir()
    with processes(asked) as pool:
        files = staging.staged(scale, staged, pool)
    beside = [stores.start(kind, place) for kind in chosen]
    for one in beside:
        open_.callback(one.close)
        said(f"{one.title} takes them in")
        one.load(files)
    _wait(beside, scale, found)
    shutil.rmtree(staged)
    return [one for one in beside if not one.why]


def _name(kind: type[Any]) -> str:
    return kind.__name__.lower()


def _wait(some: Sequence[Beside], scale: Scale, found: Measured) -> None:
    for one in some:
        one.wait_loaded()
        if one.why:
            found.absent[one.title] = one.why
        else:
            found.loads[one.title] = one.loaded
            found.sizes[one.title] = one.size / scale.rows
            said(f"{one.title}: {one.loaded:.0f} s")


def said(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


# --- what comes in meanwhile ----------------------------------------------------------------------


@contextmanager
def handing_in(scale: Scale, rate: int, found: Measured, *, before: int = 0) -> Iterator[None]:
    """Another process hands reads in at the intake, as long as questions are asked.

    `before`: more than were handed in earlier, so that each has a name of its own.
    """
    spawn = multiprocessing.get_context("spawn")
    stop, (ours_, theirs) = spawn.Event(), spawn.Pipe()
    hands = spawn.Process(target=_hand_in, args=(scale, rate, before, stop, theirs), daemon=True)
    if rate:
        hands.start()
        ours_.recv()
    try:
        yield
    finally:
        if rate:
            stop.set()
            found.notes["came in, a second"] = ours_.recv()
            hands.join(timeout=30)


def _hand_in(scale: Scale, rate: int, before: int, stop: Event, line: Any) -> None:
    ours.ready()
    from django.utils import timezone

    from plateward.intake import receive

    last = traffic.day(scale, scale.days - 1)
    coming = ours.sightings(scale, last, scale.rows)
    each = max(1, rate // 10)
    taken, sent = 0, 0
    began = time.perf_counter()
    line.send("ready")
    while not stop.is_set():
        now = timezone.now()
        some = [
            ours.seen_again(one, now, before + sent)
            for one, _ in zip(coming, range(each), strict=False)
        ]
        if not some:
            coming = ours.sightings(scale, last, scale.rows)
            continue
        sent += len(some)
        taken += sum(isinstance(told, receive.Receipt) for told in receive.receive_all(some))
        ahead = began + sent / rate - time.perf_counter()
        stop.wait(max(0.0, ahead))
    line.send(taken / (time.perf_counter() - began))


# --- asking ---------------------------------------------------------------------------------------


def ask_alone(scale: Scale, rounds: int, found: Measured) -> None:
    """With and without its entry in the log, after a few rounds that do not count."""
    _learn_plates(found)
    said(f"{rounds} rounds of questions, alone")
    quiet, logged = ours.permit(logged=False), ours.permit(logged=True)
    for question in _all(questions.drawn(scale, _WARMING, turn=1)):
        _clocked(question, quiet)
    for question in _all(questions.drawn(scale, rounds, turn=2)):
        spent, _ = _clocked(question, quiet)
        found.alone.setdefault(question.kind, []).append(spent)
        if question.kind is not Kind.COUNTS:
            spent, _ = _clocked(question, logged)
            found.logged.setdefault(question.kind, []).append(spent)


def ask_all(scale: Scale, rounds: int, beside: Sequence[Beside], found: Measured) -> None:
    """A few rounds that do not count, then each question of every store in turn."""
    said(f"{rounds} rounds of questions, side by side")
    for question in _all(questions.drawn(scale, _WARMING, turn=1)):
        _ask_each(question, beside, Measured())
    for question in _all(questions.drawn(scale, rounds)):
        _ask_each(question, beside, found)


def _all(rounds: Iterable[Sequence[Question]]) -> Iterator[Question]:
    return (question for one in rounds for question in one)


def _ask_each(question: Question, beside: Sequence[Beside], found: Measured) -> None:
    spent, answer = _clocked(question, ours.permit(logged=False))
    found.times.setdefault("ours", {}).setdefault(question.kind, []).append(spent)
    for one in beside:
        _ask(one, question, answer, found)


def _learn_plates(found: Measured) -> None:
    """The first search of a process reads the dictionary: how long, and how much memory."""
    from plateward.reads.known import FOLLOWED

    before, began = _resident(), time.perf_counter()
    dictionary = FOLLOWED.of([ours.CITY])[ours.CITY]
    found.notes["dictionary read, s"] = time.perf_counter() - began
    found.notes["dictionary, MiB"] = dictionary.nbytes / _MIB
    found.notes["the process grew, MiB"] = _resident() - before
    found.notes["plates in memory"] = len(dictionary)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / _MIB


def _clocked(question: Question, permit: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = ours.ask(question, permit)
    return 1000 * (time.perf_counter() - began), answer


def _ask(one: Beside, question: Question, answer: Any, found: Measured) -> None:
    spent = found.times.setdefault(one.title, {}).setdefault(question.kind, [])
    if len(spent) >= _FEWEST and sum(spent) > 1000 * PATIENCE_SECONDS:
        return
    took, said_ = one.ask(question)
    spent.append(took)
    if not _same(answer, said_):
        sys.exit(
            f"{one.title} and our store do not answer alike to {question}:\n"
            f"  ours   {_first(answer)}\n  theirs {_first(said_)}\nNothing was kept."
        )


def _same(one: Any, other: Any) -> bool:
    """Reads of one microsecond may stand in either order, and either may be the page's last."""
    if isinstance(one, dict) or one == other:
        return bool(one == other)
    if len(one) != len(other):
        return False
    last = one[-1].seen if len(one) == SHOWN else -1
    return {hit for hit in one if hit.seen != last} == {hit for hit in other if hit.seen != last}


def _first(answer: Any) -> str:
    return f"{len(answer)}: {list(answer.items() if isinstance(answer, dict) else answer)[:3]}"


# --- telling --------------------------------------------------------------------------------------


def p95(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, math.ceil(0.95 * len(ordered)) - 1)]


def as_lines(scale: Scale, found: Measured) -> list[Line]:
    """Each kind alone, which the README tells, then beside every store."""
    lines = [line for kind in Kind for line in _lines_of(kind, found)]
    size = found.sizes["ours"]
    others = {title: size for title, size in found.sizes.items() if title != "ours"}
    best = min(others, key=others.__getitem__, default="")
    parts = ("rows", "indexes", "names", "dictionary", "counts")
    lines.append(
        Line(
            "bytes a read, indexes in",
            size,
            "bytes",
            MOST_BYTES,
            less_is_better=True,
            alternative=best,
            theirs=others.get(best),
            note=", ".join(f"{name} {found.notes[f'bytes of {name}']:.0f}" for name in parts),
            first=True,
        )
    )
    plates = found.notes["plates in memory"]
    lines.append(
        Line(
            "known plates in memory",
            found.notes["the process grew, MiB"],
            "MiB",
            less_is_better=True,
            note=f"{plates:,.0f} plates, read in {found.notes['dictionary read, s']:.1f} s",
        )
    )
    filled = scale.rows / found.loads["ours"]
    lines.append(Line("filling, sealed", filled, "reads a second"))
    if "came in, a second" in found.notes:
        lines.append(Line("came in meanwhile", found.notes["came in, a second"], "a second"))
    return lines


def _lines_of(kind: Kind, found: Measured) -> Iterator[Line]:
    note = f"median {statistics.median(found.alone[kind]):.1f} ms"
    if kind in found.logged:
        note += f"; with its entry in the log, p95 {p95(found.logged[kind]):.1f} ms"
    asked, alone = ASKED[kind], p95(found.alone[kind])
    yield Line(f"{kind}, p95", alone, "ms", asked, less_is_better=True, note=note, first=True)
    for title, times in found.times.items():
        if title != "ours":
            yield Line(
                f"{kind}, p95, with all stores on the machine",
                p95(found.times["ours"][kind]),
                "ms",
                less_is_better=True,
                alternative=title,
                theirs=p95(times[kind]),
            )


def report(scale: Scale, found: Measured) -> None:
    print(f"\n{scale.rows:,} reads, {found.notes['plates']:,.0f} plates; median / p95 in ms")
    print(f"  {'':28}{'asked':>8}{'ours, alone':>28}{'with its entry in the log':>28}")
    for kind in Kind:
        both = [one[kind] for one in (found.alone, found.logged) if kind in one]
        print(f"  {kind:28}{'<' + format(ASKED[kind], '.0f'):>8}{_cells(both)}")
    titles = list(found.times)
    if titles:
        print("\nSide by side; below each other store: how many times as long as ours its p95 is")
        print(f"  {'':36}" + "".join(f"{title:>28}" for title in titles))
    for kind in Kind if titles else ():
        row = [found.times[title][kind] for title in titles]
        print(f"  {kind:36}{_cells(row)}")
        ratios = "".join(f"{p95(one) / p95(row[0]):>27.2f}x" for one in row[1:])
        print(f"  {'':36}{'':28}{ratios}")
    for title, size in found.sizes.items():
        print(f"  {title}: {size:.0f} bytes a read, {found.loads[title]:.0f} s to load")
    for name, value in found.notes.items():
        print(f"  {name}: {value:,.1f}")
    for title, why in found.absent.items():
        print(f"  {title}: not measured. {why}")


def _cells(times: Iterable[Sequence[float]]) -> str:
    return "".join(f"{statistics.median(one):>17.1f} /{p95(one):>9.1f}" for one in times)


if __name__ == "__main__":
    main()

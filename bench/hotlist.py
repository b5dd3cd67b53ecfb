"""How fast reads are matched against long hotlists, beside a plain hash set and two libraries.

    python bench/hotlist.py                                       1 million plates, then 5 million
    python bench/hotlist.py --entries 50000 --big 0 --reads 5000  while developing

The hash set answers one question only (is exactly this plate listed?); it is what anything costs at
least. symspellpy and rapidfuzz answer "at most one edit away"; they are measured where they are
installed (`pip install symspellpy rapidfuzz`; Plateward itself needs neither). Rates and p99 are of
processor time, so that other work on the machine does not count; the wall clock stands beside them.
"""

import argparse
import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import kept
from bench.kept import Line
from plateward.plates.likeness import ALERTS_FROM, How
from plateward.plates.lookup import Index

SHAPES = ("LLLDDDD", "DLLLDDD", "LLDLDL", "LLLDDD")
LETTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
DIGITS = np.frombuffer(b"0123456789", np.uint8)
Plates = npt.NDArray[np.bytes_]
ENTRIES, BIG, READS = 1_000_000, 5_000_000, 200_000
LEAST_A_SECOND = 100_000
MOST_MILLISECONDS = 1.0
MOST_MIB = 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """`mib` is what the process grew by; `p99` and `p99_wall` are microseconds a read."""

    name: str
    built: float
    mib: float
    rate: float
    p99: float
    p99_wall: float
    hits: int


def plates(count: int, chance: np.random.Generator) -> Plates:
    """Plates of four usual shapes, all characters equally likely."""
    written = np.zeros((count, 16), np.uint8)
    shape_of = chance.integers(0, len(SHAPES), count)
    for number, shape in enumerate(SHAPES):
        rows = np.flatnonzero(shape_of == number)
        for at, kind in enumerate(shape):
            signs = LETTERS if kind == "L" else DIGITS
            written[rows, at] = signs[chance.integers(0, len(signs), len(rows))]
    return written.view("S16").ravel()


def reads_of(listed: Plates, count: int, chance: np.random.Generator) -> list[str]:
    """One in twenty is listed, one in twenty is listed with a look-alike; the rest is anything."""
    seen = [plate.decode() for plate in plates(count, chance)]
    for at in range(count // 10):
        plate = listed[chance.integers(0, len(listed))].decode()
        swapped = plate.translate(str.maketrans("0O1I8B5S2Z", "O0I1B8S5Z2"))
        seen[at * 10] = plate if at % 2 else swapped
    return seen


def grown() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def measured(
    name: str,
    build: Callable[[], Any],
    one: Callable[[Any, str], int],
    reads: Sequence[str],
    many: Callable[[Any, Sequence[str]], int] | None = None,
) -> Measured:
    before, began = grown(), time.perf_counter()
    built = build()
    took, mib = time.perf_counter() - began, grown() - before
    spent, wall, hits = [], [], 0
    for read in reads[: 20_000 if many else len(reads)]:
        start, clock = time.thread_time_ns(), time.perf_counter_ns()
        hits += one(built, read)
        spent.append(time.thread_time_ns() - start)
        wall.append(time.perf_counter_ns() - clock)
    rate = len(spent) / (sum(spent) / 1e9)
    if many:
        rates = []
        for _ in range(3):
            start = time.thread_time_ns()
            hits = many(built, reads)
            rates.append(len(reads) / ((time.thread_time_ns() - start) / 1e9))
        rate = max(rates)
    p99, p99_wall = (float(np.percentile(times, 99)) / 1e3 for times in (spent, wall))
    return Measured(name, took, mib, rate, p99, p99_wall, hits)


def ours(
    listed: Plates, reads: Sequence[str], look: Callable[[Index], None] = lambda _: None
) -> Measured:
    def build() -> Index:
        index = Index(listed)
        look(index)
        return index

    return measured(
        "Plateward, all kinds",
        build,
        lambda index, read: len(index.match(read)),
        reads,
        lambda index, some: len(index.match_many(some).read),
    )


def hash_set(texts: Sequence[str], reads: Sequence[str]) -> Measured:
    return measured(
        "hash set, exact only",
        lambda: set(texts),
        lambda kept, read: read in kept,
        reads,
        lambda kept, some: sum(read in kept for read in some),
    )


def symspell(texts: Sequence[str], reads: Sequence[str]) -> Measured:
    library = importlib.import_module("symspellpy")

    def build() -> Any:
        kept = library.SymSpell(max_dictionary_edit_distance=1, prefix_length=16)
        for text in texts:
            kept.create_dictionary_entry(text, 1)
        return kept

    def one(kept: Any, read: str) -> int:
        return len(kept.lookup(read, library.Verbosity.ALL, max_edit_distance=1))

    return measured("symspellpy, one edit", build, one, reads[:5000])


def rapidfuzz(texts: Sequence[str], reads: Sequence[str]) -> Measured:
    library = importlib.import_module("rapidfuzz")
    scorer = library.distance.Levenshtein.distance

    def one(kept: Any, read: str) -> int:
        found = library.process.extract(read, kept, scorer=scorer, score_cutoff=1, limit=None)
        return len(found)

    return measured("rapidfuzz, one edit", lambda: list(texts), one, reads[:30])


def beside(listed: Plates, reads: Sequence[str]) -> list[Measured]:
    texts = [plate.decode() for plate in listed]
    built: list[Index] = []
    rows = [ours(listed, reads, built.append), hash_set(texts, reads)]
    found(built.pop(), reads)
    for peer in (symspell, rapidfuzz):
        try:
            rows.append(peer(texts, reads))
        except ModuleNotFoundError as missing:
            print(f"  {peer.__name__}: not measured, {missing.name} is not installed")
    return rows


def told(rows: Sequence[Measured]) -> None:
    first = rows[0]
    print(f"  {'':22}{'built':>9}{'memory':>11}{'reads/s':>12}{'p99':>10}{'wall':>10}  Plateward")
    for row in rows:
        ratio = "" if row is first else f"{first.rate / row.rate:,.2f} times as fast"
        print(
            f"  {row.name:22}{row.built:7.1f} s{row.mib:7.0f} MiB{row.rate:12,.0f}"
            f"{row.p99:7.0f} us{row.p99_wall:7.0f} us  {ratio}"
        )


def as_lines(entries: int, rows: Sequence[Measured]) -> list[Line]:
    """Ours first; it stands beside each of the others."""
    mine, peers = rows[0], rows[1:]
    against = f"matched against {entries:,} entries"
    lines = [
        Line(
            against,
            mine.rate,
            "a second",
            LEAST_A_SECOND if entries <= ENTRIES else None,
            alternative=peer.name if peer else "",
            theirs=peer.rate if peer else None,
            first=at == 0,
        )
        for at, peer in enumerate([*peers] or [None])
    ]
    late = Line(f"{against}, p99", mine.p99 / 1000, "ms", MOST_MILLISECONDS, less_is_better=True)
    memory = Line(f"memory for {entries:,} entries", mine.mib, "MiB", MOST_MIB, less_is_better=True)
    return [*lines, late, memory]


def found(index: Index, reads: Sequence[str]) -> None:
    """What the answers are: without evidence, most near plates are coincidence."""
    hits = index.match_many(reads)
    kinds = [f"{count:,} {how}" for how, count in zip(How, _counted(hits.how), strict=True)]
    alerting = len(np.unique(hits.read[hits.likelihood >= ALERTS_FROM]))
    near = len(np.unique(hits.read))
    print(f"  of {len(reads):,} reads: {', '.join(kinds)}")
    print(f"  {near / len(reads):.1%} are near some entry; {alerting / len(reads):.1%} would alert")


def _counted(kinds: npt.NDArray[np.uint8]) -> list[int]:
    counted: list[int] = np.bincount(kinds, minlength=len(How)).tolist()
    return counted


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--entries", type=int, default=ENTRIES)
    asked.add_argument("--big", type=int, default=BIG, help="0 leaves it out")
    asked.add_argument("--reads", type=int, default=READS)
    given, chance = asked.parse_args(), np.random.default_rng(7)
    listed = plates(given.entries, chance)
    reads = reads_of(listed, given.reads, chance)
    print(f"{given.entries:,} entries, one process, one core")
    rows = beside(listed, reads)
    told(rows)
    lines = as_lines(given.entries, rows)
    met = [rows[0].rate >= LEAST_A_SECOND]
    if given.big:
        listed = plates(given.big, chance)
        print(f"{given.big:,} entries")
        big = ours(listed, reads)
        told([big])
        lines += as_lines(given.big, [big])
        met += [big.p99 < MOST_MILLISECONDS * 1000, big.mib < MOST_MIB]
    whole = given.entries >= ENTRIES and given.big >= BIG and given.reads >= READS
    kept.keep("hotlist", lines, whole=whole)
    if not all(met):
        raise SystemExit(
            f"Missed: at least {LEAST_A_SECOND:,} reads a second, p99 under {MOST_MILLISECONDS} ms "
            f"and under {MOST_MIB} MiB."
        )


if __name__ == "__main__":
    main()

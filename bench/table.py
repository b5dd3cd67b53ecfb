"""One table of everything that is measured: what, what was asked, the alternative, the ratio.

    python -m bench.table                        run every bench in turn: two and a half hours
    python -m bench.table --only search,decide   run these, and tell the others as they were last
    python -m bench.table --from bench/out       run nothing: tell what was measured last

What was not run stands in the table as not run. `--document` writes it into README and
docs/explanation/measured.md; it wants every figure from a whole run, not from a short one.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from bench import document, kept, tables
from bench.kept import Line, Run

ROOT: Final = kept.ROOT
README: Final = ROOT / "README.md"
ALL: Final = ROOT / "docs" / "explanation" / "measured.md"
HEAD: Final = ("", "measured", "asked", "met", "alternative", "ours is")
NOT_RUN: Final = "not run here"


@dataclass(frozen=True, slots=True)
class Bench:
    """`minutes`: about how long it takes on two cores."""

    name: str
    title: str
    minutes: float


BENCHES: Final = (
    Bench("search", "Search on 20 million reads while 200 a second come in", 40),
    Bench("retention", "Deletion", 10),
    Bench("ingest", "Reads coming in", 10),
    Bench("latency", "From a camera to the board", 2),
    Bench("hotlist", "Matching against hotlists", 4),
    Bench("import", "Taking in a hotlist file", 3),
    Bench("decide", "Policy decisions", 1),
    Bench("log", "The log", 3),
    Bench("recognition", "Reading plates", 12),
    Bench("soak", "An agent for an hour", 62),
)
_MODULES: Final = {"import": "bench.hotlist_import"}


def main() -> None:
    asked = arguments()
    names = asked.only.split(",") if asked.only else [each.name for each in BENCHES]
    if not asked.given:
        run([each for each in BENCHES if each.name in names])
    try:
        runs = gathered(asked.given or kept.OUT)
        if asked.json:
            print(json.dumps([asdict(one) for one in runs.values()], indent=1))
        else:
            print(text(runs))
        if asked.document:
            write(runs)
    except (kept.NotKept, document.NotWritten) as problem:
        sys.exit(str(problem))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="names of benches to run, with commas")
    parser.add_argument("--from", dest="given", type=Path, help="run nothing: read this folder")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--document", action="store_true", help="write it into the documents")
    asked = parser.parse_args()
    if asked.given and not asked.given.is_dir():
        parser.error(f"{asked.given} is no folder; leave --from out to measure now")
    if asked.given and asked.only:
        parser.error("--only chooses what is run, and with --from nothing is")
    known = {each.name for each in BENCHES}
    if unknown := sorted(set(filter(None, asked.only.split(","))) - known):
        parser.error(f"there is no bench {unknown[0]!r}; there are {', '.join(sorted(known))}")
    return asked


def run(benches: Sequence[Bench]) -> None:
    """One after another, each in a process of its own. What one misses stops none of the others."""
    for bench in benches:
        module = _MODULES.get(bench.name, f"bench.{bench.name}")
        print(f"== {bench.title} (about {bench.minutes:g} minutes)", flush=True)
        # What it tells goes beside the table, so that `--json` prints JSON alone.
        done = subprocess.run([sys.executable, "-m", module], check=False, stdout=sys.stderr)
        if done.returncode:
            print(f"   {module} says that something is missed, or did not run.", file=sys.stderr)


def gathered(folder: Path) -> dict[str, Run]:
    found = {bench.name: kept.known(bench.name, folder) for bench in BENCHES}
    return {name: one for name, one in found.items() if one is not None}


def text(runs: Mapping[str, Run]) -> str:
    """In columns, for a terminal."""
    rows = [HEAD, *(row for bench in BENCHES for row in _of(bench, runs.get(bench.name)))]
    wide = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)) for row in rows
    )
    return "\n".join([*(line.rstrip() for line in lines), "", *_footing(runs)])


def _of(bench: Bench, found: Run | None) -> Iterator[Sequence[str]]:
    if found is None:
        yield (bench.title, NOT_RUN, "", "", "", "")
        return
    short = "" if found.whole else " (a short run: do not quote it)"
    yield (f"{bench.title}{short}", "", "", "", "", "")
    yield from (("  " + row[0], *row[1:]) for row in rows_of(found.lines))


def rows_of(lines: Sequence[Line]) -> Iterator[Sequence[str]]:
    """A figure that stands beside several alternatives is told once, with what is noted of it."""
    noted = {line.figure: line for line in sorted(lines, key=lambda line: bool(line.note))}
    before = ""
    for line in lines:
        row = cells(replace(line, note=noted[line.figure].note))
        yield row if line.figure != before else ("", "", "", "", *row[4:])
        before = line.figure


def cells(line: Line) -> Sequence[str]:
    note = f" ({line.note})" if line.note else ""
    return (
        line.figure,
        kept.told(line.value, line.unit) + note,
        kept.bound(line),
        "" if line.met is None else "yes" if line.met else "MISSED",
        _alternative(line),
        "" if line.ratio is None else f"{_rounded(line.ratio)} times as good",
    )


def _alternative(line: Line) -> str:
    if line.theirs is None:
        return line.alternative
    return f"{line.alternative}: {kept.told(line.theirs, line.unit)}"


def _rounded(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"


def _footing(runs: Mapping[str, Run]) -> Iterator[str]:
    """When and on what, and what the machine was doing besides."""
    for name, one in runs.items():
        yield f"{name}: {_when(one)}"
    if absent := [bench.name for bench in BENCHES if bench.name not in runs]:
        yield f"Not run here: {', '.join(absent)}."


def _when(one: Run) -> str:
    load = "not known" if one.load is None else f"{one.load:g}"
    return f"{one.measured_on}, {one.machine}, load average before: {load}"


# --- the documents --------------------------------------------------------------------------------


def write(runs: Mapping[str, Run]) -> None:
    short = sorted(name for name, one in runs.items() if not one.whole)
    if short or not runs:
        why = f"{', '.join(short)}: a short run" if short else "nothing was measured"
        raise document.NotWhole(f"No document was written ({why}). Run the whole bench first.")
    both = blocks(runs)
    for page in (README, ALL):
        changed = document.rewrite(page, both, elsewhere=("short",))
        print(f"{page.relative_to(ROOT)}: {'written' if changed else 'as it was'}")


def blocks(runs: Mapping[str, Run]) -> dict[str, str]:
    return {"figures": _first(runs), "all-figures": _all(runs)}


def _first(runs: Mapping[str, Run]) -> str:
    """The few that tell most, for the README."""
    ours = [bench for bench in BENCHES if bench.name in runs]
    rows = [cells(line) for bench in ours for line in runs[bench.name].lines if line.first]
    days = sorted({one.measured_on for one in runs.values()})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    machines = sorted({one.machine for one in runs.values()})
    said = f"Measured {when} on {'; '.join(machines)}."
    if absent := _absent(runs):
        said += f" {absent}"
    return f"{tables.table(HEAD, rows)}\n\n{said}"


def _all(runs: Mapping[str, Run]) -> str:
    parts = []
    for bench in BENCHES:
        if (one := runs.get(bench.name)) is None:
            continue
        rows = list(rows_of(one.lines))
        parts.append(f"## {bench.title}\n\n{_when(one)}.\n\n{tables.table(HEAD, rows)}")
    return "\n\n".join([*parts, *filter(None, [_absent(runs)])])


def _absent(runs: Mapping[str, Run]) -> str:
    absent = [bench.name for bench in BENCHES if bench.name not in runs]
    return f"Not run for this table: {', '.join(absent)}." if absent else ""


if __name__ == "__main__":
    main()

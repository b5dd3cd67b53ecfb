"""Measure the plate reader on the public development benchmark, judged by its own scorer.

Everything is written to bench/out: what was read, what it cost, and gallery.html, a page of every
miss. One table says each figure, its target, and whether it is met; other readers stand beside it
where a person has them (bench/peers.py says how to name them).
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import (
    conditions,
    costs,
    counting,
    document,
    gallery,
    judge,
    kept,
    measuring,
    tables,
    targets,
)
from bench.costs import Costs
from bench.kept import Line
from bench.peers import HOW, PeerProblem, Ratio
from bench.scoring import Judged, Label, Plate, files_of, labels_in, plates_in
from bench.scoring import judge as judged_by
from bench.targets import Figure
from plateward.recognition import WeightsProblem

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "bench" / "out" / "predictions.jsonl"
QUICK: Final = OUT.parent / "quick" / OUT.name
ELSEWHERE: Final = ("figures",)  # what bench.table writes into the same documents
DOCUMENTS: Final = (ROOT / "README.md", ROOT / "docs" / "explanation" / "accuracy.md")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured. `unread`: pictures without a prediction, which count as nothing read.

    `on_none`: plates found in pictures that show none; `greys`: each picture's mean grey.
    """

    judged: Judged
    unread: int
    on_none: dict[str, list[Plate]]
    costs: Costs | None
    peers: tuple[targets.Peer, ...]
    race: dict[str, Ratio]
    greys: dict[str, float]

    @property
    def figures(self) -> list[targets.Figure]:
        extra = sum(map(len, self.on_none.values())), len(self.on_none)
        negatives = extra if self.on_none else None
        return [*targets.accuracy(self.judged, negatives=negatives), *targets.costs(self.costs)]


def main() -> None:
    asked = arguments()
    if not judge.is_there():
        print(judge.ABSENT)
        return
    try:
        measure_and_report(asked)
    except (WeightsProblem, PeerProblem, judge.Disagreement, document.NotWritten) as problem:
        sys.exit(str(problem))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="pictures whose name contains this")
    parser.add_argument("--every", type=int, default=1, help="each Nth picture, for a quick look")
    parser.add_argument("--from", dest="given", type=Path, help="read nothing: score this file")
    parser.add_argument("--document", action="store_true", help="write figures into the documents")
    asked = parser.parse_args()
    if asked.every < 1:
        parser.error("--every takes 1 or more")
    if asked.document and (asked.only or asked.every > 1):
        parser.error("documents state the whole benchmark: leave --only and --every out")
    if asked.given and not asked.given.is_file():
        parser.error(f"{asked.given} does not exist; leave --from out to measure now")
    return asked


def measure_and_report(asked: argparse.Namespace) -> None:
    every = labels_in(judge.TABLE)
    labels = chosen(every, asked.only, asked.every)
    quick = len(labels) < len(every)
    here = QUICK if quick else OUT
    predictions = asked.given or here
    if asked.given is None:
        if not quick:
            measuring.measure_costs(predictions)
        measuring.measure(labels, len(every) // max(1, len(labels)), predictions)
    run = gathered(labels, predictions)
    print_verdict(run, predictions, quick=quick)
    print_tables(run)
    print(f"\nEvery miss, with its picture: {write_gallery(run, here.with_name('gallery.html'))}")
    if not run.unread:
        load = run.costs.load if run.costs else None
        kept.keep("recognition", lines(run), whole=not quick, load=load)
    if asked.document:
        write_documents(run)


def lines(run: Run) -> list[Line]:
    """As the table of all benches tells them; the README tells these by themselves."""
    theirs = {peer.name: targets.of_peer(peer, run.figures) for peer in run.peers}
    return [
        Line(one.name, one.value, one.unit.strip(), one.must, one.less_is_better, *beside, one.note)
        for one in run.figures
        if one.value is not None
        for beside in [_best(one.name, theirs)]
    ]


def _best(figure: str, theirs: Mapping[str, Mapping[str, Figure]]) -> tuple[str, float | None]:
    """The other reader that did best at it."""
    known = [
        (name, told[figure].value, told[figure].less_is_better)
        for name, told in theirs.items()
        if figure in told and told[figure].value is not None
    ]
    if not known:
        return "", None
    least = known[0][2]
    name, value, _ = (min if least else max)(known, key=lambda each: each[1] or 0.0)
    return name, value


def chosen(labels: Iterable[Label], only: str, every: int) -> list[Label]:
    kept = [label for label in labels if only in label.file]
    files = set(files_of(kept)[::every])
    return [label for label in kept if label.file in files]


def gathered(labels: list[Label], predictions: Path) -> Run:
    """What was read, and what the same run left beside it. A file of another name is alone."""
    plates = plates_in(predictions)
    unread = [file for file in files_of(labels) if file not in plates]
    beside = predictions if predictions.name == OUT.name else predictions / "nothing"
    on_none = beside.with_name("negatives.jsonl")
    return Run(
        judged_by(labels, plates),
        len(unread),
        plates_in(on_none) if on_none.exists() else {},
        costs.known(beside.with_name("costs.json")),
        tuple(peers_beside(labels, beside)),
        measuring.known_race(beside),
        conditions.brightness(files_of(labels), judge.PUBLIC),
    )


def peers_beside(labels: list[Label], predictions: Path) -> Iterable[targets.Peer]:
    for name, file in measuring.PEERS.items():
        theirs = predictions.with_name(file)
        if theirs.exists():
            yield targets.Peer(name, judged_by(labels, plates_in(theirs)), name == "OpenALPR")


def print_verdict(run: Run, predictions: Path, *, quick: bool) -> None:
    """What the scorer says, once this bench has been seen to count as it does."""
    files = {one.label.file for one in run.judged.outcomes}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    said = judge.verdict(judge.only(files, OUT.with_name("labels.csv")), predictions)
    judge.must_agree(said, run.judged)
    if quick:
        print(f"A quick look at {len(files)} pictures: do not quote these figures.\n")
    print(said)


def print_tables(run: Run) -> None:
    for title, text in blocks(run).items():
        if title != "short":
            print(f"{title}\n\n{text}\n")
    print(*tables.race_words(run.race), sep="\n")
    print(*(how for how in HOW.values() if how.partition(":")[0] not in run.race), sep="\n")


def blocks(run: Run) -> dict[str, str]:
    """The parts of the documents that are measured, by name."""
    outcomes = run.judged.outcomes
    bins = counting.reliability(outcomes)
    theirs = {peer.name: targets.of_peer(peer, run.figures) for peer in run.peers}
    return {
        "targets": tables.targets(run.figures, theirs),
        "breakdown": tables.breakdown(run.judged, run.greys),
        "confusion": tables.confusion(counting.confusions(outcomes)),
        "reliability": tables.reliability(bins),
        "acceptance": tables.acceptance(outcomes),
        "costs": tables.cost_words(run.costs),
        "short": tables.short(run.judged, run.figures),
    }


def write_documents(run: Run) -> None:
    if run.unread:
        raise document.NotWhole(
            f"{run.unread} pictures have no prediction, so no document was written. "
            "Run `make bench-recognition` to its end first."
        )
    for page in DOCUMENTS:
        changed = document.rewrite(page, blocks(run), elsewhere=ELSEWHERE)
        print(f"{page.relative_to(ROOT)}: {'written' if changed else 'as it was'}")


def write_gallery(run: Run, out: Path) -> Path:
    folders = {"": judge.PUBLIC, judge.NEGATIVES.name: judge.NEGATIVES.parent}
    found = gallery.misses(run.judged, run.on_none)
    return gallery.write(out, found, run.greys, folders)


if __name__ == "__main__":
    main()

"""Measure how often the state is named, and named right, on the labelled US plates.

    python -m bench.regions                  formats alone, from the labelled texts
    python -m bench.regions --seen FILE      what a reader saw: JSON lines, one a plate,
        {"file": "crops/x.jpg", "logits": [57 numbers] or null, "spellings": [["ABC123", 0.9], …]}

Reads $PLATEWARD_SHARED/plates/public/labels.csv (default: ../shared), or that of --part train,
where weights may be chosen; public is measured and nothing is chosen on it. US labels write letter
O as 0: where a text comes from a label, each 0 may be an O, either as likely.
"""

import argparse
import csv
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plateward.plates import formats
from plateward.plates.formats_evidence import Spelling
from plateward.plates.text import PlateText
from plateward.recognition.geometry import Floats
from plateward.recognition.regions import REGIONS, UNKNOWN, Judge, State, Weights

SHARED = Path(os.environ.get("PLATEWARD_SHARED", Path(__file__).parent.parent.parent / "shared"))
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
MOST_ZEROS = 4


@dataclass(frozen=True, slots=True)
class Plate:
    """A labelled plate: its state, and the ways its text may be spelt."""

    file: str
    region: str
    text: str
    spellings: tuple[Spelling, ...]
    logits: Floats | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", choices=("public", "train"), default="public")
    parser.add_argument("--seen", type=Path, help="JSON lines of what a reader saw")
    parser.add_argument("--home", help="the state where the house stands, such as MO")
    parser.add_argument("--formats", type=float, help="exponent of the formats' part")
    parser.add_argument("--temperature", type=float, default=1.0, help="of the network's logits")
    asked = parser.parse_args()
    labels = SHARED / "plates" / asked.part / "labels.csv"
    if not labels.exists():
        print(f"SKIPPED: {labels} is not there. Set PLATEWARD_SHARED to the folder above plates.")
        return
    plates = list(labelled(labels))
    if asked.seen:
        plates = list(as_seen(plates, asked.seen))
    judge = Judge(asked.home, weights(asked.formats, asked.temperature))
    states = [judge.state(plate.spellings, plate.logits) for plate in plates]
    for kind in ("crops", "frames"):
        report(kind, [each for each in zip(plates, states, strict=True) if kind in each[0].file])
    if asked.seen:
        report_spellings(plates, states)


def weights(of_formats: float | None, temperature: float) -> Weights:
    # Every region is named however unlikely, so that the report can set its own thresholds.
    made = Weights(temperature=temperature, least=0.0, worth_naming=0.0)
    if of_formats is None:
        return made
    return Weights(temperature, of_formats, of_formats, least=0.0, worth_naming=0.0)


def labelled(labels: Path) -> Iterator[Plate]:
    with labels.open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            if row["country"] == "US" and row["region"] in REGIONS and row["plate_text"]:
                text = row["plate_text"]
                yield Plate(row["file"], row["region"], text, tuple(either_zero(text)))


def either_zero(text: str) -> Iterator[Spelling]:
    """Every way to read the label's zeros as zeros or letters; with too many, as labelled."""
    places = [at for at, sign in enumerate(text) if sign == "0"]
    if len(places) > MOST_ZEROS:
        places = []
    for signs in itertools.product("0O", repeat=len(places)):
        spelt = list(text)
        for at, sign in zip(places, signs, strict=True):
            spelt[at] = sign
        yield Spelling(PlateText("".join(spelt)), 1.0 / 2 ** len(places))


def as_seen(plates: list[Plate], file: Path) -> Iterator[Plate]:
    by_file = {plate.file: plate for plate in plates}
    for line in file.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        plate = by_file.get(one["file"])
        spellings = tuple(Spelling(PlateText(text), chance) for text, chance in one["spellings"])
        if plate is None or not spellings:
            continue
        logits = one.get("logits")
        seen = None if logits is None else np.asarray(logits, np.float32)
        yield Plate(plate.file, plate.region, plate.text, spellings, seen)


def report(kind: str, judged: list[tuple[Plate, State]]) -> None:
    if not judged:
        return
    fitting = [formats.matches(each.text) for plate, _ in judged for each in plate.spellings[:1]]
    own = sum(
        any(plate.region in _regions(each.text) for each in plate.spellings) for plate, _ in judged
    )
    top = [ranked(state) for _, state in judged]
    truths = [plate.region for plate, _ in judged]
    count = len(judged)
    first = sum(codes[0][0] == truth for codes, truth in zip(top, truths, strict=True))
    third = sum(
        truth in [code for code, _ in codes[:3]] for codes, truth in zip(top, truths, strict=True)
    )
    print(f"{kind}: {count} plates of {len(set(truths))} regions")
    some = sum(map(bool, fitting)) / count
    print(f"  fit some format {some:.3f}, one of their own {own / count:.3f}")
    print(f"  likeliest right {first / count:.3f}, among three {third / count:.3f}")
    often, times = Counter(truths).most_common(1)[0]
    print(f"  to compare: always {often} {times / count:.3f}, by chance {1 / len(REGIONS):.3f}")
    for least in THRESHOLDS:
        said = [
            (codes[0], truth)
            for codes, truth in zip(top, truths, strict=True)
            if codes[0][1] >= least
        ]
        right = sum(code == truth for (code, _), truth in said)
        sure = sum(chance for (_, chance), _ in said)
        if said:
            print(
                f"  at {least:.1f}: answered {len(said) / count:.3f}, of these right "
                f"{right / len(said):.3f} (said {sure / len(said):.3f})"
            )


def ranked(state: State) -> list[tuple[str, float]]:
    both = ((state.code, state.confidence), *state.alternatives)
    return [each for each in both if each[0] != UNKNOWN]


def report_spellings(plates: list[Plate], states: list[State]) -> None:
    """Would the text that formats prefer have been right more often than the one read?"""
    folded = [plate.text.replace("O", "0") for plate in plates]
    read = [state.formats.as_read.replace("O", "0") for state in states]
    preferred = [state.formats.preferred.text.replace("O", "0") for state in states]
    pairs = list(zip(folded, read, preferred, strict=True))
    better = sum(was != truth == now for truth, was, now in pairs)
    worse = sum(was == truth != now for truth, was, now in pairs)
    right = sum(was == truth for truth, was, _ in pairs)
    print(f"texts: read right {right / len(pairs):.3f}; formats prefer another in")
    print(f"  {sum(was != now for _, was, now in pairs)}: {better} better, {worse} worse")


def _regions(text: str) -> set[str]:
    return {each.region for each in formats.matches(text)}


if __name__ == "__main__":
    main()

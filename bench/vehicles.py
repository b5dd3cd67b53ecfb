"""Measure what is said of vehicles on the public frames with colour, body and make read by eye.

    python -m bench.vehicles ../shared/plates/public

For each of the three: how often the likeliest word is right, and always saying the commonest word
beside it; how many vehicles get an answer rather than "unknown", how many of these answers are
right; and how far confidence is from what happened. Doubtful labels are blank and not counted.
"""

import argparse
import csv
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plateward.recognition import Box, photos
from plateward.recognition.vehicles import Described, Judged, Vehicles

WORDS: Final = ("colour", "body", "make")
# Of the kinds that are told: car, SUV, pickup, van, truck, bus and motorcycle. Labels are finer.
_CARS: Final = frozenset({"sedan", "coupe", "hatchback", "wagon"})


@dataclass(frozen=True, slots=True)
class Case:
    """One vehicle: what a person read, and what was said."""

    truth: str
    said: Judged

    @property
    def likeliest(self) -> str:
        first = self.said.alternatives[0][0] if self.said.alternatives else ""
        return self.said.value or first

    @property
    def sure(self) -> float:
        first = self.said.alternatives[0][1] if self.said.alternatives else 0.0
        return self.said.confidence if self.said.value else first


@dataclass(frozen=True, slots=True)
class Figures:
    vehicles: int
    right: float
    commonest: float
    answered: float
    right_of_answered: float
    calibration_error: float


def figures(cases: Sequence[Case]) -> Figures:
    given = [case for case in cases if case.said.value]
    most = Counter(case.truth for case in cases).most_common(1)[0][1]
    return Figures(
        len(cases),
        _share(case.likeliest == case.truth for case in cases),
        most / len(cases),
        len(given) / len(cases),
        _share(case.said.value == case.truth for case in given),
        _calibration_error(cases),
    )


def _share(facts: Iterable[bool]) -> float:
    listed = list(facts)
    return sum(listed) / len(listed) if listed else 0.0


def _calibration_error(cases: Sequence[Case]) -> float:
    """Expected calibration error over ten equal bins."""
    bins: dict[int, list[Case]] = {}
    for case in cases:
        bins.setdefault(min(int(case.sure * 10), 9), []).append(case)
    return sum(
        abs(sum(c.sure for c in held) - sum(c.likeliest == c.truth for c in held))
        for held in bins.values()
    ) / len(cases)


def table(cases: dict[str, list[Case]]) -> str:
    lines = [
        "| | vehicles | likeliest right | commonest word | answered | right of these | ECE |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for word, its in cases.items():
        f = figures(its)
        lines.append(
            f"| {word} | {f.vehicles} | {f.right:.3f} | {f.commonest:.3f} | {f.answered:.3f} "
            f"| {f.right_of_answered:.3f} | {f.calibration_error:.3f} |"
        )
    return "\n".join(lines)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _plates(public: Path) -> dict[str, Box]:
    found = {}
    for row in _rows(public / "labels.csv"):
        if row["plate_x"]:
            x, y, w, h = (round(float(row[f"plate_{side}"])) for side in "xywh")
            found[row["file"]] = Box(x, y, x + w, y + h)
    return found


def main(public: Path) -> None:
    vehicles, plates = Vehicles.default(), _plates(public)
    cases: dict[str, list[Case]] = {word: [] for word in WORDS}
    wrong: dict[str, Counter[tuple[str, str]]] = {word: Counter() for word in WORDS}
    missed, spent = 0, 0.0
    rows = _rows(public / "attributes.csv")
    for row in rows:
        image = photos.load(public / row["file"])
        began = time.process_time()
        described = vehicles.describe_around(image, plates[row["file"]])
        spent += time.process_time() - began
        missed += described.box is None
        for word in WORDS:
            case = Case(_truth(row, word), _said(described, word))
            if case.truth:
                cases[word].append(case)
                wrong[word].update([(case.truth, case.likeliest)] * (case.likeliest != case.truth))
    print(table(cases))
    print(f"\nNo vehicle found around the plate: {missed} of {len(rows)}.")
    print(f"CPU time a frame with one plate: {1000 * spent / len(rows):.0f} ms.")
    for word in ("colour", "body"):
        told = ", ".join(f"{t} as {s} {n}" for (t, s), n in wrong[word].most_common(8))
        print(f"{word}, most mistaken: {told}")


def _truth(row: dict[str, str], word: str) -> str:
    return kind(row[word]) if word == "body" else row[word]


def kind(body: str) -> str:
    """The body of a label, as it is told."""
    return "car" if body in _CARS else body


def _said(described: Described, word: str) -> Judged:
    said: Judged = getattr(described.description, word)
    return said


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path)
    main(parser.parse_args().public)

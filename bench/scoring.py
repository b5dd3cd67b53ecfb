"""Match what a reader found to what is labelled, by the rules of the benchmark's own scorer.

The scorer stays the judge of every total; this repeats its matching plate by plate, so that totals
can be split by source and condition. `bench/judge.py` stops when the two do not agree.

A box is x, y, width, height in pixels of the picture; confidence is 0 to 1.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

SURE: Final = 0.8
_CAPTURED: Final = 0.5
_SAME_PLATE: Final = 0.3

Numbers = tuple[float, float, float, float]
Sign = tuple[str, float, tuple[tuple[str, float], ...]]
"""A character as read, its confidence, and what else it may be with that confidence."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled plate. `box` None: its place is not known; `text` "": not legible."""

    file: str
    kind: str
    source: str
    country: str
    region: str
    box: Numbers | None
    text: str


@dataclass(frozen=True, slots=True)
class Plate:
    """One plate as read; `corners` four x, y from top-left, clockwise, where they are known."""

    text: str
    confidence: float
    box: Numbers
    characters: tuple[Sign, ...] = ()
    corners: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled plate and the plate that was found there, if any; `overlap` is their IoU."""

    label: Label
    plate: Plate | None
    overlap: float

    @property
    def captured(self) -> bool:
        return self.overlap >= _CAPTURED

    @property
    def text(self) -> str:
        return clean(self.plate.text) if self.plate else ""

    @property
    def right(self) -> bool:
        """Read exactly, letter O folded to 0."""
        return bool(self.plate and self.label.text) and fold(self.text) == fold(self.label.text)

    @property
    def strictly_right(self) -> bool:
        return bool(self.plate and self.label.text) and self.text == clean(self.label.text)

    @property
    def answered(self) -> bool:
        """A legible plate for which some text was given: what confidence is judged on."""
        return bool(self.label.text and self.text)

    @property
    def sure(self) -> bool:
        return self.answered and self.confidence >= SURE

    @property
    def confidence(self) -> float:
        return self.plate.confidence if self.plate else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    outcomes: list[Outcome]
    extra: list[tuple[str, Plate]] = field(default_factory=list)
    """Plates found in frames that meet no labelled one, with the picture's name."""


def clean(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def fold(text: str) -> str:
    return clean(text).replace("O", "0")


def likeness(one: Numbers, other: Numbers) -> float:
    """Intersection over union, 0 to 1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / (one[2] * one[3] + other[2] * other[3] - wide * high)


def labels_in(table: Path) -> list[Label]:
    with table.open(encoding="utf-8", newline="") as rows:
        return [_label(row) for row in csv.DictReader(rows) if row["kind"] != "negative"]


def _label(row: dict[str, str]) -> Label:
    x, y, wide, high = (float(row[f"plate_{side}"] or 0) for side in "xywh")
    return Label(
        row["file"],
        row["kind"],
        row["file"].split("/")[1],
        row["country"],
        row["region"],
        (x, y, wide, high) if row["plate_w"] else None,
        clean(row["plate_text"]),
    )


def plates_in(predictions: Path) -> dict[str, list[Plate]]:
    """By the picture's name, as `bench/predicting.py` and other engines write them."""
    lines = predictions.read_text(encoding="utf-8").splitlines()
    read = [json.loads(line) for line in lines if line.strip()]
    return {line["file"]: [_plate(plate) for plate in line["plates"]] for line in read}


def _plate(written: dict[str, Any]) -> Plate:
    x, y, wide, high = written["box"]
    signs = written.get("characters") or []
    return Plate(
        written.get("text") or "",
        float(written["confidence"]),
        (x, y, wide, high),
        tuple((s["text"], s["confidence"], tuple(map(tuple, s["alternatives"]))) for s in signs),
        tuple((x, y) for x, y in written.get("corners") or ()),
    )


def files_of(labels: Iterable[Label]) -> list[str]:
    """Each picture once, in the order of the labels."""
    return list(dict.fromkeys(label.file for label in labels))


def judge(labels: Iterable[Label], plates: dict[str, list[Plate]]) -> Judged:
    by_file: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_file[label.file].append(label)
    judged = Judged([])
    for file, there in by_file.items():
        found = plates.get(file, [])
        met = [_met(label, found) for label in there]
        judged.outcomes.extend(met)
        if there[0].kind == "frame":
            taken = [one.plate for one in met if one.overlap >= _SAME_PLATE]
            left = [plate for plate in found if not any(plate is one for one in taken)]
            judged.extra.extend((file, plate) for plate in left)
    return judged


def _met(label: Label, found: Sequence[Plate]) -> Outcome:
    surest = max(found, key=lambda plate: plate.confidence, default=None)
    if label.box is None:
        right = (plate for plate in found if fold(plate.text) == fold(label.text))
        return Outcome(label, next(right, surest), 0.0)
    if label.kind == "crop":
        return Outcome(label, surest, 1.0 if surest else 0.0)
    near = [(likeness(plate.box, label.box), number) for number, plate in enumerate(found)]
    overlap, number = max(near, default=(0.0, -1))
    return Outcome(label, found[number] if overlap >= _SAME_PLATE else None, overlap)

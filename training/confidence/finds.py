"""Gather what the finder says of held-out frames, and fit how likely a plate is at each place.

    python -m training.confidence.finds PLATES/train     gathers finds.csv, then fits
    python -m training.confidence.finds                  fits from finds.csv

Frames held out from training (`scenes.held_out`). A place is a plate where its box shares at least
0.3 of the union with a labelled one, none where less than 0.15; what is between says nothing.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from plateward.recognition.detector import CornerDetector, places
from plateward.recognition.geometry import box_around, likeness
from training import scenes
from training.confidence.fit import Numbers, fit, numbers_in

FINDS = Path(__file__).parent / "finds.csv"
NAMES = ("best", "sum", "count")
PLATE, NO_PLATE = 0.3, 0.15


def gathered(plates: Path) -> Iterator[tuple[str, tuple[float, float, float], int]]:
    finder = CornerDetector.default()
    for scene in scenes.load(plates, {}, judging=True):
        image = np.ascontiguousarray(scene.image)
        shape = (image.shape[0], image.shape[1])
        true = [box_around(quad, shape) for quad in scene.quads]
        quads, scores = finder.answers(image)
        for leader, features in places(quads, scores):
            box = box_around(quads[leader], shape)
            like = max((likeness(box, one) for one in true), default=0.0)
            if like >= PLATE or like < NO_PLATE:
                yield scene.source, features, int(like >= PLATE)


def table() -> tuple[Numbers, Numbers]:
    """The features, a row a place, and 1 where a plate is."""
    whole = numbers_in(FINDS)
    return whole[:, :-1], whole[:, -1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("plates", type=Path, nargs="?")
    asked = parser.parse_args()
    if asked.plates:
        with FINDS.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("source", *NAMES, "plate"))
            for source, features, plate in gathered(asked.plates):
                rows.writerow((source, *(round(value, 4) for value in features), plate))
    *weights, base = np.round(fit(*table()), 3).tolist()
    print((base, *weights))


if __name__ == "__main__":
    main()

"""Gather what the reader says of plates that it never saw, each with whether it is right.

    python -m training.confidence.collect PLATES/train --fonts FONTS [--views 5]

Scenes: frames held out from training (`scenes.held_out`), under MIT and CC BY, with drawn plates
over most of their real ones, each looked at several times, in other sizes, lights and cameras. A
real plate counts where a person read it (`training/labels/plates.csv`) and no frame that was
trained on shows the same car. What is read where no plate is, is wrong.

Crops: the validation pictures of the pool that upstream labelled (United States, Brazil). Nothing
is trained on them; what confidence is worth on real gate cameras can be seen nowhere else.

`bars.csv` holds every read, of Europe's validation crops too, whose 1 or I would fit better as the
other one: its log-odds without that, the doubt, and whether it is right. A scene's counts an
eighth. `denials.csv` holds every read that the second reader denies, and its chance without that.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from plateward.recognition import PlateReader, bars, confidence
from plateward.recognition.geometry import (
    Box,
    box_around,
    likeness,
    quad_of,
    share_of_smaller,
)
from plateward.recognition.ocr import Written
from plateward.recognition.reader import CLOSE_UP_SCORE
from training import real, scenes
from training.camera import lens, light, sensor
from training.lettering import Letters
from training.samples import DIES, FONT_SEED

CANDIDATES = Path(__file__).parent / "candidates.csv"
BARS = Path(__file__).parent / "bars.csv"
DENIALS = Path(__file__).parent / "denials.csv"
NAMES = ("likelihood", "weakest", "agreement", "find")
SMALLEST = 22.0  # pixels of width; a narrower plate is nobody's to read
SEED = 77
VALIDATION = {"crops/oalpr-uscrops": 1, "crops/oalpr-brcrops": 5}  # every first, every fifth
ONLY_BARS = {"crops/oalpr-eucrops": 3, "crops/oalpr-eu2crops": 3}
OF_SCENES = 8  # every eighth read is kept: real cameras are to weigh more than drawn plates
Place = tuple[Box, str]


class Judged(NamedTuple):
    """A read: where from, `confidence.features`, `bars.doubt`, and 1 where it is right.

    `undenied`: its chance without that, where the second reader denies it; else None.
    """

    source: str
    features: tuple[float, ...]
    doubt: float
    undenied: float | None
    right: int


def unseen() -> dict[scenes.Place, str]:
    """Texts of real plates in held-out frames that stand in no other frame."""
    with real.READ_BY_EYE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    trained = {row["text"] for row in rows if not scenes.held_out(row["file"])}
    return {
        (row["file"], row["x"], row["y"]): row["text"].replace("/", "")
        for row in rows
        if scenes.held_out(row["file"]) and row["text"] not in trained
    }


def look(scene: scenes.Scene, rng: np.random.Generator) -> tuple[np.ndarray, list[Place]]:
    """The scene smaller or larger and taken by another camera; where its plates are, and texts."""
    scale = float(np.exp(rng.uniform(np.log(0.5), np.log(1.3))))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    taken = np.asarray(
        cv2.resize(scene.image, None, fx=scale, fy=scale, interpolation=method), np.uint8
    )
    for change, share in ((light, 0.3), (lens, 0.3), (sensor, 0.5)):
        if rng.random() < share:
            taken = change(taken, rng)
    texts = scene.texts or ("",) * len(scene.quads)
    shape = (taken.shape[0], taken.shape[1])
    places = [
        (box_around(quad * scale, shape), text)
        for quad, text in zip(scene.quads, texts, strict=True)
    ]
    return taken, places


def rows(
    reader: PlateReader, held: list[scenes.Scene], letters: Letters, views: int
) -> Iterator[Judged]:
    rng = np.random.default_rng(SEED)
    for scene in held:
        for _ in range(views):
            taken, places = look(scenes.paste(scene, letters, rng), rng)
            found = list(reader.plates.find(taken))
            written = reader.ocr.read(taken, [one.quad for one in found])
            for one, its in zip(found, written, strict=True):
                box = box_around(one.quad, (taken.shape[0], taken.shape[1]))
                right = judged(box, its.text, places)
                if right is not None and confidence.is_plate_text(its.text):
                    yield _judged(scene.source, its, one.score, right)


def of_crops(reader: PlateReader, plates: Path, folders: dict[str, int]) -> Iterator[Judged]:
    with (plates / "labels.csv").open(encoding="utf-8") as file:
        pool = [row for row in csv.DictReader(file) if row["plate_text"]]
    for folder, every in folders.items():
        for row in [row for row in pool if row["file"].startswith(folder)][::every]:
            stored = cv2.imread(str(plates / row["file"]))
            image = np.ascontiguousarray(stored[..., ::-1], np.uint8)
            high, wide = image.shape[:2]
            (its,) = reader.ocr.read(image, [quad_of(0, 0, wide, high)])
            if confidence.is_plate_text(its.text):
                right = int(_fold(its.text) == _fold(row["plate_text"]))
                yield _judged(folder.split("/")[1], its, CLOSE_UP_SCORE, right)


def _judged(source: str, its: Written, find: float, right: int) -> Judged:
    undenied = confidence.undenied(its, find) if its.denied else None
    doubt = bars.doubt(its.text, its.regions)
    return Judged(source, confidence.features(its, find), doubt, undenied, right)


def judged(box: Box, text: str, places: list[Place]) -> int | None:
    """1 where the text is right, 0 where it is wrong or no plate is there, None where unknown."""
    for there, known in places:
        if likeness(box, there) >= 0.3:
            legible = known and there.width >= SMALLEST
            return int(_fold(text) == _fold(known)) if legible else None
        if share_of_smaller(box, there) > 0:
            return None
    return 0


def _fold(text: str) -> str:
    return text.replace("O", "0")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("plates", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--views", type=int, default=5)
    asked = parser.parse_args()
    held = scenes.load(asked.plates, {}, judging=True, texts=unseen())
    letters = Letters(asked.fonts, dies=DIES, seed=FONT_SEED + 1)
    reader = PlateReader.default()
    of_scenes = list(rows(reader, held, letters, asked.views))
    crops = list(of_crops(reader, asked.plates, VALIDATION))
    doubted = [*crops, *of_crops(reader, asked.plates, ONLY_BARS)]
    with CANDIDATES.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("source", *NAMES, "right"))
        for each in [*of_scenes[OF_SCENES - 1 :: OF_SCENES], *crops]:
            table.writerow((each.source, *(round(v, 4) for v in each.features), each.right))
    with BARS.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("source", "worth", "before", "doubt", "right"))
        for worth, some in ((1 / OF_SCENES, of_scenes), (1.0, doubted)):
            for each in some:
                if each.doubt:
                    before = round(confidence.before(each.features), 4)
                    table.writerow((each.source, worth, before, round(each.doubt, 4), each.right))
    with DENIALS.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("source", "undenied", "right"))
        for each in [*of_scenes, *doubted]:
            if each.undenied is not None:
                table.writerow((each.source, each.undenied, each.right))


if __name__ == "__main__":
    main()

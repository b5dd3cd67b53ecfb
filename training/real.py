"""Real plates among the drawn ones: the sources that may be trained on, read by eye or by upstream.

Chinese crops keep their first character, which is not in the label: the reader learns to leave
alone what it cannot spell.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from training.backgrounds import ALLOWED
from training.camera import lens, light, sensor, shrink
from training.scenes import held_out

CHINESE = "crops/cn-crops"
READ_BY_EYE = Path(__file__).parent / "labels" / "plates.csv"
AROUND = 0.45  # of the plate's size, kept on each side to move the cut in
FEWER = 0.25  # a Chinese crop is taken as often as this, against a plate read by eye
Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Real:
    """One plate with some of what is around it; `box` is left, top, right, bottom in `image`."""

    image: Image
    box: tuple[float, float, float, float]
    lines: tuple[str, ...]
    worth: float = 1.0


def _spelt(text: str) -> str:
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())


def pick(reals: tuple[Real, ...], rng: np.random.Generator) -> Real:
    """One of them, by its worth."""
    while True:
        one = reals[int(rng.integers(len(reals)))]
        if rng.random() < one.worth:
            return one


def _cut(
    image: Image, place: tuple[float, float, float, float], text: str, worth: float = 1.0
) -> Real:
    x, y, wide, high = place
    left, top = max(0, int(x - AROUND * wide)), max(0, int(y - AROUND * high))
    right, bottom = int(x + (1 + AROUND) * wide), int(y + (1 + AROUND) * high)
    part = np.ascontiguousarray(image[top:bottom, left:right, ::-1])
    box = (x - left, y - top, x + wide - left, y + high - top)
    return Real(part, box, tuple(_spelt(line) for line in text.split("/")), worth)


def load(plates: Path) -> list[Real]:
    """Red, green, blue; plates of known text from sources that may be trained on.

    Those in frames held out for judging and calibrating are left out.
    """
    found = []
    with (plates / "labels.csv").open(encoding="utf-8") as file:
        chinese = [r for r in csv.DictReader(file) if r["file"].startswith(CHINESE)]
    for row in chinese:
        image = cv2.imread(str(plates / row["file"]))
        if image is not None and len(_spelt(row["plate_text"])) >= 5:
            high, wide = image.shape[:2]
            place = (0.0, 0.0, float(wide), float(high))
            found.append(_cut(np.asarray(image, np.uint8), place, row["plate_text"], FEWER))
    if READ_BY_EYE.exists():
        with READ_BY_EYE.open(encoding="utf-8") as file:
            read = [r for r in csv.DictReader(file) if r["file"].startswith(ALLOWED)]
        for row in read:
            image = cv2.imread(str(plates / row["file"]))
            known = row["text"] and "?" not in row["text"]
            if image is not None and known and not held_out(row["file"]):
                x, y, wide, high = (float(row[k]) for k in "xywh")
                found.append(_cut(np.asarray(image, np.uint8), (x, y, wide, high), row["text"]))
    return found


def photograph(real: Real, rng: np.random.Generator) -> Image:
    """The plate as another cut, another light and another camera would have given it."""
    left, top, right, bottom = real.box
    wide, high = right - left, bottom - top
    margins = rng.uniform(-0.03, 0.09, 4) * (wide, high, wide, high)
    corners = np.array(
        [
            (left - margins[0], top - margins[1]),
            (right + margins[2], top - margins[1]),
            (right + margins[2], bottom + margins[3]),
            (left - margins[0], bottom + margins[3]),
        ],
        np.float32,
    )
    corners += rng.normal(0, 0.018, corners.shape).astype(np.float32) * (wide, high)
    out_w = max(24, min(320, round(wide * rng.uniform(0.6, 1.1))))
    out_h = max(10, round(out_w * high / wide))
    target = np.array([(0, 0), (out_w, 0), (out_w, out_h), (0, out_h)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    cut = cv2.warpPerspective(real.image, matrix, (out_w, out_h), borderMode=cv2.BORDER_REPLICATE)
    image = np.asarray(cut, np.uint8)
    if rng.random() < 0.6:
        image = light(image, rng)
    if rng.random() < 0.3:
        image = lens(image, rng)
    if rng.random() < 0.4:
        image = sensor(image, rng)
    return shrink(image)

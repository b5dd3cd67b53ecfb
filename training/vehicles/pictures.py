"""The labelled vehicles as the describer would see them, and as it might have seen them."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from plateward.recognition.geometry import Box, Image
from plateward.recognition.vehicles import look

LABELS: Final = Path(__file__).parent / "labels.csv"
# Under MIT or CC BY; nothing else is ever opened here.
_ALLOWED: Final = ("frames/openimages/", "frames/lhqow-us/", "frames/ro-dash/")
# Their exporter stretched pictures of 4:3 and 3:2 to squares.
_STRETCHED: Final = {"frames/openimages": 4 / 3, "frames/lhqow-us": 4 / 3}
_SAME_SCENE: Final = 60  # numbers of dash camera frames that may show the same vehicles


@dataclass(frozen=True, slots=True)
class Labelled:
    """`x` to `h` are pixels of the file as packed. An empty word: not told by eye."""

    file: str
    x: int
    y: int
    w: int
    h: int
    colour: str
    body: str
    make: str

    @property
    def scene(self) -> str:
        """Pictures of one scene are never on both sides of a validation."""
        name = re.sub(r"_(jpe?g|png).*", "", Path(self.file).name)
        dash = re.match(r"(.*)_mp4_t_(\d+)", name)
        return f"{dash[1]}-{int(dash[2]) // _SAME_SCENE}" if dash else name


def labelled(path: Path = LABELS) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Labelled(
                row["file"],
                *(int(row[side]) for side in "xywh"),
                row["colour"],
                row["body"],
                row["make"],
            )
            for row in csv.DictReader(file)
        ]
    if wrong := [row.file for row in rows if not row.file.startswith(_ALLOWED)]:
        raise ValueError(f"{wrong[0]} is not under a licence that lets weights ship")
    return rows


def vehicle(row: Labelled, pool: Path) -> tuple[Image, Box]:
    """The picture with its own shape again, and the vehicle's box in it."""
    image = np.asarray(cv2.imread(str(pool / row.file)))[:, :, ::-1]
    if "lhqow" in row.file:  # salt and pepper that the exporter put in
        image = cv2.medianBlur(np.ascontiguousarray(image), 3)
    wider = _STRETCHED.get(str(Path(row.file).parent), 1)
    image = cv2.resize(image, (int(image.shape[1] * wider), image.shape[0]))
    left, right = round(row.x * wider), round((row.x + row.w) * wider)
    return np.asarray(image, np.uint8), Box(left, row.y, right, row.y + row.h)


def seen(row: Labelled, pool: Path, seed: int) -> Image:
    """The vehicle cut out: exactly for seed 0; else by a looser box, in other light, mirrored."""
    image, box = vehicle(row, pool)
    return (
        look.cut(image, box)
        if seed == 0
        else _otherwise(image, box, np.random.default_rng([seed, row.x, row.y, *row.file.encode()]))
    )


def _otherwise(image: Image, box: Box, chance: np.random.Generator) -> Image:
    left, top, right, bottom = chance.uniform([-0.08, -0.08, -0.1, -0.1], [0.1, 0.12, 0.08, 0.08])
    moved = Box(
        round(box.left + left * box.width),
        round(box.top + top * box.height),
        round(box.right + right * box.width),
        round(box.bottom + bottom * box.height),
    )
    pixels = look.cut(image, moved).astype(np.float32)
    if chance.random() < 0.5:
        pixels = pixels[:, ::-1]
    pixels = 255 * (pixels / 255) ** chance.uniform(0.8, 1.25) * chance.uniform(0.9, 1.08)
    pixels = pixels * chance.uniform(0.96, 1.04, 3)
    if chance.random() < 0.3:
        pixels = _coarse(pixels, chance.uniform(0.25, 0.6))
    if chance.random() < 0.3:
        pixels = pixels + chance.normal(0, chance.uniform(2, 10), pixels.shape)
    return np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8))


def _coarse(pixels: np.ndarray, share: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    small = (max(8, int(width * share)), max(8, int(height * share)))
    return cv2.resize(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), (width, height))

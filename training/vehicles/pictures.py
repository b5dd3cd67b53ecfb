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
_DASH: Final = "frames/ro-dash/"
_US: Final = "frames/lhqow-us/"
_STRETCHED: Final = 4 / 3  # all but the dash camera's: their exporter made squares of pictures
_SAME_SCENE: Final = 60  # numbers of dash camera frames that may show the same vehicles
_AROUND: Final = 0.2  # of the vehicle, kept on every side
_LARGEST: Final = 420  # pixels: larger pictures teach nothing more
_LEAST_PLATE: Final = 14
_EDGE: Final = 2  # pixels from the picture's edge: the vehicle may go on beyond


@dataclass(frozen=True, slots=True)
class Labelled:
    """`x` to `h` and `plate` (left, top, width, height) are pixels of the file as packed.

    An empty word: not told by eye.
    """

    file: str
    x: int
    y: int
    w: int
    h: int
    colour: str
    body: str
    make: str
    plate: tuple[float, ...]

    @property
    def scene(self) -> str:
        """Pictures of one scene are never on both sides of a validation."""
        name = re.sub(r"_(jpe?g|png).*", "", Path(self.file).name)
        dash = re.match(r"(.*)_mp4_t_(\d+)", name)
        return f"{dash[1]}-{int(dash[2]) // _SAME_SCENE}" if dash else name

    @property
    def stretched(self) -> float:
        return 1.0 if self.file.startswith(_DASH) else _STRETCHED

    def tallness(self, picture_height: int) -> float:
        """As `look.tallness`, from what each source's plates and boxes allow.

        The exporter's pictures have lost their widths, so the plate's height is the measure; boxes
        of turned plates are loose. Each source's saloons are 0, or the numbers could not be joined.
        """
        cut_off = self.y <= _EDGE or self.y + self.h >= picture_height - _EDGE
        if not self.plate or self.plate[2] < _LEAST_PLATE or cut_off:
            return look.USUAL_TALLNESS
        _x, _y, width, height = self.plate
        if self.file.startswith(_DASH):
            return float(np.log(self.h / width * 0.52 / 1.27))
        if self.file.startswith(_US):
            return float(np.log(self.h / height / 4.94))
        metres = 0.11 if width * _STRETCHED / height > 3 else 0.1525
        return float(np.log(self.h / height * metres / 1.12))


def labelled(path: Path = LABELS) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Labelled(
                row["file"],
                *(int(row[side]) for side in "xywh"),
                row["colour"],
                row["body"],
                row["make"],
                tuple(float(row[f"plate_{side}"]) for side in "xywh" if row[f"plate_{side}"]),
            )
            for row in csv.DictReader(file)
        ]
    if wrong := [row.file for row in rows if not row.file.startswith(_ALLOWED)]:
        raise ValueError(f"{wrong[0]} is not under a licence that lets weights ship")
    return rows


@dataclass(frozen=True, slots=True)
class Cut:
    """A vehicle with what is around it, and its box in these pixels."""

    pixels: Image
    box: Box
    picture_height: int


def cut_out(row: Labelled, pool: Path) -> Cut:
    """With the picture's own shape again, and without its exporter's salt and pepper."""
    image = np.asarray(cv2.imread(str(pool / row.file)))
    left, top = (
        max(0, int(start - _AROUND * side))
        for start, side in zip((row.x, row.y), (row.w, row.h), strict=True)
    )
    bottom, right = int(row.y + (1 + _AROUND) * row.h), int(row.x + (1 + _AROUND) * row.w)
    part = np.ascontiguousarray(image[top:bottom, left:right, ::-1])
    less = min(1.0, _LARGEST / max(part.shape[:2]))
    if row.file.startswith(_US):
        part = np.asarray(cv2.medianBlur(part, 3))
    across, down = row.stretched * less, less
    size = (max(1, int(part.shape[1] * across)), max(1, int(part.shape[0] * down)))
    part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    x, y = row.x - left, row.y - top
    box = Box(
        round(x * across), round(y * down), round((x + row.w) * across), round((y + row.h) * down)
    )
    return Cut(part, box, image.shape[0])


def seen(row: Labelled, cut: Cut, view: int) -> Image:
    """As the network is shown it: exactly for view 0, else as it might have been seen."""
    if view == 0:
        return look.shown(look.cut(cut.pixels, cut.box))
    chance = np.random.default_rng([view, row.x, row.y, *row.file.encode()])
    return look.shown(_otherwise(cut.pixels, cut.box, chance))


def taught(cut: Cut, chance: np.random.Generator, *, tinted: bool) -> np.ndarray:
    """As it might have been seen: turned and partly hidden too, and in any tint if `tinted`."""
    pixels = _otherwise(cut.pixels, cut.box, chance).astype(np.float32)
    if chance.random() < 0.5:
        pixels = _turned(pixels, chance)
    if tinted and chance.random() < 0.6:
        pixels = pixels @ (np.eye(3) + chance.normal(0, 0.25, (3, 3))).astype(np.float32)
        if chance.random() < 0.3:
            pixels = pixels.mean(2, keepdims=True).repeat(3, 2)
    small = cv2.resize(pixels.clip(0, 255), (look.SIDE, look.SIDE), interpolation=cv2.INTER_AREA)
    if chance.random() < 0.3:
        left, top = chance.integers(0, int(0.8 * look.SIDE), 2)
        side = chance.integers(look.SIDE // 10, look.SIDE // 3)
        small[top : top + side, left : left + side] = chance.uniform(0, 255, 3)
    return small


def _turned(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """By a few degrees and a little slanted."""
    height, width = pixels.shape[:2]
    turn, slant, size = (
        chance.uniform(-6, 6),
        chance.uniform(-0.06, 0.06),
        chance.uniform(0.95, 1.15),
    )
    by = cv2.getRotationMatrix2D((width / 2, height / 2), turn, size)
    by[0, 1] += slant
    return cv2.warpAffine(pixels, by, (width, height), borderMode=cv2.BORDER_REFLECT)


def _otherwise(image: Image, box: Box, chance: np.random.Generator) -> Image:
    left, top, right, bottom = chance.uniform([-0.07, -0.07, -0.09, -0.09], [0.09, 0.1, 0.07, 0.07])
    moved = Box(
        round(box.left + left * box.width),
        round(box.top + top * box.height),
        round(box.right + right * box.width),
        round(box.bottom + bottom * box.height),
    )
    pixels = look.cut(image, moved).astype(np.float32)
    if chance.random() < 0.5:
        pixels = pixels[:, ::-1]
    pixels = 255 * (pixels / 255) ** chance.uniform(0.8, 1.25) * chance.uniform(0.88, 1.08)
    pixels = pixels * chance.uniform(0.95, 1.05, 3)
    if chance.random() < 0.35:
        pixels = _coarse(pixels, chance.uniform(0.2, 0.6))
    if chance.random() < 0.3:
        pixels = pixels + chance.normal(0, chance.uniform(2, 10), pixels.shape)
    return np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8))


def _coarse(pixels: np.ndarray, share: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    small = (max(16, int(width * share)), max(16, int(height * share)))
    return cv2.resize(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), (width, height))

"""Things that are no plates, for the finder to leave alone: lettering, boards, lamps, slats.

Flat pictures with their masks; `scenes.distract` lays them into street frames.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from training import paint
from training.lettering import Letters, Mask, word

Image = npt.NDArray[np.uint8]
Colour = tuple[float, float, float]
LETTERS = "aabcdeeefghiiklmnnooprrsstttuvw"
HIGH = 64


def draw(letters: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    """Red, green, blue, and how much of it covers what is behind it, 0 to 255."""
    at = int(rng.choice(len(KINDS), p=WORTH))
    return KINDS[at](letters, rng)


def _said(rng: np.random.Generator, longest: int) -> str:
    """A word that nobody knows, as a shop or a maker would write it."""
    text = "".join(rng.choice(list(LETTERS), int(rng.integers(3, longest + 1))))
    return (text, text.upper(), text.title())[int(rng.integers(3))]


def _colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Of a board and of what is on it: far enough apart to be read."""
    while True:
        one, other = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
        if rng.random() < 0.4:
            one, other = np.full(3, one[0]), np.full(3, other[0])
        if abs(int(one.sum()) - int(other.sum())) > 180:
            return _colour(one), _colour(other)


def _colour(of: npt.NDArray[np.integer]) -> Colour:
    return float(of[0]), float(of[1]), float(of[2])


def _lettering(letters: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    """Letters on whatever is behind them: bumpers, shop fronts, fleet numbers."""
    number = str(int(rng.integers(10, 10_000)))
    text = number if rng.random() < 0.25 else _said(rng, 11)
    font = letters.header_font("cfsss"[int(rng.integers(5))], rng)
    ink = word(font, text, HIGH)
    mask = np.zeros((ink.shape[0] + 6, ink.shape[1] + 6), np.uint8)
    mask[3:-3, 3:-3] = ink
    image = np.empty((*mask.shape, 3), np.uint8)
    image[:] = _colours(rng)[0]
    return image, mask


def _board(rng: np.random.Generator, shape: float) -> tuple[Image, Mask, Colour]:
    """An empty board `shape` times as wide as high, its mask, and a colour to write with."""
    wide = max(24, round(HIGH * 2 * shape))
    ground, ink = _colours(rng)
    image = paint.field(HIGH * 2, wide, ground, paint.shift(ground, rng, 20), rng)
    mask = np.full(image.shape[:2], 255, np.uint8)
    if rng.random() < 0.4:
        thick = int(rng.integers(2, 8))
        cv2.rectangle(image, (0, 0), (wide - 1, 2 * HIGH - 1), ink, thick)
    return np.asarray(image, np.uint8), mask, ink


def _sign(letters: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    """A board of several lines: shop signs, stickers, notices."""
    image, mask, ink = _board(rng, float(np.exp(rng.uniform(-0.7, 1.3))))
    high, wide = mask.shape
    lines = int(rng.integers(3, 8)) if rng.random() < 0.7 else 2
    font = letters.header_font("s", rng)
    for line in range(lines):
        text = " ".join(_said(rng, 9) for _ in range(int(rng.integers(2, 5))))
        middle = wide * (0.5 if rng.random() < 0.7 else rng.uniform(0.3, 0.7))
        box = (middle, high * (line + 0.7) / (lines + 0.4), wide * 0.85, high / (lines + 0.4) * 0.7)
        paint.write(image, text, font, ink, box=box)
    return image, mask


def _road_sign(letters: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    """A round or square sign with a number or an arrow."""
    image, mask, ink = _board(rng, float(rng.uniform(0.8, 1.3)))
    high, wide = mask.shape
    if rng.random() < 0.6:
        mask[:] = 0
        centre, half = (wide // 2, high // 2), (wide // 2 - 2, high // 2 - 2)
        cv2.ellipse(mask, centre, half, 0, 0, 360, 255, -1)
        cv2.ellipse(image, centre, half, 0, 0, 360, (200, 30, 30), int(rng.integers(4, 16)))
    if rng.random() < 0.5:
        text = str(int(rng.integers(1, 130)))
        box = (wide / 2, high / 2, wide * 0.6, high * 0.45)
        paint.write(image, text, letters.header_font("s", rng), ink, box=box)
    else:
        start, end = (rng.uniform(0.25, 0.75, 2) * (wide, high) for _ in range(2))
        places = [tuple(int(v) for v in place) for place in (start, end)]
        cv2.arrowedLine(image, places[0], places[1], ink, 8, tipLength=0.4)
    return image, mask


def _chevrons(_: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    image, mask, ink = _board(rng, float(rng.uniform(1.5, 4)))
    high, wide = mask.shape
    step, thick = float(rng.uniform(0.5, 1)) * high, int(rng.integers(12, 34))
    lean = step * float(rng.choice([-0.5, 0.5]))
    for x in np.arange(-step, wide + step, step):
        points = [(x, 0), (x + lean, high / 2), (x, high)]
        cv2.polylines(
            image, [np.array(points, np.int32)], isClosed=False, color=ink, thickness=thick
        )
    return image, mask


def _slats(_: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    """Grilles, shutters and windows in a row."""
    image, mask, ink = _board(rng, float(np.exp(rng.uniform(-0.2, 1.4))))
    high, wide = mask.shape
    upright = rng.random() < 0.6
    length = wide if upright else high
    step = length / float(rng.integers(3, 11))
    share = float(rng.uniform(0.2, 0.8))
    for at in np.arange(step * 0.2, length, step):
        near, far = int(at), int(at + step * share)
        if upright:
            cv2.rectangle(image, (near, int(high * 0.1)), (far, int(high * 0.9)), ink, -1)
        else:
            cv2.rectangle(image, (int(wide * 0.05), near), (int(wide * 0.95), far), ink, -1)
    if rng.random() < 0.3:
        mask[:] = 0
        cv2.ellipse(mask, (wide // 2, high // 2), (wide // 2, high // 2), 0, 0, 360, 255, -1)
    return image, mask


def _lamps(_: Letters, rng: np.random.Generator) -> tuple[Image, Mask]:
    """One light or several in a row, with their halo."""
    count = int(rng.integers(1, 5))
    high, wide = HIGH, HIGH * count
    mask = np.zeros((high, wide), np.uint8)
    for at in range(count):
        size = (int(rng.uniform(0.2, 0.48) * HIGH), int(rng.uniform(0.15, 0.42) * HIGH))
        cv2.ellipse(mask, (int((at + 0.5) * HIGH), high // 2), size, 0, 0, 360, 255, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(1, 9))), np.uint8)
    image = np.empty((high, wide, 3), np.uint8)
    image[:] = (
        (255, 250, 240),
        (255, 60, 40),
        (255, 190, 60),
        (120, 220, 255),
    )[int(rng.integers(4))]
    return image, mask


KINDS: tuple[Callable[[Letters, np.random.Generator], tuple[Image, Mask]], ...] = (
    _lettering, _sign, _road_sign, _chevrons, _slats, _lamps,
)  # fmt: skip
WORTH = (0.34, 0.26, 0.12, 0.06, 0.14, 0.08)

"""Draw letters the way plate dies do: one stroke width, rounded bowls, narrow and tall."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
Vertex = tuple[float, float, bool]  # x, y in the unit box (y down), and whether the corner is round
Stroke = tuple[tuple[Vertex, ...], bool]  # vertices, closed

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HEIGHT = 96


@dataclass(frozen=True, slots=True)
class Die:
    """One way to cut letters. Lengths are shares of the letter height."""

    width: float
    stroke: float
    radius: float
    waist: float
    slant: float
    flat_three: bool
    slashed_zero: bool
    foot_one: bool
    serif_i: bool
    one_is_i: bool
    open_four: bool
    diagonal_six: bool
    jitter: npt.NDArray[np.float64]


def random_die(rng: np.random.Generator) -> Die:
    chance = rng.random(7)
    width = float(rng.uniform(0.36, 0.62))
    return Die(
        width=width,
        stroke=float(rng.uniform(0.09, min(0.175, 0.31 * width))),
        radius=float(rng.uniform(0.12, 0.30)),
        waist=float(rng.uniform(0.44, 0.53)),
        slant=float(rng.normal(0, 0.012)),
        flat_three=bool(chance[0] < 0.15),
        slashed_zero=bool(chance[1] < 0.12),
        foot_one=bool(chance[2] < 0.5),
        serif_i=bool(chance[3] < 0.3),
        one_is_i=bool(chance[6] < 0.35),  # Britain and others cut both alike
        open_four=bool(chance[4] < 0.2),
        diagonal_six=bool(chance[5] < 0.25),
        jitter=rng.normal(0, 0.018, (64, 2)),
    )


def _open(*vertices: tuple[float, ...]) -> Stroke:
    return tuple((v[0], v[1], len(v) > 2) for v in vertices), False


def _closed(*vertices: tuple[float, ...]) -> Stroke:
    return tuple((v[0], v[1], len(v) > 2) for v in vertices), True


def _letters(w: float) -> dict[str, list[Stroke]]:
    """Every letter as strokes; a third number marks a round corner; `w` is the waist."""
    stem = _open((0, 0), (0, 1))
    tail = _open((0.55, 0.7), (1.05, 1.04))
    bowl = _closed((0, 0), (1, 0, 1), (1, w + 0.06, 1), (0, w + 0.06))
    return {
        "A": [_open((0, 1), (0.5, 0), (1, 1)), _open((0.18, 0.68), (0.82, 0.68))],
        "B": [
            _closed((0, 0), (0.95, 0, 1), (0.95, w, 1), (0, w)),
            _closed((0, w), (1, w, 1), (1, 1, 1), (0, 1)),
        ],
        "C": [_open((1, 0.26), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0.74))],
        "D": [_closed((0, 0), (1, 0, 1), (1, 1, 1), (0, 1))],
        "E": [_open((1, 0), (0, 0), (0, 1), (1, 1)), _open((0, w), (0.85, w))],
        "F": [_open((1, 0), (0, 0), (0, 1)), _open((0, w), (0.85, w))],
        "G": [
            _open((1, 0.26), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0.56), (0.55, 0.56))
        ],
        "H": [stem, _open((1, 0), (1, 1)), _open((0, w), (1, w))],
        "J": [_open((1, 0), (1, 1, 1), (0, 1, 1), (0, 0.72))],
        "K": [stem, _open((1, 0), (0, 0.62)), _open((0.34, 0.42), (1, 1))],
        "L": [_open((0, 0), (0, 1), (1, 1))],
        "M": [_open((0, 1), (0, 0), (0.5, 0.62), (1, 0), (1, 1))],
        "N": [_open((0, 1), (0, 0), (1, 1), (1, 0))],
        "O": [_closed((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))],
        "P": [stem, bowl],
        "Q": [_closed((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)), tail],
        "R": [stem, bowl, _open((0.45, w + 0.06), (1, 1))],
        "S": [
            _open((1, 0.24), (1, 0, 1), (0, 0, 1), (0, w, 1), (1, w, 1), (1, 1, 1), (0, 1, 1),
                  (0, 0.76))
        ],
        "T": [_open((0, 0), (1, 0)), _open((0.5, 0), (0.5, 1))],
        "U": [_open((0, 0), (0, 1, 1), (1, 1, 1), (1, 0))],
        "V": [_open((0, 0), (0.5, 1), (1, 0))],
        "W": [_open((0, 0), (0.24, 1), (0.5, 0.35), (0.76, 1), (1, 0))],
        "X": [_open((0, 0), (1, 1)), _open((1, 0), (0, 1))],
        "Y": [_open((0, 0), (0.5, 0.52), (1, 0)), _open((0.5, 0.52), (0.5, 1))],
        "Z": [_open((0, 0), (1, 0), (0, 1), (1, 1))],
        "2": [_open((0, 0.26), (0, 0, 1), (1, 0, 1), (1, 0.45, 1), (0, 1), (1, 1))],
        "5": [
            _open((0.95, 0), (0.06, 0), (0, 0.46), (0.2, w - 0.07, 1), (1, w - 0.07, 1), (1, 1, 1),
                  (0, 1, 1), (0, 0.76))
        ],
        "7": [_open((0, 0), (1, 0), (0.36, 1))],
        "8": [
            _closed((0.05, 0, 1), (0.95, 0, 1), (0.95, w, 1), (0.05, w, 1)),
            _closed((0, w, 1), (1, w, 1), (1, 1, 1), (0, 1, 1)),
        ],
    }  # fmt: skip


def _one(die: Die) -> list[Stroke]:
    strokes = [_open((0.12, 0.22), (0.55, 0), (0.55, 1))]
    return [*strokes, _open((0.1, 1), (1, 1))] if die.foot_one else strokes


def _three(die: Die) -> list[Stroke]:
    lower = ((1, die.waist, 1), (1, 1, 1), (0, 1, 1), (0, 0.76))
    if die.flat_three:
        return [_open((0, 0), (1, 0), (0.45, die.waist - 0.04), *lower)]
    upper = _open((0, 0.24), (0, 0, 1), (1, 0, 1), (1, die.waist, 1), (0.35, die.waist))
    return [upper, _open((0.35, die.waist), *lower)]


def _four(die: Die) -> list[Stroke]:
    top = 0.35 if die.open_four else 0.0
    start = (0.5, 0.0) if die.open_four else (0.76, 0.0)
    return [_open(start, (0, 0.72), (1, 0.72)), _open((0.76, top), (0.76, 1))]


def _six(die: Die) -> list[Stroke]:
    w = die.waist - 0.04
    if die.diagonal_six:
        return [
            _open((0.72, 0), (0.08, w + 0.1)),
            _closed((0, w, 1), (1, w, 1), (1, 1, 1), (0, 1, 1)),
        ]
    head = _open((1, 0.24), (1, 0, 1), (0, 0, 1), (0, 0.6))
    return [head, _closed((0, w, 1), (1, w, 1), (1, 1, 1), (0, 1, 1))]


def _turned(strokes: list[Stroke]) -> list[Stroke]:
    return [
        (tuple((1 - x, 1 - y, r) for x, y, r in vertices), closed) for vertices, closed in strokes
    ]


def _strokes(letter: str, die: Die) -> list[Stroke]:
    if letter == "0":
        ring = _closed((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))
        return [ring, _open((0.8, 0.2), (0.2, 0.8))] if die.slashed_zero else [ring]
    if letter == "I" or (letter == "1" and die.one_is_i):
        stem = _open((0.5, 0), (0.5, 1))
        bars = [_open((0.1, 0), (0.9, 0)), _open((0.1, 1), (0.9, 1))]
        return [stem, *bars] if die.serif_i else [stem]
    special = {"1": _one, "3": _three, "4": _four, "6": _six}
    if letter in special:
        return special[letter](die)
    if letter == "9":
        return _turned(_six(die))
    return _letters(die.waist)[letter]


def _path(vertices: npt.NDArray[np.float64], rounds: list[bool], radius: float, *, closed: bool
          ) -> npt.NDArray[np.float64]:  # fmt: skip
    """The polyline with each round corner replaced by a quadratic curve."""
    out: list[npt.NDArray[np.float64]] = []
    count = len(vertices)
    for i, point in enumerate(vertices):
        inner = closed or 0 < i < count - 1
        if not (rounds[i] and inner):
            out.append(point[None])
            continue
        before, after = vertices[i - 1] - point, vertices[(i + 1) % count] - point
        to_before, to_after = np.hypot(*before) + 1e-6, np.hypot(*after) + 1e-6
        a = point + before / to_before * min(radius, to_before * 0.5)
        b = point + after / to_after * min(radius, to_after * 0.5)
        t = np.linspace(0, 1, 8)[:, None]
        out.append(
            (1 - t) ** 2 * a + 2 * t * (1 - t) * (0.25 * (a + b) / 2 + 0.75 * point) + t**2 * b
        )
    return np.concatenate(out)


def _width(letter: str, die: Die) -> float:
    bar = 0.75 if die.serif_i else 0.3
    one = 0.75 if die.foot_one else 0.6
    narrow = {
        "I": bar,
        "1": bar if die.one_is_i else one,
        "M": 1.15,
        "W": 1.25,
    }
    return die.width * narrow.get(letter, 1.0)


def cut(letter: str, die: Die) -> Mask:
    """The letter as a tight mask HEIGHT pixels high, 255 where the ink is."""
    stroke = max(3, round(die.stroke * HEIGHT))
    inner_high = HEIGHT - stroke
    inner_wide = max(2.0, _width(letter, die) * HEIGHT - stroke)
    image: Mask = np.zeros((HEIGHT, int(inner_wide + 3 * stroke)), np.uint8)
    row = ALPHABET.index(letter)
    for n, (vertices, closed) in enumerate(_strokes(letter, die)):
        points = np.array([(x, y) for x, y, _ in vertices], np.float64)
        points[:, 0] += die.slant * (0.5 - points[:, 1])
        points = points * (inner_wide, inner_high) + (1.5 * stroke, stroke / 2)
        points[:, 0] += die.jitter[(row + n) % 64, 0] * HEIGHT * 0.3
        path = _path(points, [r for *_, r in vertices], die.radius * HEIGHT, closed=closed)
        fixed = np.round(path * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(image, [fixed], closed, 255, stroke, cv2.LINE_AA, 4)
    columns = np.flatnonzero(image.max(axis=0) > 64)
    return image[:, columns[0] : columns[-1] + 1]

"""Set a serial in letters within a box of the plate."""

from dataclasses import dataclass

import cv2
import numpy as np

from training.dies import Mask

GAPS = {"*": (0.45, 1.1), " ": (0.25, 0.7), "-": (0.35, 0.6)}


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Laid:
    """Emblem places are centres in pixels."""

    emblems: tuple[tuple[float, float], ...]


def _pieces(text: str, alphabet: dict[str, Mask], high: float, rng: np.random.Generator
            ) -> tuple[list[tuple[str, float]], float]:  # fmt: skip
    """Each sign with its natural width, and the space between letters."""
    stretch = rng.uniform(0.82, 1.18)
    fixed = rng.random() < 0.3
    cell = max(alphabet[c].shape[1] for c in "08ABH") * high / 96 * stretch
    pieces = []
    for sign in text:
        if sign in GAPS:
            pieces.append((sign, rng.uniform(*GAPS[sign]) * high * 0.6))
            continue
        natural = alphabet[sign].shape[1] * high / 96 * stretch
        pieces.append((sign, max(cell, natural) if fixed else natural))
    return pieces, float(rng.uniform(0.05, 0.2) * high)


def lay_out(
    mask: Mask, text: str, alphabet: dict[str, Mask], box: Box, rng: np.random.Generator
) -> Laid:
    """Draw the serial into the mask, centred, squeezed where it would not fit."""
    high = box.bottom - box.top
    room = box.right - box.left
    pieces, space = _pieces(text, alphabet, high, rng)
    total = sum(w for _, w in pieces) + space * (len(pieces) - 1)
    squeeze = min(1.0, room / total)
    if total < 0.8 * room and rng.random() < 0.7:
        wanted = rng.uniform(0.75, 0.98) * room
        grown = min(1.25, wanted / total)
        squeeze = grown
        space += max(0.0, min(0.35 * high, (wanted - total * grown) / max(1, len(pieces) - 1)))
    total = sum(w * squeeze for _, w in pieces) + space * squeeze * (len(pieces) - 1)
    if total > room:
        squeeze, total = squeeze * room / total, room
    x = box.left + (room - total) * rng.uniform(0.3, 0.7)
    emblems, bend = [], rng.normal(0, 0.01) * high
    for i, (sign, width) in enumerate(pieces):
        wide = width * squeeze
        y = box.top + bend * (i - len(pieces) / 2)
        if sign == "*":
            emblems.append((x + wide / 2, (box.top + box.bottom) / 2))
        elif sign == "-" and rng.random() < 0.85:
            _hyphen(mask, x, (box.top + box.bottom) / 2, wide, high)
        elif sign not in GAPS:
            _letter(mask, alphabet[sign], (x, y), (wide, high, squeeze), rng)
        x += wide + space * squeeze
    return Laid(tuple(emblems))


def _hyphen(mask: Mask, x: float, y: float, width: float, high: float) -> None:
    half = max(1, round(high * 0.06))
    first = (round(x + width * 0.1), round(y - half))
    last = (round(x + width * 0.9), round(y + half))
    cv2.rectangle(mask, first, last, 255, -1)


def _letter(
    mask: Mask,
    ink: Mask,
    corner: tuple[float, float],
    size: tuple[float, float, float],
    rng: np.random.Generator,
) -> None:
    (x, y), (cell, high, squeeze) = corner, size
    natural = ink.shape[1] * high / 96 * squeeze
    width = int(max(2, round(min(cell, natural * 1.18))))
    tall = max(4, round(high))
    small = cv2.resize(ink, (width, tall), interpolation=cv2.INTER_AREA)
    left = round(x + (cell - width) / 2 + rng.normal(0, 0.006) * high)
    top = round(y + rng.normal(0, 0.006) * high)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(mask.shape[1], left + width), min(mask.shape[0], top + tall)
    if x1 > x0 and y1 > y0:
        part = mask[y0:y1, x0:x1]
        np.maximum(part, small[y0 - top : y1 - top, x0 - left : x1 - left], out=part)

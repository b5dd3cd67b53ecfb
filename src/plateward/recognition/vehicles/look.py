"""From a vehicle's pixels to the numbers that its colour and body are told from."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from plateward.recognition.geometry import Box, Floats, Image

SIDE: Final = 192  # pixels each way that the network is shown; the shape is not kept
_MARGIN: Final = 0.04
_SMALL: Final = 48  # pixels each way in which colours are counted
_GRID: Final = 6
_GRID_UNITS: Final = (50.0, 30.0, 30.0)
# Where paint is most of what is seen: below the glass, inside the outline; then nearly all.
_REGIONS: Final = ((slice(14, 42), slice(6, 42)), (slice(4, 44), slice(4, 44)))
_BRIGHTNESSES: Final = 8
_HUES: Final = 12
_COLOURLESS: Final = 8.0  # of Lab chroma: below it is grey; 12 above it is full colour
_COLOURFUL: Final = 12.0
_GREY: Final = 2.0  # mean difference of red, green and blue: a picture without colour
# How tall a vehicle is, by its plate: width over height of plates that are 305 and 520 mm wide.
_NARROW: Final = (1.4, 2.6)
_WIDE: Final = (3.3, 7.0)
_NARROW_METRES: Final = 0.305
_WIDE_METRES: Final = 0.52
_LEAST_PLATE: Final = 24  # pixels: narrower ones measure nothing
_USUAL_METRES: Final = 1.39  # of a saloon by its plate, which is nearer than its roof
USUAL_TALLNESS: Final = 0.1  # of all vehicles, taken where nothing can be measured


def cut(image: Image, box: Box) -> Image:
    """The vehicle with a little around it; at least a pixel of the picture."""
    across, down = _MARGIN * box.width, _MARGIN * box.height
    top, left = max(0, round(box.top - down)), max(0, round(box.left - across))
    bottom, right = round(box.bottom + down), round(box.right + across)
    top, left = min(top, image.shape[0] - 1), min(left, image.shape[1] - 1)
    return image[top : max(bottom, top + 1), left : max(right, left + 1)]


def shown(pixels: Image) -> Image:
    """What the network sees: SIDE x SIDE x 3."""
    shrinks = min(pixels.shape[:2]) > SIDE
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (SIDE, SIDE), interpolation=method), np.uint8)


def small(pixels: Image) -> Image:
    """All that colours are counted in."""
    shrunk = cv2.resize(pixels, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.uint8)


def is_grey(shrunk: Image) -> bool:
    """Whether there is no colour to tell: a grey photo, or one lit by infrared."""
    return float(np.ptp(shrunk, axis=2).mean()) < _GREY


def tallness(box: Box, plate: Box | None, picture_height: int) -> float:
    """Logarithm of the vehicle's height by its plate's width, 0 for a saloon.

    `USUAL_TALLNESS` where that cannot be measured: no plate, a small or an uncommon one, or a
    vehicle that the picture's edge may cut.
    """
    edge = 0.01 * picture_height
    cut_off = box.top <= edge or box.bottom >= picture_height - edge
    if plate is None or cut_off or plate.width < _LEAST_PLATE or not plate.height:
        return USUAL_TALLNESS
    shape = plate.width / plate.height
    if _NARROW[0] <= shape < _NARROW[1]:
        metres = _NARROW_METRES
    elif _WIDE[0] <= shape < _WIDE[1]:
        metres = _WIDE_METRES
    else:
        return USUAL_TALLNESS
    tall = float(np.log(box.height / plate.width * metres / _USUAL_METRES))
    return float(np.clip(tall, -0.5, 1.0))


def _tints(lab: Floats) -> Floats:
    """Colours of 24 x 24 places, in steps that look alike: 1,728 numbers."""
    chroma = np.linalg.norm(lab[..., 1:], axis=-1, keepdims=True) + 1e-3
    bent = lab[..., 1:] / chroma * np.log1p(chroma / 4) * 2.2
    steps = np.concatenate([lab[..., :1] / 14, bent], axis=-1)
    half = _SMALL // 2
    return np.asarray(steps.reshape(half, 2, half, 2, 3).mean(axis=(1, 3)), np.float32).ravel()


def numbers(shrunk: Image, seen: Sequence[Floats], tall: float) -> Floats:
    """All that colour and body are told from, in the order that `vehicle-traits` takes it.

    `shrunk` is from `small`; `seen` is what the network gave for this one vehicle: features, shapes
    and places.
    """
    lab = np.asarray(cv2.cvtColor(shrunk.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    parts = [*(each[0].ravel() for each in seen), [tall], _paint(lab), _tints(lab)]
    return np.concatenate(parts).astype(np.float32)


def _paint(lab: Floats) -> Floats:
    """Colours by place on a coarse grid, and counts of brightness and hue where the paint is."""
    grid = cv2.resize(lab, (_GRID, _GRID), interpolation=cv2.INTER_AREA) / _GRID_UNITS
    counts = [
        _counts(np.asarray(lab[rows, columns], np.float32).reshape(-1, 3))
        for rows, columns in _REGIONS
    ]
    return np.concatenate([grid.ravel(), *counts]).astype(np.float32)


def _counts(lab: Floats) -> Floats:
    light, green_red, blue_yellow = lab.T
    chroma = np.hypot(green_red, blue_yellow)
    turn = (np.arctan2(blue_yellow, green_red) + np.pi) / (2 * np.pi)
    coloured = np.clip((chroma - _COLOURLESS) / _COLOURFUL, 0, 1)
    hues = np.bincount((turn * _HUES).astype(int) % _HUES, coloured, _HUES) / len(lab)
    rest = [
        chroma.mean() / 30,
        np.percentile(chroma, 80) / 30,
        *(np.percentile(light, [10, 25, 50, 75, 90]) / 50),
        *(lab[:, 1:].mean(axis=0) / 20),
        *(np.median(lab[:, 1:], axis=0) / 20),
    ]
    return np.concatenate([_brightnesses(light), hues, rest]).astype(np.float32)


def _brightnesses(light: Floats) -> Floats:
    """Shares of pixels; each pixel is shared between its two nearest bins."""
    place = np.clip(light / 100 * _BRIGHTNESSES - 0.5, 0, _BRIGHTNESSES - 1)
    low = np.floor(place).astype(int).clip(0, _BRIGHTNESSES - 2)
    upper = place - low
    counts = np.bincount(low, 1 - upper, _BRIGHTNESSES) + np.bincount(low + 1, upper, _BRIGHTNESSES)
    return np.asarray(counts / len(light), np.float32)

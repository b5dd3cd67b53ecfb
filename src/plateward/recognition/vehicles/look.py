"""From a vehicle's pixels to what its colour and body are told from."""

from typing import Final

import cv2
import numpy as np

from plateward.recognition.geometry import Box, Image

SIDE: Final = 192  # pixels each way that the network is shown; the shape is not kept
_MARGIN: Final = 0.04
_SMALL: Final = 48  # pixels each way in which it is asked whether there is any colour
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


def is_grey(pixels: Image) -> bool:
    """Whether there is no colour to tell: a grey photo, or one lit by infrared."""
    small = cv2.resize(pixels, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    return float(np.ptp(small, axis=2).mean()) < _GREY


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

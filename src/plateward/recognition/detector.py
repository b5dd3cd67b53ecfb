"""Find plates by their four corners: in one look at the picture, in more where they are large."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import cv2
import numpy as np

from plateward.recognition import weights
from plateward.recognition.geometry import (
    Floats,
    Image,
    Quad,
    box_around,
    likeness,
    share_of_smaller,
)
from plateward.recognition.networks import Network
from plateward.recognition.priors import ORDER, SPREAD, priors


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be a plate: its corners and how likely it is one, 0 to 1."""

    quad: Quad
    score: float


class Detector(Protocol):
    """Likeliest first; overlapping finds of one plate already merged."""

    def find(self, image: Image) -> Sequence[Found]: ...


PIXELS: Final = 960 * 540
"""What a picture is brought to before it is looked at; plates of 16 pixels there are found."""

_MOST: Final = 400  # answers looked at, several for each plate: a picture full of noise ends too
_SPEAKS: Final = 0.1  # an answer that is less sure says nothing
_LEADS: Final = 0.2  # and one that is less sure than this needs another beside it that is surer
_ALIKE: Final = 0.4  # answers that share more than this of their union are about the same place
# How likely a place is a plate, fitted on 217 frames that nothing was trained on: the offset and a
# weight for each number of `places`. `training/confidence/finds.py` gives these again.
_CHANCE: Final = (0.555, 0.289, 3.081, -2.51)
_ENLARGED: Final = 2.5  # more shows nothing new
# Of a plate that fills much of the picture the network sees pieces. Where it finds something as
# wide as this, or nothing that is likely, it looks again at a quarter of the size, and once more.
_WIDE: Final = 140  # pixels of what the network saw
_LIKELY: Final = 0.5
_QUARTER: Final = 4
_AGAIN: Final = 2
# What it finds then counts where it is so likely and so wide, and takes the place of what lies in
# it by this share where it is larger by this factor. Chosen on frames that nothing was trained on.
_LIKELY_ENOUGH: Final = 0.3
_WIDE_ENOUGH: Final = 0.6 * _WIDE
_INSIDE: Final = 0.6
_LARGER: Final = 1.3


class CornerDetector:
    """One network. Safe to call from several threads.

    `sure`: what is less likely a plate is not passed on. At one in eight, frames that nothing was
    trained on lose no plate that the best single answer, taken at even odds, would find.
    """

    def __init__(self, network: Network, *, pixels: int = PIXELS, sure: float = 0.12) -> None:
        self._network = network
        self._pixels = pixels
        self._sure = sure

    @classmethod
    def default(cls, provider: str | None = None) -> "CornerDetector":
        """`provider` as in `providers.chosen`."""
        return cls(Network(weights.PLATE_CORNERS, provider))

    def find(self, image: Image) -> list[Found]:
        found, pixels = self._look(image, self._pixels), self._pixels
        for _ in range(_AGAIN):
            scale = _scale(image, pixels)
            likely = any(one.score >= _LIKELY for one in found)
            if likely and all(_width(one) * scale < _WIDE for one in found):
                break
            pixels //= _QUARTER
            again = [
                one
                for one in self._look(image, pixels)
                if one.score >= _LIKELY_ENOUGH and _width(one) * scale >= _WIDE_ENOUGH
            ]
            found = whole(found, again, image.shape[:2])
        return found

    def _look(self, image: Image, pixels: int) -> list[Found]:
        quads, scores = self.answers(image, pixels)
        found = [
            Found(quads[leader], chance)
            for leader, chance in agreed(quads, scores)
            if chance > self._sure
        ]
        return merge(found, image.shape[:2])

    def answers(self, image: Image, pixels: int | None = None) -> tuple[Floats, Floats]:
        """What the network says, surest first: quads in pixels of the image, and their scores.

        `pixels`: what the picture is brought to, by default what it is for a first look.
        """
        scale = _scale(image, pixels or self._pixels)
        small = shrink(image, round(image.shape[1] * scale), round(image.shape[0] * scale))
        scores, corners = self._network.run(small[None])
        kept = np.flatnonzero(scores[0] > _SPEAKS)
        kept = kept[np.argsort(-scores[0][kept], kind="stable")][:_MOST]
        at = _priors(small.shape[0], small.shape[1])[kept]
        offsets = corners[0][kept].reshape(-1, 4, 2) * SPREAD
        quads = (at[:, None, :2] + offsets * at[:, None, 2:])[:, ORDER]
        stretch = np.array(image.shape[1::-1], np.float32) / small.shape[1::-1]
        return np.asarray(quads * stretch, np.float32), scores[0][kept]


def whole(found: Sequence[Found], larger: Sequence[Found], within: tuple[int, ...]) -> list[Found]:
    """Likeliest first: what was found, the pieces of each larger find replaced by it."""
    shape, kept = (within[0], within[1]), list(found)
    for one in larger:
        box = box_around(one.quad, shape)
        inside = [
            (each, its)
            for each in kept
            if share_of_smaller(its := box_around(each.quad, shape), box) > _INSIDE
        ]
        likely = [its for each, its in inside if each.score >= _LIKELY_ENOUGH]
        if len(likely) == 1 and likely[0].area * _LARGER > box.area:
            continue  # the same plate, and seen better at the larger size
        pieces = {id(each) for each, _ in inside}
        kept = [each for each in kept if id(each) not in pieces] + [one]
    return sorted(kept, key=lambda one: -one.score)


def agreed(quads: Floats, scores: Floats) -> list[tuple[int, float]]:
    """Of answers, surest first, the one that leads at each place, and how likely a plate is there.

    A plate is seen by many neighbours at once; what only one or two see is seldom one.
    """
    base, *weights = _CHANCE
    told = [
        (leader, 1 / (1 + math.exp(-(base + float(np.dot(weights, features))))))
        for leader, features in places(quads, scores)
    ]
    return sorted(told, key=lambda one: -one[1])


def places(quads: Floats, scores: Floats) -> Iterator[tuple[int, tuple[float, float, float]]]:
    """Of answers, surest first, the one that leads at each place, and what speaks for it.

    That is the log odds of the leader, the log of the sum of all scores there, and of their count.
    """
    low, high = quads.min(axis=1), quads.max(axis=1)
    areas = (high - low).prod(axis=1)
    left = np.ones(len(scores), bool)
    for leader in np.flatnonzero(scores > _LEADS):
        if not left[leader]:
            continue
        shared = np.minimum(high, high[leader]) - np.maximum(low, low[leader])
        both = np.clip(shared, 0, None).prod(axis=1)
        there = both > _ALIKE * (areas + areas[leader] - both)
        there[leader] = True
        left &= ~there
        best, all_there = float(scores[leader]), scores[there]
        odds = math.log(best / (1 - best + 1e-6) + 1e-6)
        yield int(leader), (odds, math.log(float(all_there.sum())), math.log(len(all_there)))


def _scale(image: Image, pixels: int) -> float:
    return min(_ENLARGED, float(np.sqrt(pixels / (image.shape[0] * image.shape[1]))))


def _width(found: Found) -> float:
    return float(np.ptp(found.quad[:, 0]))


def shrink(image: Image, width: int, height: int) -> Image:
    """Resize, at least 32 pixels each way; averaging when it gets smaller."""
    width, height = max(32, width), max(32, height)
    method = cv2.INTER_AREA if width < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def merge(found: Sequence[Found], within: tuple[int, ...], *, alike: float = _ALIKE) -> list[Found]:
    """Of finds that overlap keep the surest, surest first."""
    shape = (within[0], within[1])
    kept: list[Found] = []
    for one in sorted(found, key=lambda found: -found.score):
        box = box_around(one.quad, shape)
        if box.area and all(likeness(box, box_around(k.quad, shape)) <= alike for k in kept):
            kept.append(one)
    return kept


_priors = lru_cache(maxsize=16)(priors)

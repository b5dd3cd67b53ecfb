"""Find the plates in one image, then read each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from plateward.plates.formats_evidence import Spelling
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText, normalise
from plateward.recognition import confidence, providers
from plateward.recognition.detector import CornerDetector, Detector, Found
from plateward.recognition.geometry import (
    Box,
    Corners,
    Image,
    box_around,
    corners_of,
    quad_of,
    share_of_smaller,
)
from plateward.recognition.ocr import PlateOcr, Reader, Written
from plateward.recognition.regions import Judge, State

_SAME_PLATE: Final = 0.5
_SMALLEST_SIDE: Final = 12
# A small picture in the shape of a plate may be a plate cut out by somebody else. Where it reads as
# one, nothing else is looked for in it.
_CLOSE_UP_SIDE: Final = 640
_CLOSE_UP_SHAPES: Final = (1.2, 6.5)
CLOSE_UP_SCORE: Final = 0.9
_CLEAR: Final = 0.5
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """One plate: `confidence` is how likely the whole text is right, 0 to 1.

    `lines` are the text as it stands on the plate, one or two. `spellings` are the likeliest
    readings of the whole, what was read first. `state` is whose plate it is, and what formats say.
    """

    plate: PlateText
    confidence: float
    characters: tuple[Character, ...]
    box: Box
    corners: Corners | None
    lines: tuple[str, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    state: State | None = None


@dataclass(frozen=True, slots=True)
class PlateReader:
    plates: Detector
    ocr: Reader
    judge: Judge = field(default_factory=Judge)
    least_confidence: float = 0.3
    """What is told; were 1 and I one sign."""
    provider: str | None = None
    """What its networks run on ("cpu", "cuda", …), where they are its own."""

    @classmethod
    def default(cls, provider: str | None = None) -> "PlateReader":
        """Loads about 13 MB of weights: make one and keep it. `provider` as `providers.chosen`."""
        name = providers.chosen(provider).name
        return cls(CornerDetector.default(name), PlateOcr.default(name), provider=name)

    def read(self, image: Image) -> list[Reading]:
        """Likeliest first; nothing in a picture too small to hold a plate."""
        height, width = image.shape[:2]
        if min(height, width) < _SMALLEST_SIDE:
            return []
        found: list[Found] = []
        if _may_be_close_up(height, width):
            found = [Found(quad_of(0, 0, width, height), CLOSE_UP_SCORE)]
            whole = self._sure(image, found)
            if whole and whole[0].confidence >= _CLEAR:
                return whole
        found += self.plates.find(image)
        return _each_plate_once(self._sure(image, found))

    def read_batch(self, images: Sequence[Image]) -> list[list[Reading]]:
        """As `read`, for several images; the answers come in their order, and are the same.

        Two are under way at once: while a network works for one, the other is cut and spelt.
        """
        with ThreadPoolExecutor(_AT_ONCE) as both:
            return list(both.map(self.read, images))

    def _sure(self, image: Image, found: Sequence[Found]) -> list[Reading]:
        within = (image.shape[0], image.shape[1])
        written = self.ocr.read(image, [one.quad for one in found])
        read = [self._one(one, its, within) for one, its in zip(found, written, strict=True)]
        return [one for one in read if one]

    def _one(self, found: Found, written: Written, within: tuple[int, int]) -> Reading | None:
        if not confidence.is_plate_text(written.text):
            return None
        # A plate on which a 1 may be an I is a plate all the same.
        if confidence.but_for_bars(written, found.score) < self.least_confidence:
            return None
        return Reading(
            normalise(written.text),
            confidence.of(written, found.score),
            written.characters,
            box_around(found.quad, within),
            corners_of(found.quad),
            written.lines,
            written.spellings,
            self._state(written),
        )

    def _state(self, written: Written) -> State | None:
        if not written.spellings:
            return None
        logits = np.array(written.regions, np.float32) if written.regions else None
        return self.judge.state(written.spellings, logits)


def _may_be_close_up(height: int, width: int) -> bool:
    slimmest, longest = _CLOSE_UP_SHAPES
    return max(height, width) <= _CLOSE_UP_SIDE and slimmest <= width / height <= longest


def _each_plate_once(readings: Sequence[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for one in sorted(readings, key=lambda reading: -reading.confidence):
        if all(share_of_smaller(one.box, other.box) <= _SAME_PLATE for other in kept):
            kept.append(one)
    return kept

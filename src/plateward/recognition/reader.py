"""Find the plates in one image, then read each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from plateward.plates.sighting import Character
from plateward.plates.text import PlateText, normalise
from plateward.recognition import confidence, providers
from plateward.recognition.candidates import Candidate, gather
from plateward.recognition.detector import CornerDetector, Detector
from plateward.recognition.geometry import (
    Box,
    Corners,
    Image,
    box_around,
    corners_of,
    share_of_smaller,
)
from plateward.recognition.ocr import LineOcr, Ocr
from plateward.recognition.text_lines import TextLineDetector

_SAME_PLATE: Final = 0.5
_SMALLEST_SIDE: Final = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """One plate: `confidence` is how likely the whole text is right, 0 to 1."""

    plate: PlateText
    confidence: float
    characters: tuple[Character, ...]
    box: Box
    corners: Corners | None


@dataclass(frozen=True, slots=True)
class PlateReader:
    plates: Detector
    lines: Detector
    ocr: Ocr
    least_confidence: float = 0.1
    provider: str | None = None
    """What its networks run on ("cpu", "cuda", …), where they are its own."""

    @classmethod
    def default(cls, provider: str | None = None) -> "PlateReader":
        """Loads about 33 MB of weights: make one and keep it. `provider` as `providers.chosen`."""
        name = providers.chosen(provider).name
        return cls(
            CornerDetector.default(name),
            TextLineDetector.default(name),
            LineOcr.default(name),
            provider=name,
        )

    def read(self, image: Image) -> list[Reading]:
        """Likeliest first; nothing in a picture too small to hold a plate."""
        if min(image.shape[:2]) < _SMALLEST_SIDE:
            return []
        shape = (image.shape[0], image.shape[1])
        candidates = gather(self.plates.find(image), self.lines.find(image), shape)
        read = [self._read_one(image, candidate) for candidate in candidates]
        sure = [one for one in read if one and one.confidence >= self.least_confidence]
        return _each_plate_once(sure)

    def _read_one(self, image: Image, candidate: Candidate) -> Reading | None:
        on_plate = candidate.plate_score > 0
        if not on_plate:
            glimpse = self.ocr.glance(image, candidate.outlines[0])
            if not confidence.is_plate_text(glimpse.text, on_plate=False):
                return None
        written = self.ocr.read(image, candidate.outlines)
        if not confidence.is_plate_text(written.text, on_plate=on_plate):
            return None
        return Reading(
            normalise(written.text),
            confidence.of(written, candidate),
            written.characters,
            box_around(candidate.plate, (image.shape[0], image.shape[1])),
            corners_of(candidate.plate) if on_plate else None,
        )


def _each_plate_once(readings: Sequence[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for one in sorted(readings, key=lambda reading: -reading.confidence):
        if all(share_of_smaller(one.box, other.box) <= _SAME_PLATE for other in kept):
            kept.append(one)
    return kept

"""Which passages are good enough to be told, and why the others are not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from plateward.capture.tracks import Passage
from plateward.plates import formats


class Dropped(StrEnum):
    """Why a passage is not reported."""

    TOO_SMALL = "too small"
    BLURRED = "blurred"
    UNSURE = "unsure"
    OFF_FORMAT = "off-format"
    LOW_AGREEMENT = "low agreement"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a passage must reach. Widths are pixels of the plate's box in its best frame.

    `sharpness` as `tracks.sharpness_of`; 0 drops nothing for its blur. `off_format` is the
    confidence asked of a text that no plate format known here allows: signs and phone numbers are
    such, and so are the plates that people choose. `agreement` is asked only of passages of three
    looks and more: of two that differ one is right half the time.
    """

    width: int = 24
    sharpness: float = 0.0
    confidence: float = 0.3
    off_format: float = 0.5
    agreement: float = 0.34


def verdict(passage: Passage, limits: Limits) -> Dropped | None:
    """Why the passage falls short of the limits; None where it does not."""
    told = passage.told
    if passage.evidence.reading.box.width < limits.width:
        return Dropped.TOO_SMALL
    if passage.evidence.sharpness < limits.sharpness:
        return Dropped.BLURRED
    if told.confidence < limits.confidence:
        return Dropped.UNSURE
    if told.confidence < limits.off_format and not formats.matches(told.plate):
        return Dropped.OFF_FORMAT
    if len(passage.looks) >= 3 and told.agreement < limits.agreement:
        return Dropped.LOW_AGREEMENT
    return None


@dataclass(slots=True)
class Sieve:
    """Lets through what reaches the limits, and counts the rest by why it did not."""

    limits: Limits = field(default_factory=Limits)
    dropped: Counter[Dropped] = field(default_factory=Counter)
    _early: set[str] = field(default_factory=set)

    def through(self, passages: Sequence[Passage]) -> list[Passage]:
        """Of final passages. What was told early is told again, good enough or not."""
        kept = []
        for passage in passages:
            why = None if passage.name in self._early else verdict(passage, self.limits)
            self._early.discard(passage.name)
            if why is None:
                kept.append(passage)
            else:
                self.dropped[why] += 1
        return kept

    def early(self, in_view: Sequence[Passage], *, looks: int) -> list[Passage]:
        """Of those in view, each once, as soon as `looks` readings are good enough together."""
        good = [
            passage
            for passage in in_view
            if passage.name not in self._early
            and len(passage.looks) >= looks
            and verdict(passage, self.limits) is None
        ]
        self._early.update(passage.name for passage in good)
        return good

"""One vehicle in many frames is one passage: which readings belong together, and where they go."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import cv2
import numpy as np

from plateward.capture.consensus import Agreed, agreed
from plateward.capture.stills import Frame
from plateward.recognition import Box, Image, Reading

_NEAR: Final = 1.5
"""Plate widths from where it was expected that a plate may be, whatever it reads."""
_FAR: Final = 12.0
"""And where it reads the same but for one character."""
_MOST_LOOKS: Final = 64
# Frames are large: these two bound what is held, whatever the camera shows.
_MOST_EVIDENCE: Final = 3
_MOST_TRACKS: Final = 24
_GROWN: Final = 1.15
"""Times as wide, for the same."""
_MOVED: Final = 0.5
"""Plate widths to the side, for a direction to be told."""
_UNSURE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of the plate at one instant; its frame is not kept."""

    seen_at: datetime
    reading: Reading


@dataclass(frozen=True, slots=True)
class Evidence:
    """The frame that shows best what was read."""

    frame: Frame
    reading: Reading
    sharpness: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle that passed. `final` is False where it was still in view.

    `name` is its own, and the same while it is in view, after it has left, and when the same
    frames are read again. `direction` is "approaching", "receding", "left" or "right" as the
    camera sees it, or None.
    """

    looks: tuple[Look, ...]
    told: Agreed
    evidence: Evidence
    direction: str | None
    final: bool
    name: str

    @property
    def began(self) -> datetime:
        return self.looks[0].seen_at

    @property
    def ended(self) -> datetime:
        return self.looks[-1].seen_at


@dataclass(slots=True)
class _Track:
    looks: list[Look] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    told: str | None = None
    """What it was reported as: a parked car is reported once, and its frames are then let go."""

    @property
    def last(self) -> Look:
        return self.looks[-1]

    @property
    def texts(self) -> set[str]:
        """What it may read, as far as was seen."""
        known = self.evidence if self.told is None else (self.told,)
        return {self.last.reading.plate, *known}

    def finished(self) -> Passage | None:
        """It is over now; None where that was said before."""
        if self.told is not None:
            return None
        passage = _passage(self, final=True)
        self.told = passage.told.plate
        self.evidence.clear()
        return passage

    def add(self, frame: Frame, reading: Reading) -> None:
        self.looks.append(Look(frame.seen_at, reading))
        if len(self.looks) > _MOST_LOOKS:
            self._thin_out()
        if self.told is None:
            self._show(frame, reading)

    def _show(self, frame: Frame, reading: Reading) -> None:
        shown = Evidence(frame, reading, sharpness_of(frame.image, reading.box))
        before = self.evidence.get(reading.plate)
        if before is None or _worth(shown) > _worth(before):
            self.evidence[reading.plate] = shown
        if len(self.evidence) > _MOST_EVIDENCE:
            del self.evidence[min(self.evidence, key=lambda text: _worth(self.evidence[text]))]

    def _thin_out(self) -> None:
        """The first and the last stay, for when and where; of the others the least sure goes."""
        inner = range(1, len(self.looks) - 2)
        del self.looks[min(inner, key=lambda at: self.looks[at].reading.confidence)]

    def expected(self, at: datetime) -> tuple[float, float]:
        """Where its middle will be, if it goes on as between its last two looks."""
        x, y = _middle(self.last.reading.box)
        if len(self.looks) < 2:
            return x, y
        before = self.looks[-2]
        gone = (self.last.seen_at - before.seen_at).total_seconds()
        if gone <= 0:
            return x, y
        ahead = min((at - self.last.seen_at).total_seconds() / gone, 3.0)
        was = _middle(before.reading.box)
        return x + ahead * (x - was[0]), y + ahead * (y - was[1])


class Tracker:
    """Follows the plates of one camera. Its memory is bounded, however many are in view.

    A passage ends when its plate was not seen for `patience`; one in view for `longest` is reported
    then, and not again before it has been away for `longest`: a parked car is hidden now and then.
    """

    def __init__(
        self,
        *,
        patience: timedelta = timedelta(seconds=1.5),
        longest: timedelta = timedelta(seconds=30),
    ) -> None:
        self._patience = patience
        self._longest = longest
        self._tracks: list[_Track] = []

    def follow(self, frame: Frame, readings: Sequence[Reading]) -> list[Passage]:
        """The passages that are over with this frame, in the order in which they began.

        Frames come in the order of their instants.
        """
        over = self.wait(frame.seen_at)  # before anything new can be taken for what has left
        for track, reading in self._paired(frame, readings):
            track.add(frame, reading)
        return over + self._crowded_out() + self.wait(frame.seen_at)

    def wait(self, now: datetime) -> list[Passage]:
        """The passages that are over because it is `now`, though no frame came."""
        over: list[Passage | None] = []
        kept: list[_Track] = []
        for track in self._tracks:
            gone = self._gone(track, now)
            if gone or now - track.looks[0].seen_at >= self._longest:
                over.append(track.finished())
            if not gone:
                kept.append(track)
        self._tracks = kept
        return [one for one in over if one is not None]

    def in_view(self) -> list[Passage]:
        """What is being followed now, not final: for those who cannot wait."""
        return [_passage(track, final=False) for track in self._tracks if track.told is None]

    def finish(self) -> list[Passage]:
        """The passages that were still in view when the last frame was over."""
        left, self._tracks = self._tracks, []
        over = [track.finished() for track in left]
        return [one for one in over if one is not None]

    def _gone(self, track: _Track, now: datetime) -> bool:
        patience = self._patience if track.told is None else max(self._longest, self._patience)
        return abs(now - track.last.seen_at) > patience  # a clock may be set back, too

    def _crowded_out(self) -> list[Passage]:
        """Of more than anyone can drive through a picture at once, the oldest are over."""
        left, self._tracks = self._tracks[:-_MOST_TRACKS], self._tracks[-_MOST_TRACKS:]
        over = [track.finished() for track in left]
        return [one for one in over if one is not None]

    def _paired(
        self, frame: Frame, readings: Sequence[Reading]
    ) -> Iterator[tuple[_Track, Reading]]:
        """Each reading with its track, nearest pairs first; a new track for what is left."""
        costs = [
            (cost, track, reading)
            for track, its in enumerate(self._tracks)
            for reading, one in enumerate(readings)
            if (cost := _cost(its, frame.seen_at, one)) is not None
        ]
        tracks: set[int] = set()
        paired: set[int] = set()
        for _, track, reading in sorted(costs):
            if track not in tracks and reading not in paired:
                tracks.add(track)
                paired.add(reading)
                yield self._tracks[track], readings[reading]
        for reading, one in enumerate(readings):
            if reading not in paired:
                self._tracks.append(_Track())
                yield self._tracks[-1], one


def sharpness_of(image: Image, box: Box) -> float:
    """How steep the plate's edges are beside its contrast: about 0 in a blur, 1 and more in focus.

    The variance of the Laplacian over the variance of the brightness, of the plate at 32 pixels'
    height, so that a large plate is not taken for a sharp one.
    """
    cut = image[box.top : box.bottom, box.left : box.right]
    if cut.size == 0:
        return 0.0
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)
    if grey.shape[0] > 32:
        width = max(1, round(grey.shape[1] * 32 / grey.shape[0]))
        grey = cv2.resize(grey, (width, 32), interpolation=cv2.INTER_AREA)
    contrast = float(np.var(grey))
    return float(np.var(cv2.Laplacian(grey, cv2.CV_32F))) / (contrast + 25.0)


def _passage(track: _Track, *, final: bool) -> Passage:
    told = agreed([look.reading for look in track.looks])
    best = track.evidence.get(told.plate)
    if best is None:  # no frame reads what all say together
        best = max(track.evidence.values(), key=_worth)
    # One that is half out of the picture is narrower for that reason alone.
    whole = [look for look in track.looks if len(look.reading.plate) == len(told.plate)]
    return Passage(tuple(track.looks), told, best, _direction(whole), final, _name(track, best))


def _name(track: _Track, shown: Evidence) -> str:
    """From where and when it was first seen, which no later frame changes."""
    first = track.looks[0]
    said = f"{shown.frame.device}|{first.seen_at.isoformat()}|{first.reading.box}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _worth(shown: Evidence) -> float:
    """Sure first; of two as sure the larger and sharper."""
    return (
        shown.reading.confidence
        + 0.1 * min(shown.reading.box.width / 200, 1.0)
        + 0.1 * min(shown.sharpness, 1.0)
    )


def _cost(track: _Track, at: datetime, reading: Reading) -> float | None:
    """How unlikely it is that the reading belongs to the track; None where it cannot."""
    before = track.last.reading
    there = track.expected(at)
    middle = _middle(reading.box)
    wide = max(before.box.width, reading.box.width, 1)
    apart = float(np.hypot(middle[0] - there[0], middle[1] - there[1])) / wide
    edits = min(_edits(reading.plate, text) for text in track.texts)
    unsure = min(reading.confidence, before.confidence) < _UNSURE
    same = edits <= 1 and apart <= _FAR
    # What was reported already says nothing more: another plate in its place is another vehicle.
    beside = track.told is None and (unsure or edits <= len(reading.plate) // 2)
    return apart + 2.0 * edits if same or (beside and apart <= _NEAR) else None


def _direction(looks: Sequence[Look]) -> str | None:
    if len(looks) < 2:
        return None
    first, last = looks[0].reading.box, looks[-1].reading.box
    if not first.width or not last.width:
        return None
    grown = last.width / first.width
    if grown >= _GROWN:
        return "approaching"
    if grown <= 1 / _GROWN:
        return "receding"
    moved = (_middle(last)[0] - _middle(first)[0]) / max(first.width, last.width)
    if abs(moved) >= _MOVED:
        return "right" if moved > 0 else "left"
    return None


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _edits(one: str, other: str) -> int:
    """Characters to change, add or leave out to make one the other."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, its in enumerate(other, 1):
            before, row[to] = row[to], min(before + (sign != its), row[to] + 1, row[to - 1] + 1)
    return row[-1]

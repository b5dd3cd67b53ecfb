"""Whether a camera is set up to read plates: how large they are, how sharp, how often seen.

What is wanted was published by makers of such systems (75 pixels of width, characters of 15) and
tried with the photos that ship: made smaller, they were read down to about 40 to 50 pixels of width
in good light, and smeared on purpose, up to about 0.15 of a character's height.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import hypot
from statistics import median
from typing import Final

from plateward.capture import recorded
from plateward.capture.recorded import PictureReader
from plateward.capture.sieve import Limits, Sieve
from plateward.capture.smear import Smear, smear_of
from plateward.capture.stills import Frame, Quiet
from plateward.capture.tracks import Look, Passage, Tracker
from plateward.recognition import Reading

WIDTH: Final = 75.0
CHARACTER: Final = 15.0
"""Pixels wanted, of the plate's width and of its characters' height."""
_BAD_SIZE: Final = 0.6
_SMEAR: Final = 0.10
_BAD_SMEAR: Final = 0.15
"""Of the characters' height."""
_SHARP: Final = 2.4
"""Pixels of smear that a sharp picture has."""
_ONE_WAY: Final = 1.3
"""Times as much to one side as to the other, for smear to be motion."""
_SURE: Final = 0.8
_LOOKS: Final = 5
_KEPT_UP: Final = 0.8
_FEWEST: Final = 4.0
_STANDING: Final = 20.0
"""Pixels a second below which a plate does not move."""
# Characters take more of the height of a long plate, as in Europe, than of a short one.
_LONG: Final = 2.6
_OF_SHORT, _OF_LONG = 0.46, 0.72
_SHUTTERS: Final = (100, 250, 500, 750, 1000, 1500, 2000, 4000, 8000)
_EVERYTHING: Final = Limits(width=0, confidence=0.0, off_format=0.0, agreement=0.0)


class Grade(StrEnum):
    GOOD = "good"
    MARGINAL = "marginal"
    BAD = "bad"
    UNKNOWN = "unknown"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was judged, in plain words that say what to change."""

    about: str
    grade: Grade
    words: str


@dataclass(frozen=True, slots=True)
class Plate:
    """What was measured of one vehicle's plate, in pixels of its best picture; not what it reads.

    `speed` is in pixels a second, None where it was seen but once.
    """

    width: float
    height: float
    smear: Smear | None
    speed: float | None
    looks: int
    confidence: float

    @property
    def character(self) -> float:
        """How high its characters are, about."""
        return self.height * (_OF_LONG if self.width / self.height > _LONG else _OF_SHORT)

    @property
    def size(self) -> float:
        """1 where it is as large as is wanted."""
        return min(self.width / WIDTH, self.character / CHARACTER)

    @property
    def smeared(self) -> float | None:
        """Of the characters' height; 0 where a picture cannot be sharper."""
        worst = None if self.smear is None else max(self.smear.across, self.smear.down)
        if worst is None:
            return None
        return 0.0 if worst <= _SHARP else worst / self.character


@dataclass(frozen=True, slots=True)
class Pace:
    """Pictures a second: that came from the camera, that were asked for, that were read here."""

    came: float
    asked: float
    read: float

    @property
    def kept_up(self) -> bool:
        return self.read >= _KEPT_UP * min(self.came, self.asked)


def plates(frames: Iterable[Frame | Quiet], reader: PictureReader) -> list[Plate]:
    """What can be measured of every vehicle that passes; nothing of it says who it was."""
    passed = recorded.passages(frames, reader, tracker=Tracker(), sieve=Sieve(_EVERYTHING))
    return [_measured(passage) for passage in passed if passage.evidence.reading.box.height > 0]


def judged(seen: Sequence[Plate], pace: Pace | None = None) -> list[Finding]:
    """What to change, most basic first. `pace` is None for still photos."""
    found = [] if pace is None else [_camera(pace), _machine(pace)]
    if not seen:
        return [*found, _NOBODY]
    found += [_vehicles(seen), _size(seen), _smear(seen)]
    if pace is not None:
        found += [_looks(seen, pace), _shutter(seen)]
    return found


_NOBODY: Final = Finding(
    "vehicles",
    Grade.UNKNOWN,
    "No plate was seen, so nothing can be said of size and sharpness. Try again while vehicles "
    "pass, for longer. If some did pass, their plates are too small, turned away, or too dark.",
)


def _measured(passage: Passage) -> Plate:
    shown = passage.evidence
    width, height = _sides(shown.reading)
    return Plate(
        width,
        height,
        smear_of(shown.frame.image, shown.reading.box),
        _speed(passage.looks),
        len(passage.looks),
        passage.told.confidence,
    )


def _sides(reading: Reading) -> tuple[float, float]:
    """Of the plate itself where its corners are known; of the box around it else."""
    if reading.corners is None:
        return float(reading.box.width), float(reading.box.height)
    first, second, third, fourth = reading.corners
    across = (_apart(first, second) + _apart(fourth, third)) / 2
    down = (_apart(second, third) + _apart(first, fourth)) / 2
    return max(across, 1.0), max(down, 1.0)


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _speed(looks: Sequence[Look]) -> float | None:
    speeds = [
        _moved(before, after) / gone
        for before, after in pairwise(looks)
        if (gone := (after.seen_at - before.seen_at).total_seconds()) > 0
    ]
    return median(speeds) if speeds else None


def _moved(before: Look, after: Look) -> float:
    one, other = before.reading.box, after.reading.box
    across = other.left + other.right - one.left - one.right
    return hypot(across, other.top + other.bottom - one.top - one.bottom) / 2


def _camera(pace: Pace) -> Finding:
    enough = pace.came >= _KEPT_UP * pace.asked
    grade = Grade.GOOD if enough else Grade.MARGINAL if pace.came >= _FEWEST else Grade.BAD
    words = f"{pace.came:.1f} pictures a second came; {pace.asked:g} were asked for."
    if grade is not Grade.GOOD:
        words += " Raise the camera's frame rate, or the bandwidth of its link."
    return Finding("pictures", grade, words)


def _machine(pace: Pace) -> Finding:
    words = f"This machine read {pace.read:.1f} of them a second."
    if pace.kept_up:
        return Finding("machine", Grade.GOOD, words)
    grade = Grade.MARGINAL if pace.read >= _FEWEST else Grade.BAD
    words += (
        " The others were passed over: choose a smaller stream of the camera, ask for fewer "
        "pictures, or give the reader a faster machine or a graphics card (--provider)."
    )
    return Finding("machine", grade, words)


def _vehicles(seen: Sequence[Plate]) -> Finding:
    sure = sum(each.confidence >= _SURE for each in seen)
    share = sure / len(seen)
    grade = Grade.GOOD if share >= 0.8 else Grade.MARGINAL if share >= 0.5 else Grade.BAD
    return Finding("vehicles", grade, f"{_counted(len(seen), 'plate')} seen, {sure} read surely.")


def _size(seen: Sequence[Plate]) -> Finding:
    middle = median(each.size for each in seen)
    grade = Grade.GOOD if middle >= 1 else Grade.MARGINAL if middle >= _BAD_SIZE else Grade.BAD
    widths = sorted(each.width for each in seen)
    words = (
        f"Plates are {median(widths):.0f} pixels wide ({widths[0]:.0f} to {widths[-1]:.0f}), their "
        f"characters about {median(each.character for each in seen):.0f} high; {WIDTH:.0f} and "
        f"{CHARACTER:.0f} are wanted."
    )
    if grade is not Grade.GOOD:
        words += (
            f" Make them {1 / middle:.1f} times as large: zoom in, bring the camera nearer, or "
            "choose its larger stream."
        )
    return Finding("size", grade, words)


def _smear(seen: Sequence[Plate]) -> Finding:
    told = [each for each in seen if each.smeared is not None]
    if not told:
        words = "The plates show too little contrast to tell. Look at the light and the exposure."
        return Finding("sharpness", Grade.UNKNOWN, words)
    middle = median(each.smeared or 0.0 for each in told)
    grade = _grade_of(middle)
    across = median(each.smear.across for each in told if each.smear)
    down = median(each.smear.down for each in told if each.smear)
    most = max(_SHARP, _SMEAR * median(each.character for each in told))
    words = (
        f"Edges are {across:.1f} pixels wide from side to side and {down:.1f} from top to bottom; "
        f"up to {most:.1f} reads well."
    )
    return Finding("sharpness", grade, words + ("" if grade is Grade.GOOD else _why(across, down)))


def _grade_of(smeared: float) -> Grade:
    if smeared <= _SMEAR:
        return Grade.GOOD
    return Grade.MARGINAL if smeared <= _BAD_SMEAR else Grade.BAD


def _why(across: float, down: float) -> str:
    if max(across, down) > _ONE_WAY * min(across, down):
        return (
            " They are smeared one way: vehicles move while the shutter is open. Set a shorter "
            "exposure, and add light (infrared at night) where pictures get too dark."
        )
    return (
        " They are soft all round: focus the lens, clean it, or let the camera compress less "
        "(a higher bit rate)."
    )


def _looks(seen: Sequence[Plate], pace: Pace) -> Finding:
    middle = median(each.looks for each in seen)
    if not pace.kept_up:
        words = "How often each is seen cannot be said: this machine did not keep up."
        return Finding("pictures of each vehicle", Grade.UNKNOWN, words)
    grade = Grade.GOOD if middle >= _LOOKS else Grade.MARGINAL if middle >= 2 else Grade.BAD
    words = (
        f"A vehicle's plate is read in {middle:g} of the pictures; {_LOOKS} and more are wanted."
    )
    if grade is not Grade.GOOD:
        words += " Raise the frame rate, or let the camera look along the road for longer."
    return Finding("pictures of each vehicle", grade, words)


def _shutter(seen: Sequence[Plate]) -> Finding:
    moving = sorted(
        ((each.speed, each.character) for each in seen if each.speed and each.speed >= _STANDING),
    )
    if not moving:
        words = (
            "No plate moved, so the exposure was not tried. Try again while vehicles pass at the "
            "road's usual speed: motion smears what stands sharp."
        )
        return Finding("exposure", Grade.UNKNOWN, words)
    speed, character = moving[round(0.9 * (len(moving) - 1))]
    # A picture adds its own two pixels; a tenth of the characters' height is what may be smeared.
    exposure = max(_SMEAR * character, 1.0) / speed
    words = (
        f"Plates move at up to {speed:.0f} pixels a second: an exposure of {_fraction(exposure)} "
        "second or shorter keeps them sharp."
    )
    return Finding("exposure", Grade.ADVICE, words)


def _fraction(seconds: float) -> str:
    shortest = next((each for each in _SHUTTERS if 1 / each <= seconds), _SHUTTERS[-1])
    return f"1/{shortest}"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing} was" if count == 1 else f"{count} {thing}s were"

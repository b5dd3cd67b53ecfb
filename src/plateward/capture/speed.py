"""Speed from two lines on the road. Ask for it only where the city's profile allows the field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plateward.capture.tracks import Look

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Course:
    """Two lines across the lane, each from one point of the picture to another, in pixels.

    `metres` is how far apart they are on the road, measured there. Raises ValueError where a line
    is a point or the distance is none.
    """

    first: tuple[Point, Point]
    second: tuple[Point, Point]
    metres: float

    def __post_init__(self) -> None:
        if self.metres <= 0 or any(line[0] == line[1] for line in (self.first, self.second)):
            raise ValueError("A course is two lines with a distance of more than 0 metres.")


def speed_kmh(looks: Sequence[Look], course: Course) -> float | None:
    """Of a vehicle whose plate crossed both lines, in either order; None where it did not.

    The instant of a crossing is taken in a straight line between the frames before and after it,
    so the error is at most one frame's time in the whole way.
    """
    crossings = [_crossed(looks, line) for line in (course.first, course.second)]
    if crossings[0] is None or crossings[1] is None:
        return None
    took = abs((crossings[1] - crossings[0]).total_seconds())
    return round(course.metres / took * 3.6, 1) if took > 0 else None


def _crossed(looks: Sequence[Look], line: tuple[Point, Point]) -> datetime | None:
    sides = [_side(look, line) for look in looks]
    for before, after, one, other in zip(looks, looks[1:], sides, sides[1:], strict=False):
        if one == 0 or (one < 0) != (other < 0):
            share = 0.0 if one == other else one / (one - other)
            gone = (after.seen_at - before.seen_at).total_seconds()
            return before.seen_at + timedelta(seconds=share * gone)
    return None


def _side(look: Look, line: tuple[Point, Point]) -> float:
    """Twice the area between the line and the plate's lower middle: its sign is the side."""
    (left, top), (right, bottom) = line
    box = look.reading.box
    x, y = (box.left + box.right) / 2, float(box.bottom)
    return (right - left) * (y - top) - (bottom - top) * (x - left)

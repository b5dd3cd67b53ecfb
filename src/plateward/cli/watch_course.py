"""Two lines across the road and how far apart they are, as they are typed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from plateward.capture.speed import Course, Point

_FARTHEST: Final = 1000
_HOW: Final = (
    "Nothing was read. Write each line as four numbers of the picture's own pixels, such as "
    "--speed-line 0,400,1920,380, and the metres between them on the road as --speed-metres 12.5."
)


def course(lines: Sequence[str], metres: float | None) -> "Course | None":
    """None where none is asked for. Raise UsageError, which names what is wrong."""
    from plateward.capture.speed import Course

    if not lines and metres is None:
        return None
    if len(lines) != 2 or metres is None:
        raise click.UsageError(f"Speed needs two --speed-line and --speed-metres. {_HOW}")
    first, second = (_line(line) for line in lines)
    if first == second:
        raise click.UsageError(f"The two --speed-line are the same line. {_HOW}")
    if not 0 < metres <= _FARTHEST:
        raise click.UsageError(f"--speed-metres is not above 0, or above {_FARTHEST}. {_HOW}")
    try:
        return Course(first, second, metres)
    except ValueError:
        raise click.UsageError(f"A --speed-line is a point. {_HOW}") from None


def _line(told: str) -> "tuple[Point, Point]":
    try:
        left, top, right, bottom = (float(number) for number in told.split(","))
    except ValueError:
        raise click.UsageError(f"--speed-line {told!r} is not four numbers. {_HOW}") from None
    if not all(0 <= number <= 20_000 for number in (left, top, right, bottom)):
        raise click.UsageError(f"--speed-line {told!r} lies outside any picture. {_HOW}")
    return (left, top), (right, bottom)

"""Bring together what the two finders saw: one candidate per plate, with every outline of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from plateward.recognition.detector import Found
from plateward.recognition.geometry import Box, Quad, box_around, inset, quad_of, size


@dataclass(frozen=True, slots=True)
class Candidate:
    """`plate` is the outline of the whole plate; the scores are 0 where that finder saw nothing."""

    plate: Quad
    outlines: tuple[Quad, ...]
    plate_score: float
    line_score: float


# Shares of the found outline, measured on the training frames: from what the finder marks to the
# whole plate. Long plates keep a country band at their left that the corner finder leaves out.
_LONG: Final = 2.9
_TALL_PLATE: Final = {"left": -0.01, "top": -0.05, "right": -0.01, "bottom": -0.04}
_LONG_PLATE: Final = {"left": -0.12, "top": -0.05, "right": -0.06, "bottom": -0.05}
_LINE: Final = {"left": -0.03, "top": -0.03, "right": -0.02, "bottom": -0.05}
_NARROWEST_LINE: Final = 1.2
_WIDEST_LINE: Final = 10.0
_LOWEST_LINE: Final = 7.0
_PART_OF_PLATE: Final = 0.4
# A small picture in the shape of a plate may be a plate cut out by somebody else: as good a find
# as a middling one of the corner finder.
_CLOSE_UP_SIDE: Final = 640
_CLOSE_UP_SHAPES: Final = (1.4, 6.5)
_CLOSE_UP_SCORE: Final = 0.5


def gather(
    plates: Sequence[Found], lines: Sequence[Found], within: tuple[int, int]
) -> list[Candidate]:
    """`within` is the image's height and width."""
    boxes = [
        box_around(inset(p.quad, left=-0.1, top=-0.15, right=-0.1, bottom=-0.15), within)
        for p in plates
    ]
    owned: list[list[Found]] = [[] for _ in plates]
    free: list[Found] = []
    for line in lines:
        homes = [at for at, box in enumerate(boxes) if _stands_in(line, box)]
        (owned[homes[0]] if homes else free).append(line)
    found = [_from_plate(plate, its) for plate, its in zip(plates, owned, strict=True)]
    found += [_from_line(line) for line in free if _may_be_plate(line)]
    return [*found, _whole(*within)] if _may_be_close_up(*within) else found


def _may_be_close_up(height: int, width: int) -> bool:
    slimmest, longest = _CLOSE_UP_SHAPES
    return max(height, width) <= _CLOSE_UP_SIDE and slimmest <= width / height <= longest


def _whole(height: int, width: int) -> Candidate:
    quad = quad_of(0, 0, width, height)
    return Candidate(quad, (quad,), _CLOSE_UP_SCORE, 0.0)


def _stands_in(line: Found, box: Box) -> bool:
    x, y = line.quad.mean(axis=0)
    return box.holds(float(x), float(y))


def _from_plate(plate: Found, lines: Sequence[Found]) -> Candidate:
    width, height = size(plate.quad)
    wide = [line for line in lines if size(line.quad)[0] > _PART_OF_PLATE * width]
    number = max(wide, key=lambda line: size(line.quad)[1], default=None)
    tall = width < _LONG * height
    whole = inset(plate.quad, **(_TALL_PLATE if tall else _LONG_PLATE))
    # The corner finder cuts into the first character of long plates, never into that of tall ones.
    outline = plate.quad if tall else whole
    if number is None:
        return Candidate(whole, (outline,), plate.score, 0.0)
    return Candidate(whole, (outline, number.quad), plate.score, number.score)


def _from_line(line: Found) -> Candidate:
    return Candidate(inset(line.quad, **_LINE), (line.quad,), 0.0, line.score)


def _may_be_plate(line: Found) -> bool:
    width, height = size(line.quad)
    return height >= _LOWEST_LINE and _NARROWEST_LINE <= width / height <= _WIDEST_LINE

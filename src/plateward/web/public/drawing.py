"""Charts and plans as numbers for an SVG template: no script draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians
from typing import Final, Protocol

from plateward.oversight.month import Day

WIDTH: Final = 720
HEIGHT: Final = 220
PLAN_HEIGHT: Final = 320
_LEFT, _TOP, _BOTTOM = 44, 12, 26
_METRES_A_DEGREE: Final = 111_320


@dataclass(frozen=True, slots=True)
class Bar:
    """Pixels of the drawing; `label` under every fifth bar, else empty."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT


class Standing(Protocol):
    """What stands somewhere. Degrees north and east."""

    @property
    def title(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Dot:
    """`number` is the camera's row in the table."""

    x: float
    y: float
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Where cameras stand relative to one another, north up. The bar from 24 to `scale_end` is
    `scale_words` long."""

    dots: tuple[Dot, ...]
    scale_end: float
    scale_words: str
    width: int = WIDTH
    height: int = PLAN_HEIGHT


def chart(days: Sequence[Day]) -> Chart:
    step = _round_step(max((day.reads for day in days), default=0))
    top = step * 4
    room = HEIGHT - _TOP - _BOTTOM
    slot = (WIDTH - _LEFT) / max(len(days), 1)
    bars = []
    for n, day in enumerate(days):
        height = room * day.reads / top
        x = _LEFT + n * slot
        label = day.on.strftime("%-d %b") if n % 5 == 0 else ""
        y = HEIGHT - _BOTTOM - height
        bars.append(Bar(_r(x + 2), _r(y), _r(slot - 4), _r(height), _r(x + slot / 2), label))
    lines = tuple(Line(_r(HEIGHT - _BOTTOM - room * n / 4), step * n) for n in range(5))
    return Chart(tuple(bars), lines)


def plan(places: Sequence[Standing]) -> Plan | None:
    """None where there are not two cameras to set beside each other."""
    if len(places) < 2:
        return None
    shrink = cos(radians(sum(place.latitude for place in places) / len(places)))
    east = [place.longitude * shrink * _METRES_A_DEGREE for place in places]
    north = [place.latitude * _METRES_A_DEGREE for place in places]
    span_x, span_y = max(east) - min(east), max(north) - min(north)
    width, height, margin = WIDTH, PLAN_HEIGHT, 60
    per_metre = min((width - 2 * margin) / max(span_x, 1), (height - 2 * margin) / max(span_y, 1))
    middle_x, middle_y = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    dots = tuple(
        Dot(
            _r(width / 2 + (e - middle_x) * per_metre),
            _r(height / 2 - (n - middle_y) * per_metre),
            number,
            place.title,
        )
        for number, (e, n, place) in enumerate(zip(east, north, places, strict=True), start=1)
    )
    metres = _round_down(150 / per_metre)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return Plan(dots, _r(24 + metres * per_metre), words)


def _round_step(most: int) -> int:
    """A quarter of the axis: 1, 2, 5, 10, 20, 50 and so on, so that four steps hold the most."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if size * factor * 4 >= most:
                return size * factor
        size *= 10


def _round_down(length: float) -> float:
    size = 10.0 ** floor(log10(length))
    return next(factor * size for factor in (5, 2, 1) if factor * size <= length)


def _r(number: float) -> float:
    return round(number, 1)

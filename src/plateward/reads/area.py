"""A part of the map: a circle or a polygon. Pure; degrees are WGS 84, distances metres."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]
"""Latitude and longitude, in degrees."""
MOST_METRES: Final = 50_000
MOST_CORNERS: Final = 100
_EARTH: Final = 6_371_000.0
_STEPS: Final = 200  # to the middle of corners: the circle is then within one percent
_A_DEGREE: Final = math.radians(1) * _EARTH


class BadArea(ValueError):
    """Not a part of the map that can be searched. The message says why."""


@dataclass(frozen=True, slots=True)
class Box:
    """From south to north and from west to east, edges in; none reaches over the 180th meridian."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Circle:
    """All within so many metres of a point. Raises BadArea."""

    latitude: float
    longitude: float
    metres: int

    def __post_init__(self) -> None:
        _check_point((self.latitude, self.longitude))
        if not 1 <= self.metres <= MOST_METRES:
            raise BadArea(f"A radius is from 1 to {MOST_METRES:,} metres.")

    @property
    def reach_m(self) -> int:
        """How far it reaches from its middle, in metres, rounded up."""
        return math.ceil(self.metres)

    @property
    def box(self) -> Box:
        up = self.metres / _A_DEGREE
        # Beside a pole every meridian is near.
        narrow = math.cos(math.radians(min(89.9, abs(self.latitude) + up)))
        aside = min(180.0, up / narrow)
        return Box(
            self.latitude - up, self.longitude - aside, self.latitude + up, self.longitude + aside
        )

    def holds(self, latitude: float, longitude: float) -> bool:
        here = (self.latitude, self.longitude)
        return distance(here, (latitude, longitude)) <= self.metres

    def words(self) -> str:
        return f"{self.metres} m around {_written((self.latitude, self.longitude))}"


@dataclass(frozen=True, slots=True)
class Polygon:
    """All within its corners, in the order in which they are joined; the last joins the first.

    Raises BadArea.
    """

    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        if not 3 <= len(set(self.corners)) <= MOST_CORNERS:
            raise BadArea(f"A shape on the map has from 3 to {MOST_CORNERS} corners.")
        for corner in self.corners:
            _check_point(corner)
        if self.reach_m > MOST_METRES:
            raise BadArea(f"A shape on the map fits in a circle of {MOST_METRES:,} metres.")

    @property
    def reach_m(self) -> int:
        """The radius of a circle around all corners, the smallest within one percent."""
        return math.ceil(_around(self.corners))

    @property
    def box(self) -> Box:
        ups, asides = zip(*self.corners, strict=True)
        return Box(min(ups), min(asides), max(ups), max(asides))

    def holds(self, latitude: float, longitude: float) -> bool:
        """By how often a line to the east meets an edge; a corner's own parallel counts once."""
        inside = False
        before = self.corners[-1]
        for corner in self.corners:
            (up, aside), (last_up, last_aside) = corner, before
            if (up > latitude) != (last_up > latitude):
                along = (latitude - up) / (last_up - up)
                inside ^= longitude < aside + along * (last_aside - aside)
            before = corner
        return inside

    def words(self) -> str:
        return "within " + "; ".join(map(_written, self.corners))


Area = Circle | Polygon


def distance(one: Point, other: Point) -> float:
    """Metres along the ground, by a ball: within half a percent."""
    up, aside = math.radians(other[0] - one[0]) / 2, math.radians(other[1] - one[1]) / 2
    flat = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    part = math.sin(up) ** 2 + flat * math.sin(aside) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(part)))


def polygon(corners: Iterable[Sequence[float]]) -> Polygon:
    """From pairs as a page sends them. Raises BadArea."""
    try:
        return Polygon(tuple((float(up), float(aside)) for up, aside in corners))
    except (TypeError, ValueError) as wrong:
        if isinstance(wrong, BadArea):
            raise
        raise BadArea("A corner is a latitude and a longitude, in degrees.") from wrong


def _around(corners: Sequence[Point]) -> float:
    """Go from the first corner toward whichever is farthest, by ever smaller steps."""
    middle = corners[0]
    for step in range(2, _STEPS):
        far = max(corners, key=lambda corner: distance(middle, corner))
        middle = (
            middle[0] + (far[0] - middle[0]) / step,
            middle[1] + (far[1] - middle[1]) / step,
        )
    return max(distance(middle, corner) for corner in corners)


def _check_point(point: Point) -> None:
    up, aside = point
    if not (-90 <= up <= 90 and -180 <= aside <= 180):
        raise BadArea("A latitude is from -90 to 90 degrees and a longitude from -180 to 180.")


def _written(point: Point) -> str:
    return f"{point[0]:.6f}, {point[1]:.6f}"

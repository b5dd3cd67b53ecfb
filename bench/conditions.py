"""Under which conditions a plate was seen: its width, the picture's light, its tilt."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2

from bench.scoring import Outcome

Group = tuple[str, list[Outcome]]

_WIDTHS: Final = (64, 96, 160, 320)
_DARK, _BRIGHT = 70, 100
_LEVEL, _SLANTED = 5, 12
SOURCES: Final = {
    "oalpr-us": "US street and gate cameras, frames",
    "oalpr-eu": "Slovakia, Czechia and neighbours, frames",
    "oalpr-br": "Brazil, frames",
    "openimages": "consumer photos (Open Images), frames",
    "ro-dash": "dash camera, Romania, frames",
    "oalpr-uscrops": "US plates, cut out",
    "ar-crops": "Argentine plates, cut out",
}


def brightness(files: Iterable[str], folder: Path) -> dict[str, float]:
    """Mean grey of each picture, 0 to 255, from an eighth of its pixels each way."""
    return {file: _mean_grey(folder / file) for file in files}


def width_band(width: float) -> str:
    if width < _WIDTHS[0]:
        return f"under {_WIDTHS[0]} px"
    below = [limit for limit in _WIDTHS if width >= limit]
    if len(below) == len(_WIDTHS):
        return f"{_WIDTHS[-1]} px and more"
    return f"{below[-1]} to {_WIDTHS[len(below)] - 1} px"


def light_band(grey: float) -> str:
    if grey < _DARK:
        return f"dark (mean grey under {_DARK})"
    if grey < _BRIGHT:
        return f"between ({_DARK} to {_BRIGHT - 1})"
    return f"bright ({_BRIGHT} and more)"


def tilt_of(outcome: Outcome) -> float | None:
    """Degrees that the plate's upper edge, as found, lies off the level; None without corners."""
    if outcome.plate is None or len(outcome.plate.corners) != 4:
        return None
    (x, y), (right, level), *_ = outcome.plate.corners
    return abs(math.degrees(math.atan2(level - y, right - x)))


def tilt_band(degrees: float) -> str:
    if degrees < _LEVEL:
        return f"level (under {_LEVEL}°)"
    return f"{_LEVEL}° to {_SLANTED}°" if degrees < _SLANTED else f"{_SLANTED}° and more"


def by_source(outcomes: Sequence[Outcome]) -> list[Group]:
    named = {source: _source(source) for source in {one.label.source for one in outcomes}}
    order = {source: number for number, source in enumerate(SOURCES)}
    sources = sorted(named, key=lambda source: (order.get(source, len(order)), source))
    return [(named[s], [one for one in outcomes if one.label.source == s]) for s in sources]


def by_width(outcomes: Sequence[Outcome]) -> list[Group]:
    wide = [one for one in outcomes if one.label.box]
    order = [width_band(0), *(width_band(limit) for limit in _WIDTHS)]
    return _grouped(wide, lambda one: width_band(one.label.box[2] if one.label.box else 0), order)


def by_light(outcomes: Sequence[Outcome], greys: Mapping[str, float]) -> list[Group]:
    seen = [one for one in outcomes if one.label.file in greys]
    order = [light_band(0), light_band(_DARK), light_band(_BRIGHT)]
    return _grouped(seen, lambda one: light_band(greys[one.label.file]), order)


def by_tilt(outcomes: Sequence[Outcome]) -> list[Group]:
    """Only plates that were found with corners; empty when the reader gave none."""
    tilted = [one for one in outcomes if tilt_of(one) is not None]
    order = [tilt_band(0), tilt_band(_LEVEL), tilt_band(_SLANTED)]
    return _grouped(tilted, lambda one: tilt_band(tilt_of(one) or 0), order)


def by_state(outcomes: Sequence[Outcome], least: int) -> list[Group]:
    """US states and countries of which there are enough plates to say anything."""
    places = sorted({one.label.region for one in outcomes if one.label.country == "US"} - {""})
    groups = [
        (place, [o for o in outcomes if (o.label.country, o.label.region) == ("US", place)])
        for place in places
    ]
    return [group for group in groups if len(group[1]) >= least]


def _grouped(
    outcomes: Sequence[Outcome], band: Callable[[Outcome], str], order: Sequence[str]
) -> list[Group]:
    groups = [(name, [one for one in outcomes if band(one) == name]) for name in order]
    return [group for group in groups if group[1]]


def _source(folder: str) -> str:
    return SOURCES.get(folder, folder)


def _mean_grey(path: Path) -> float:
    picture = cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    return float(picture.mean()) if picture is not None else 0.0

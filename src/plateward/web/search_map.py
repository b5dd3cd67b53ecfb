"""What the map of a search shows, as values for the script that draws it.

No map of others is used: whoever serves one would learn which place somebody looks at.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from plateward.cameras.register import Registered
from plateward.policy.profile import Profile
from plateward.reads.area import Area, Circle, Polygon
from plateward.reads.search import Found

# To about ten metres: a car with a camera on it reads in many places, a pole always in one.
_DECIMALS: Final = 4
Values = dict[str, object]
_Place = tuple[str, float, float]  # the camera, and degrees north and east


class Spots:
    """The places that reads were seen at, numbered in the order of the table."""

    def __init__(self, reads: Sequence[Found], cameras: Sequence[Registered]) -> None:
        standing = {camera.code: (camera.latitude, camera.longitude) for camera in cameras}
        self._places = [_place(read, standing.get(read.camera)) for read in reads]
        self._titles = {read.camera: (read.camera_title, read.city) for read in reads}
        self._counted = Counter(place for place in self._places if place)
        self._numbers = {place: number for number, place in enumerate(self._counted)}

    def numbers(self) -> list[int | None]:
        """The place of each read; None where nobody knows where it was."""
        return [self._numbers[place] if place else None for place in self._places]

    def told(self) -> list[Values]:
        return [
            {
                "number": self._numbers[code, latitude, longitude],
                "code": code,
                "title": self._titles[code][0],
                "city": self._titles[code][1],
                "at": [latitude, longitude],
                "count": count,
            }
            for (code, latitude, longitude), count in self._counted.items()
        ]


def of_results(
    spots: Spots, cameras: Iterable[Registered], cities: Mapping[str, Profile], area: Area | None
) -> Values:
    """The places of the reads, and beside them the other cameras of the cities that answered."""
    return {
        "spots": spots.told(),
        "cameras": [_camera(each) for each in cameras if each.city in cities],
        "cities": _cities(cities),
        "shape": shape(area),
    }


def of_form(cameras: Iterable[Registered], cities: Mapping[str, Profile]) -> Values:
    """Every camera; the script shows those of the cities that are ticked."""
    return {"spots": [], "cameras": [_camera(each) for each in cameras], "cities": _cities(cities)}


def shape(area: Area | None) -> Values | None:
    """Degrees north and east; `metres` only of a circle."""
    match area:
        case Circle(latitude, longitude, metres):
            return {"points": [[latitude, longitude]], "metres": metres}
        case Polygon(corners):
            return {"points": [list(corner) for corner in corners]}
        case _:
            return None


def _place(read: Found, stands: tuple[float, float] | None) -> _Place | None:
    if read.latitude is not None and read.longitude is not None:
        stands = (read.latitude, read.longitude)
    if stands is None:
        return None
    return (read.camera, round(stands[0], _DECIMALS), round(stands[1], _DECIMALS))


def _camera(camera: Registered) -> Values:
    return {
        "code": camera.code,
        "title": camera.title,
        "city": camera.city,
        "at": [camera.latitude, camera.longitude],
    }


def _cities(cities: Mapping[str, Profile]) -> list[Values]:
    return [{"id": city, "title": profile.title()} for city, profile in cities.items()]

"""Where the cameras of a city stand, for the public list."""

from dataclasses import dataclass
from datetime import date

from plateward.cameras import register
from plateward.oversight.cities import profile_of


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees north and east. `since`: the day the city approved it."""

    code: str
    title: str
    place: str
    place_type: str
    latitude: float
    longitude: float
    approved_by: str
    since: date


def of(city: str) -> tuple[Place, ...]:
    """Raise NoSuchCity where none of that name is served."""
    profile_of(city)
    return tuple(
        Place(
            code=camera.code,
            title=camera.title,
            place=camera.place,
            place_type=camera.place_type.replace("_", " "),
            latitude=camera.latitude,
            longitude=camera.longitude,
            approved_by=camera.approved_by,
            since=camera.approved_on,
        )
        for camera in register.of(city)
    )

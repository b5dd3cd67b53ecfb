"""Apply a city's field policy to what a vendor's message became, before anything is stored. Pure.

Faces and persons are dropped whatever a policy says: no profile has a way to allow them. Of what is
dropped, the vendor's name of the field stays, never its value.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from plateward.intake.adapters.canonical import Speed, Taken, Vehicle, VendorRead

Keeps = Callable[[str], bool]
# The vehicle's fields here, and what a profile calls each; the rest are features of the vehicle.
_POLICY_NAMES: Final = {
    "body": "body_type",
    "make": "make",
    "model": "model",
    "color": "color",
    "year": "features",
    "orientation": "features",
    "size": "features",
}


def without_city(field: str) -> bool:
    """Where no city is named: all but speed, which next to no city keeps."""
    return field != "speed"


def keep_allowed(taken: Taken, keeps: Keeps) -> Taken:
    """What is left when only the fields are kept that `keeps` says yes to."""
    return replace(taken, reads=tuple(allowed(read, keeps) for read in taken.reads))


def allowed(read: VendorRead, keeps: Keeps) -> VendorRead:
    """The read with what may be kept; `dropped_fields` names the rest, each once."""
    vehicle, gone = _vehicle(read.vehicle, keeps)
    speeds = tuple(speed for speed in read.speeds if keeps("speed") and speed.kmh is not None)
    dropped = [
        *read.dropped_fields,
        *(speed.field for speed in read.speeds if speed not in speeds),
        *(field for _, field in read.guarded),
        *(f"vehicle.{name}" for name in gone),
    ]
    if read.pictures and not keeps("image"):
        dropped.append("images")
    return replace(
        read,
        vehicle=vehicle,
        speeds=speeds,
        guarded=(),
        pictures=read.pictures if keeps("image") else (),
        dropped_fields=tuple(dict.fromkeys(dropped)),
    )


def kmh(speeds: tuple[Speed, ...]) -> float | None:
    """The first speed that has a unit."""
    return next((speed.kmh for speed in speeds if speed.kmh is not None), None)


def _vehicle(vehicle: Vehicle, keeps: Keeps) -> tuple[Vehicle, list[str]]:
    told = [name for name in _POLICY_NAMES if getattr(vehicle, name) is not None]
    gone = [name for name in told if not keeps(_POLICY_NAMES[name])]
    sure = tuple(each for each in vehicle.confidences if each[0] not in gone)
    return replace(vehicle, confidences=sure, **dict.fromkeys(gone, None)), gone

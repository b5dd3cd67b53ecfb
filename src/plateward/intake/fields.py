"""Apply a city's field policy to a sighting, before anything is stored. Pure."""

from dataclasses import replace

from plateward.plates.sighting import Sighting, Vehicle
from plateward.policy.profile import Profile

_VEHICLE = ("make", "model", "color", "body_type")


def keep_allowed(sighting: Sighting, profile: Profile) -> tuple[Sighting, tuple[str, ...]]:
    """The sighting with only what the city keeps, and the names of the fields dropped.

    Only a field that held something counts as dropped. Plate, time, camera and its place are
    structural: retention and audit stand on them, so no profile drops them.
    """
    carried = [name for name, value in _carried(sighting).items() if value]
    dropped = tuple(name for name in carried if not profile.keeps_field(name))
    return (_without(sighting, frozenset(dropped)) if dropped else sighting), dropped


def _carried(sighting: Sighting) -> dict[str, object]:
    vehicle = sighting.vehicle
    return {
        "image": sighting.photo or sighting.crop,
        "make": vehicle.make,
        "model": vehicle.model,
        "color": vehicle.color,
        "body_type": vehicle.body_type,
        "features": vehicle.features,
        "speed": sighting.speed_kmh is not None,
    }


def _without(sighting: Sighting, dropped: frozenset[str]) -> Sighting:
    kept = {n: None if n in dropped else getattr(sighting.vehicle, n) for n in _VEHICLE}
    features = () if "features" in dropped else sighting.vehicle.features
    sure = tuple(each for each in sighting.vehicle.confidences if each[0] not in dropped)
    without = replace(sighting, vehicle=Vehicle(**kept, features=features, confidences=sure))
    if "image" in dropped:
        without = replace(without, photo=None, crop=None)
    if "speed" in dropped:
        without = replace(without, speed_kmh=None)
    return without

"""Every version of a city's register: what stood in it, from when on, and who recorded it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from plateward.cameras.models import Camera, Listing


@dataclass(frozen=True, slots=True)
class Version:
    """One entry as it stood from `recorded_at` until the camera's next one."""

    number: int
    code: str
    place: str
    place_type: str
    latitude: float
    longitude: float
    approved_by: str
    approved_on: date
    recorded_by: str
    recorded_at: datetime


def listed(camera: Camera, *, by: str) -> int:
    """Write the camera's entry as it stands now; the city's register has a new version."""
    latest = Listing.objects.filter(city=camera.city).aggregate(n=Max("version"))["n"] or 0
    Listing.objects.create(
        camera=camera,
        city=camera.city,
        version=latest + 1,
        title=camera.title,
        place=camera.place,
        place_type=camera.place_type,
        latitude=camera.latitude,
        longitude=camera.longitude,
        approved_by=camera.approved_by,
        approved_on=camera.approved_on,
        recorded_by=by,
    )
    return latest + 1


def of(city: str) -> list[Version]:
    """Newest first."""
    rows = Listing.objects.filter(city=city).select_related("camera").order_by("-version")
    return [
        Version(
            number=row.version,
            code=row.camera.code,
            place=row.place,
            place_type=row.place_type,
            latitude=row.latitude,
            longitude=row.longitude,
            approved_by=row.approved_by,
            approved_on=row.approved_on,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


def as_of(city: str, number: int) -> list[Version]:
    """The whole register as it stood in one version, by code."""
    standing: dict[str, Version] = {}
    for version in reversed(of(city)):
        if version.number <= number:
            standing[version.code] = version
    return sorted(standing.values(), key=lambda each: each.code)

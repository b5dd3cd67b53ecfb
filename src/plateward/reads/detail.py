"""One read, whole, with its pictures. What shows any of it takes a permit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.plates.sighting import Character, Vehicle
from plateward.plates.text import PlateText
from plateward.policy.circumstances import Breadth
from plateward.policy.vocabulary import Act
from plateward.reads import pictures, shelves
from plateward.reads.models import Read


class NoSuchRead(LookupError):
    """There is none of that number in the cities the permit names, or it has expired."""


@dataclass(frozen=True, slots=True)
class Detail:
    """`box` is x, y, width, height in pixels of `photo`; `speed_kmh` only where policy keeps it."""

    id: int
    city: str
    plate: PlateText
    confidence: float | None
    characters: tuple[Character, ...]
    region: str
    seen_at: datetime
    received_at: datetime
    expires_at: datetime
    camera: str
    camera_title: str
    place: str
    latitude: float
    longitude: float
    vehicle: Vehicle
    direction: str
    speed_kmh: float | None
    box: tuple[int, int, int, int] | None
    photo: bytes | None
    crop: bytes | None


def one(read: int, *, permit: Permit) -> Detail:
    """Raise NoSuchRead for a read that is not there, not in the permit's cities, or expired."""
    permit.require(Act.READS_VIEW)
    row = (
        shelves.numbered([read], cities=permit.cities)
        .filter(expires_at__gt=timezone.now())
        .select_related("camera")
        .first()
    )
    permit.answered({row.city: 1} if row else {})
    if row is None:
        raise NoSuchRead(
            f"There is no read {read} in {', '.join(permit.cities)}: it may have been deleted on "
            "schedule. Search again to see what is there now."
        )
    return of_row(row, permit=permit)


def breadth_of(read: int) -> Breadth | None:
    """What opening this read would show, for the city's policy to judge, and for nothing else."""
    now = timezone.now()
    row = shelves.numbered([read]).filter(expires_at__gt=now).first()
    if row is None:
        return None
    return Breadth(
        plate=row.plate,
        known_characters=len(row.plate),
        camera=True,
        seen_from=row.seen_at,
        seen_to=row.seen_at,
        oldest=max(now - row.seen_at, timedelta()),
    )


def of_row(row: Read, *, permit: Permit) -> Detail:
    """All of a read that the permit's cities let go; for this room alone."""
    permit.require(Act.READS_VIEW, Act.EXPORTS_DOWNLOAD, Act.READS_HELD)
    photo = pictures.take("photo", rows=[row]).get(row.pk)
    crop = pictures.take("crop", rows=[row]).get(row.pk)
    return Detail(
        id=row.pk,
        city=row.city,
        plate=PlateText(row.plate),
        confidence=row.confidence,
        characters=row.as_read(),
        region=row.region,
        seen_at=row.seen_at,
        received_at=row.received_at,
        expires_at=row.expires_at,
        camera=row.camera.code,
        camera_title=row.camera.title,
        place=row.camera.place,
        latitude=row.latitude if row.latitude is not None else row.camera.latitude,
        longitude=row.longitude if row.longitude is not None else row.camera.longitude,
        vehicle=Vehicle(
            row.make or None,
            row.model or None,
            row.color or None,
            row.body_type or None,
            tuple(row.features or ()),
            tuple((row.vehicle_confidences or {}).items()),
        ),
        direction=row.direction,
        speed_kmh=row.speed_kmh,
        box=row.box,
        photo=photo,
        crop=crop,
    )

"""Store a sighting."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from plateward.plates.sighting import Sighting
from plateward.plates.text import fold
from plateward.reads import pictures
from plateward.reads.models import Read


@dataclass(frozen=True, slots=True)
class Keeping:
    """For whom a read is kept, since when and until when."""

    city: str
    camera: int
    received_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    read: int
    new: bool


def record(sighting: Sighting, keeping: Keeping) -> Recorded:
    """Store it with its pictures, or find that it is stored already. Call inside a transaction."""
    try:
        with transaction.atomic():
            read = _row(sighting, keeping)
            read.save(force_insert=True)
    except IntegrityError:
        stored = Read.objects.filter(
            camera_id=keeping.camera, source=sighting.source, event=sighting.event
        ).first()
        if stored is None:
            raise
        return Recorded(stored.pk, new=False)
    owner = pictures.Owner(keeping.city, read.pk, keeping.expires_at.date())
    for kind, jpeg in (("photo", sighting.photo), ("crop", sighting.crop)):
        if jpeg:
            pictures.put(kind, jpeg, owner=owner)
    return Recorded(read.pk, new=True)


def _row(sighting: Sighting, keeping: Keeping) -> Read:
    vehicle = sighting.vehicle
    latitude, longitude = sighting.place or (None, None)
    return Read(
        city=keeping.city,
        camera_id=keeping.camera,
        source=sighting.source,
        event=sighting.event,
        plate=sighting.plate,
        plate_folded=fold(sighting.plate),
        confidence=sighting.confidence,
        characters=[[c.text, c.confidence, list(c.alternatives)] for c in sighting.characters],
        region=sighting.region or "",
        seen_at=sighting.seen_at,
        received_at=keeping.received_at,
        expires_at=keeping.expires_at,
        box=sighting.box,
        make=vehicle.make or "",
        model=vehicle.model or "",
        color=vehicle.color or "",
        body_type=vehicle.body_type or "",
        features=list(vehicle.features),
        vehicle_confidences=dict(vehicle.confidences),
        direction=sighting.direction or "",
        speed_kmh=sighting.speed_kmh,
        latitude=latitude,
        longitude=longitude,
    )

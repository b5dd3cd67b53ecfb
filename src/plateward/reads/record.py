"""Store a sighting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from plateward.plates.sighting import Sighting
from plateward.plates.text import fold
from plateward.reads import pictures
from plateward.reads.models import Read

# What a later message under the same name may say better. Times and whose it is stay.
_REVISED: Final = (
    *("plate", "plate_folded", "confidence", "characters", "region", "box", "make", "model"),
    *("color", "body_type", "features", "vehicle_confidences", "direction", "speed_kmh"),
    *("provisional",),
)


@dataclass(frozen=True, slots=True)
class Keeping:
    """For whom a read is kept, since when and until when."""

    city: str
    camera: int
    received_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """`revised`: it was stored already, provisionally, and reads now as it was sent last."""

    read: int
    new: bool
    revised: bool = False


def record(sighting: Sighting, keeping: Keeping) -> Recorded:
    """Store it with its pictures, or find that it is stored already. Call inside a transaction.

    What is stored provisionally is revised by what comes under the same name, until that is final.
    When it was seen, and how long it is kept, stay as they were; so do the pictures it has.
    """
    try:
        with transaction.atomic():
            read = _row(sighting, keeping)
            read.save(force_insert=True)
    except IntegrityError:
        named = {"camera": keeping.camera, "source": sighting.source, "event": sighting.event}
        stored = Read.objects.select_for_update().filter(**named).first()
        if stored is None:
            raise
        if not stored.provisional:
            return Recorded(stored.pk, new=False)
        _revise(stored, _row(sighting, keeping))
        _put_pictures(stored, sighting, there=pictures.kinds(stored.pk))
        return Recorded(stored.pk, new=False, revised=True)
    _put_pictures(read, sighting, there=frozenset())
    return Recorded(read.pk, new=True)


def _revise(stored: Read, again: Read) -> None:
    for name in _REVISED:
        setattr(stored, name, getattr(again, name))
    stored.save(update_fields=_REVISED)


def _put_pictures(read: Read, sighting: Sighting, *, there: frozenset[str]) -> None:
    """Those it does not have yet; `there` are the kinds that it has."""
    owner = pictures.Owner(read.city, read.pk, read.expires_at.date())
    for kind, jpeg in (("photo", sighting.photo), ("crop", sighting.crop)):
        if jpeg and kind not in there:
            pictures.put(kind, jpeg, owner=owner)


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
        provisional=sighting.provisional,
    )

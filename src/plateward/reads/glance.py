"""A read at a glance: the plate, when and where. Every function here takes a permit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import pictures, shelves
from plateward.reads.models import Read

# Whoever works on an alert sees what raised it.
_ON_AN_ALERT: Final = (
    Act.ALERTS_OPEN,
    Act.ALERTS_VERIFY,
    Act.ALERTS_PASS_ON,
    Act.ALERTS_CLOSE,
    Act.ALERTS_SUPPRESS,
)


@dataclass(frozen=True, slots=True)
class Glance:
    """`region` and `vehicle` are as read, empty where the source or the policy leaves them out."""

    plate: PlateText
    region: str
    vehicle: str
    seen_at: datetime
    camera: str
    camera_title: str
    confidence: float | None
    crop: bytes | None


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole picture. `box`: x, y, width, height of the plate in its pixels."""

    photo: bytes | None
    box: tuple[int, int, int, int] | None


def at(reads: list[int], *, permit: Permit) -> dict[int, Glance]:
    """The live ones among these reads, by number, in the cities the permit names."""
    permit.require(Act.READS_SEARCH, Act.ALERTS_SEE, *_ON_AN_ALERT)
    rows = shelves.numbered(reads, cities=permit.cities)
    found = list(rows.filter(expires_at__gt=timezone.now()).select_related("camera"))
    crops = pictures.crops_of(found)
    return {row.pk: _glance(row, crops.get(row.pk)) for row in found}


def scene(read: int, *, permit: Permit) -> Scene:
    """The picture behind an alert that was opened; empty where none is kept."""
    permit.require(*_ON_AN_ALERT)
    rows = shelves.numbered([read], cities=permit.cities)
    row = rows.filter(expires_at__gt=timezone.now()).first()
    if row is None:
        return Scene(None, None)
    return Scene(pictures.take("photo", rows=[row]).get(row.pk), row.box)


def has_picture(read: int, *, permit: Permit) -> bool:
    """Whether there is anything to compare an entry with."""
    permit.require(*_ON_AN_ALERT)
    row = shelves.numbered([read], cities=permit.cities).first()
    return row is not None and bool(pictures.kinds(row))


def _vehicle(row: Read) -> str:
    """`blue Ford Focus hatchback`, as far as it is known."""
    return " ".join(word for word in (row.color, row.make, row.model, row.body_type) if word)


def _glance(row: Read, crop: bytes | None) -> Glance:
    return Glance(
        plate=PlateText(row.plate),
        region=row.region,
        vehicle=_vehicle(row),
        seen_at=row.seen_at,
        camera=row.camera.code,
        camera_title=row.camera.title,
        confidence=row.confidence,
        crop=crop,
    )

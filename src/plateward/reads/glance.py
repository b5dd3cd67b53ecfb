"""A read at a glance: the plate, when and where. Every function here takes a permit."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import pictures
from plateward.reads.models import Read


@dataclass(frozen=True, slots=True)
class Glance:
    plate: PlateText
    seen_at: datetime
    camera: str
    camera_title: str
    confidence: float | None
    crop: bytes | None


def at(reads: list[int], *, permit: Permit) -> dict[int, Glance]:
    """The live ones among these reads, by number, in the cities the permit names."""
    permit.require(Act.READS_SEARCH, Act.ALERTS_SEE)
    rows = Read.objects.filter(
        pk__in=reads, city__in=permit.cities, expires_at__gt=timezone.now()
    ).select_related("camera")
    found = list(rows)
    crops = pictures.crops_of(found)
    return {row.pk: _glance(row, crops.get(row.pk)) for row in found}


def _glance(row: Read, crop: bytes | None) -> Glance:
    return Glance(
        plate=PlateText(row.plate),
        seen_at=row.seen_at,
        camera=row.camera.code,
        camera_title=row.camera.title,
        confidence=row.confidence,
        crop=crop,
    )

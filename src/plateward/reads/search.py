"""Search the reads. Every function here takes a permit."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import pictures
from plateward.reads.models import Read
from plateward.reads.query import BadQuery, Match, Query

__all__ = ["BadQuery", "Found", "Query", "Results", "find"]

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One read that matches. `crop` is the JPEG of the plate, where one was kept."""

    id: int
    city: str
    plate: PlateText
    confidence: float | None
    seen_at: datetime
    camera: str
    camera_title: str
    crop: bytes | None
    matched: Match


@dataclass(frozen=True, slots=True)
class Results:
    """Newest first; `more` when the list was cut at MOST."""

    found: list[Found]
    more: bool


def find(query: Query, *, permit: Permit) -> Results:
    """The reads that match, in the cities the permit names, none of them past its expiry."""
    permit.require(Act.READS_SEARCH)
    rows = list(_matching(query, permit)[: MOST + 1])
    crops = pictures.crops_of(rows[:MOST])
    found = [_found(row, crops.get(row.pk), query.match) for row in rows[:MOST]]
    permit.answered(Counter(read.city for read in found))
    return Results(found, more=len(rows) > MOST)


def _matching(query: Query, permit: Permit) -> "QuerySet[Read]":
    rows = Read.objects.filter(city__in=permit.cities, expires_at__gt=timezone.now())
    match query.match:
        case "exact":
            rows = rows.filter(plate=query.plate)
        case "prefix":
            rows = rows.filter(plate__startswith=query.plate.removesuffix("*"))
        case "pattern":
            rows = rows.filter(plate__regex=_regex(query.plate))
        case "any":
            pass
    if query.since:
        rows = rows.filter(seen_at__gte=query.since)
    if query.until:
        rows = rows.filter(seen_at__lte=query.until)
    if query.camera:
        rows = rows.filter(camera__code=query.camera)
    return rows.select_related("camera").order_by("-seen_at", "-pk")


def _regex(pattern: str) -> str:
    return f"^{pattern.replace('?', '.').replace('*', '.*')}$"


def _found(row: Read, crop: bytes | None, matched: Match) -> Found:
    return Found(
        id=row.pk,
        city=row.city,
        plate=PlateText(row.plate),
        confidence=row.confidence,
        seen_at=row.seen_at,
        camera=row.camera.code,
        camera_title=row.camera.title,
        crop=crop,
        matched=matched,
    )

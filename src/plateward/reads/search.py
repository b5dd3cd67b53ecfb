"""Search the reads. Every function here takes a permit."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.plates.sighting import Vehicle
from plateward.plates.text import PlateText, fold
from plateward.policy.vocabulary import Act
from plateward.reads import opened, pictures, sealing
from plateward.reads.models import Known, Read
from plateward.reads.query import BadQuery, Mark, Match, Query

__all__ = ["BadQuery", "Found", "Query", "Results", "find"]

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One read that matches. `crop` is the JPEG of the plate, where one was kept.

    `how` says for a person in what way it matches, `matched` for a program; `latitude` and
    `longitude` are where it was seen, in degrees.
    """

    id: int
    city: str
    plate: PlateText
    confidence: float | None
    seen_at: datetime
    camera: str
    camera_title: str
    crop: bytes | None
    matched: Match
    how: str = ""
    latitude: float | None = None
    longitude: float | None = None
    vehicle: Vehicle = field(default_factory=Vehicle)
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """Newest first; `more` when the list was cut at MOST.

    `next`: what `Query.parse` takes as `page`, with the same question, for those after these; empty
    where there are none.
    """

    found: list[Found]
    more: bool
    next: str = ""


def find(query: Query, *, permit: Permit) -> Results:
    """The reads that match, in the cities the permit names, none of them past its expiry."""
    permit.require(Act.READS_SEARCH, Act.READS_HELD)
    rows = list(_matching(query, permit)[: MOST + 1])
    crops = pictures.crops_of(rows[:MOST])
    found = [_found(row, crops.get(row.pk), query.match) for row in rows[:MOST]]
    permit.answered(Counter(read.city for read in found))
    if len(rows) <= MOST:
        return Results(found, more=False)
    last = Mark(found[-1].seen_at, found[-1].id)
    return Results(found, more=True, next=query.page_after(last))


def _matching(query: Query, permit: Permit) -> "QuerySet[Read]":
    rows = Read.objects.filter(city__in=permit.cities, expires_at__gt=timezone.now())
    match query.match:
        case "exact":
            keys = [sealing.plate_key(city, query.plate) for city in permit.cities]
            rows = rows.filter(plate_key__in=keys)
        case "prefix" | "pattern" | "close":
            rows = rows.filter(plate_key__in=_keys(query, permit))
        case "any":
            pass
    if query.after:
        earlier = Q(seen_at=query.after.seen_at, pk__lt=query.after.id)
        rows = rows.filter(Q(seen_at__lt=query.after.seen_at) | earlier)
    rows = _narrowed(rows, query)
    return rows.select_related("camera").order_by("-seen_at", "-pk")


def _narrowed(rows: "QuerySet[Read]", query: Query) -> "QuerySet[Read]":
    """By time, camera, place and looks."""
    if query.since:
        rows = rows.filter(seen_at__gte=query.since)
    if query.until:
        rows = rows.filter(seen_at__lte=query.until)
    if query.cameras:
        rows = rows.filter(camera__code__in=query.cameras)
    for name, word in query.looks.asked().items():
        rows = rows.filter(**{f"{name}__iexact": word})
    if query.area:
        box = query.area.box
        rows = rows.annotate(
            up=Coalesce(F("latitude"), F("camera__latitude")),
            aside=Coalesce(F("longitude"), F("camera__longitude")),
        ).filter(up__range=(box.south, box.north), aside__range=(box.west, box.east))
    return rows


def _keys(query: Query, permit: Permit) -> list[int]:
    """The numbers of the known plates that match."""
    known = Known.objects.filter(city__in=permit.cities, until__gt=timezone.now())
    close, pattern = query.match == "close", re.compile(_regex(query.plate))
    return [
        row.plate_key
        for row in known
        for text in [opened.text(row)]
        if (fold(text) == fold(query.plate) if close else pattern.search(text))
    ]


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
        latitude=row.camera.latitude if row.latitude is None else row.latitude,
        longitude=row.camera.longitude if row.longitude is None else row.longitude,
        vehicle=Vehicle(
            row.make or None, row.model or None, row.color or None, row.body_type or None
        ),
        direction=row.direction,
    )

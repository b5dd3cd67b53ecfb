"""Search the reads. Every function here takes a permit."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Final

from django.utils import timezone

from plateward.cameras import register
from plateward.cameras.register import Registered
from plateward.gate.permit import Permit
from plateward.plates import matched as matching
from plateward.plates.known import Candidates, Dictionary
from plateward.plates.matched import Matched
from plateward.plates.sighting import Vehicle
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, newest, pictures, sealing
from plateward.reads.known import FOLLOWED
from plateward.reads.models import Read
from plateward.reads.query import BadQuery, Mark, Query

__all__ = ["BadQuery", "Found", "Query", "Results", "find"]

MOST: Final = 50
PLACE_AND_TIME: Final = "any"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """One read that matches. `crop` is the JPEG of the plate, where one was kept.

    `matched` is a `plates.matched.Way`, or "any" where no plate was asked for; `how` says it for a
    person. `latitude` and `longitude` are where it was seen, in degrees.
    """

    id: int
    city: str
    plate: PlateText
    confidence: float | None
    seen_at: datetime
    camera: str
    camera_title: str
    crop: bytes | None
    matched: str
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


@dataclass(frozen=True, slots=True)
class _Hit:
    row: Read
    matched: Matched | None


def find(query: Query, *, permit: Permit) -> Results:
    """The reads that match, in the cities the permit names, none of them past its expiry."""
    permit.require(Act.READS_SEARCH, Act.READS_HELD)
    rows = _newest(query, permit)
    hits = [hit for row in rows[:MOST] for hit in _verified(row, query)]
    crops = pictures.crops_of([hit.row for hit in hits])
    by_key = register.keyed({hit.row.camera_id for hit in hits})
    found = [_found(hit, crops.get(hit.row.pk), by_key[hit.row.camera_id]) for hit in hits]
    permit.answered(Counter(read.city for read in found))
    if len(rows) <= MOST:
        return Results(found, more=False)
    last = rows[MOST - 1]
    return Results(found, more=True, next=query.page_after(Mark(last.seen_at, last.pk)))


def _newest(query: Query, permit: Permit) -> list[Read]:
    """One more than a page shows, over all cities."""
    by_text = query.match in {"prefix", "pattern", "close"}
    known = FOLLOWED.of(permit.cities) if by_text else {}
    rows: list[Read] = []
    for city in permit.cities:
        close = query.match == "close"
        asked = newest.Asked(
            query,
            city,
            timezone.now(),
            MOST + 1,
            cache(partial(register.of_cities, [city])),
            plates=_plates(query, city, known),
            doubted=sealing.plate_key(city, query.plate) if close else None,
        )
        rows += newest.reads(asked)
    return sorted(rows, key=lambda row: (row.seen_at, row.pk), reverse=True)[: MOST + 1]


def _plates(query: Query, city: str, known: Mapping[str, Dictionary]) -> list[int] | None:
    """Numbers of the plates that match; None: any plate does."""
    match query.match:
        case "any":
            return None
        case "exact":
            return [sealing.plate_key(city, query.plate)]
        case "close":
            return _numbers(known[city].close(query.plate))
        case "prefix" | "pattern":
            return _numbers(known[city].fitting(query.plate))


def _numbers(found: Candidates) -> list[int]:
    numbers: list[int] = found.keys.tolist()
    return numbers


def _verified(row: Read, query: Query) -> list[_Hit]:
    """The row with how it matches; none where another plate has the same number by chance, or its
    time has ended this moment."""
    try:
        plate = row.plate
    except keyring.Gone:
        return []
    except sealing.NotOpened:
        _logger.error(  # noqa: TRY400  a trace adds nothing
            "Read %s does not open: its bytes were changed. It is left out of the results. Report "
            "this to the system's custodian.",
            row.pk,
        )
        return []
    if query.match == "any":
        return [_Hit(row, None)]
    if query.match == "close":
        said = matching.closely(plate, query.plate) or matching.doubted(plate, query.plate)
        return [_Hit(row, said)]
    told = matching.by_pattern(plate, query.plate)
    return [_Hit(row, told)] if told else []


def _found(hit: _Hit, crop: bytes | None, camera: Registered) -> Found:
    row, matched = hit.row, hit.matched
    return Found(
        id=row.pk,
        city=row.city,
        plate=PlateText(row.plate),
        confidence=row.confidence,
        seen_at=row.seen_at,
        camera=camera.code,
        camera_title=camera.title,
        crop=crop,
        matched=str(matched.way) if matched else PLACE_AND_TIME,
        how=matched.words if matched else "place and time",
        latitude=camera.latitude if row.latitude is None else row.latitude,
        longitude=camera.longitude if row.longitude is None else row.longitude,
        vehicle=Vehicle(
            row.make or None, row.model or None, row.color or None, row.body_type or None
        ),
        direction=row.direction,
    )

"""Search the reads. Every function here takes a permit."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Final

from django.utils import timezone

from plateward.cameras import register
from plateward.gate.permit import Permit
from plateward.plates import matched as matching
from plateward.plates.known import Candidates, Dictionary
from plateward.plates.matched import Matched
from plateward.plates.sighting import Vehicle
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, newest, pictures, sealing
from plateward.reads.known import FOLLOWED
from plateward.reads.models import bound
from plateward.reads.newest import Row
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
    row: Row
    plate: str
    confidence: float | None
    matched: Matched | None


def find(query: Query, *, permit: Permit) -> Results:
    """The reads that match, in the cities the permit names, none of them past its expiry."""
    permit.require(Act.READS_SEARCH, Act.READS_HELD)
    rows = _newest(query, permit)
    hits = list(_verified(rows[:MOST], query))
    shown = [hit.row for hit in hits]
    crops = pictures.opened(
        "crop", [(row.pk, row.city, row.expires_at, row.crop) for row in shown if row.crop]
    )
    found = [_found(hit, crops.get(hit.row.pk)) for hit in hits]
    permit.answered(Counter(read.city for read in found))
    if len(rows) <= MOST:
        return Results(found, more=False)
    last = rows[MOST - 1]
    return Results(found, more=True, next=query.page_after(Mark(last.seen_at, last.pk)))


def _newest(query: Query, permit: Permit) -> list[Row]:
    """One more than a page shows, over all cities."""
    by_text = query.match in {"prefix", "pattern", "close"}
    known = FOLLOWED.of(permit.cities) if by_text else {}
    rows: list[Row] = []
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


def _verified(rows: Sequence[Row], query: Query) -> Iterator[_Hit]:
    """The rows with how they match; without those where another plate has the same number by
    chance, or whose time has ended this moment."""
    for row, clear in _opened(rows):
        plate, confidence = sealing.head(clear)
        if query.match == "any":
            yield _Hit(row, plate, confidence, None)
        elif told := _matched(plate, query):
            yield _Hit(row, plate, confidence, told)


def _matched(plate: str, query: Query) -> Matched | None:
    if query.match == "close":
        return matching.closely(plate, query.plate) or matching.doubted(plate, query.plate)
    return matching.by_pattern(plate, query.plate)


def _opened(rows: Sequence[Row]) -> Iterator[tuple[Row, bytes]]:
    keys = keyring.kept_of((row.city, row.expires_at) for row in rows)
    for row in rows:
        key = keys.get((row.city, keyring.last_of(row.expires_at)))
        if key is None:
            continue
        try:
            yield row, sealing.unseal(row.sealed, key, bound=bound(row.city, row.pk))
        except sealing.NotOpened:
            _logger.error(  # noqa: TRY400  a trace adds nothing
                "Read %s does not open: its bytes were changed. It is left out of the results. "
                "Report this to the system's custodian.",
                row.pk,
            )


def _found(hit: _Hit, crop: bytes | None) -> Found:
    row, matched = hit.row, hit.matched
    return Found(
        id=row.pk,
        city=row.city,
        plate=PlateText(hit.plate),
        confidence=hit.confidence,
        seen_at=row.seen_at,
        camera=row.camera_code,
        camera_title=row.camera_title,
        crop=crop,
        matched=str(matched.way) if matched else PLACE_AND_TIME,
        how=matched.words if matched else "place and time",
        latitude=row.camera_latitude if row.latitude is None else row.latitude,
        longitude=row.camera_longitude if row.longitude is None else row.longitude,
        vehicle=Vehicle(
            row.make or None, row.model or None, row.color or None, row.body_type or None
        ),
        direction=row.direction,
    )

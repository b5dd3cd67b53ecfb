"""What the reads of a span say, for an entry that is looked for from now on. Takes a permit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act
from plateward.reads import opened, sealing
from plateward.reads.models import Read

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Spelled:
    """A read, as far as comparing it needs to know it."""

    read: int
    city: str
    plate: PlateText
    region: str
    characters: tuple[Character, ...]


def plates(*, since: datetime, until: datetime, permit: Permit) -> list[str]:
    """Every plate that was read then in the permit's cities, each once."""
    permit.require(Act.READS_SEARCH)
    seen = _between(since, until, permit).values_list("city", "plate_key")
    of_city: dict[str, list[int]] = {}
    for city, key in seen.distinct().order_by():
        of_city.setdefault(city, []).append(key)
    return sorted({text for city, keys in of_city.items() for text in opened.texts(city, keys)})


def of_plates(
    wanted: Collection[str], *, since: datetime, until: datetime, permit: Permit
) -> list[Spelled]:
    """The reads of these plates, newest first, at most MOST."""
    permit.require(Act.READS_SEARCH)
    keys = [sealing.plate_key(city, plate) for city in permit.cities for plate in wanted]
    rows = _between(since, until, permit).filter(plate_key__in=keys)
    return [
        Spelled(
            read=row.pk,
            city=row.city,
            plate=PlateText(row.plate),
            region=row.region,
            characters=row.as_read(),
        )
        for row in rows.order_by("-seen_at", "-pk")[:MOST]
    ]


def _between(since: datetime, until: datetime, permit: Permit) -> "QuerySet[Read]":
    where = Q(pk__in=[])
    for city in permit.cities:
        where |= Q(city=city, expires_at__gt=timezone.now())
    return Read.objects.filter(where, seen_at__gte=since, seen_at__lte=until)

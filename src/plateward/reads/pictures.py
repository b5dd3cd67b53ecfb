"""Seal and open pictures: AES-256-GCM under the key of the minute in which their read ends."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.db.models import Q, QuerySet

from plateward.reads import keyring, prepared, sealing, shelves
from plateward.reads.models import Picture

_logger = logging.getLogger(__name__)
Sealed = tuple[int, str, datetime, bytes | memoryview]
"""Read, city, end and bytes of a picture."""
_CROP_OF: Final = """
SELECT p.sealed FROM reads_picture p
WHERE p.city = {city} AND p.expires_at = {read}.expires_at AND p.read_id = {read}.id
  AND p.kind = 'crop' AND p.expires_at >= %s AND p.expires_at < %s LIMIT 1"""
_OF_THESE: Final = """
SELECT p.read_id, p.expires_at, p.sealed
FROM unnest(%s::bigint[], %s::timestamptz[]) AS r (id, expires_at) CROSS JOIN LATERAL (
    SELECT * FROM reads_picture p
    WHERE p.city = {city} AND p.expires_at = r.expires_at AND p.read_id = r.id AND p.kind = %s
    OFFSET 0  -- one by one: joined, all pictures of all shelves would be gone through
) AS p"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose picture it is; sealed in as associated data, so a picture cannot change reads."""

    city: str
    camera: int
    read: int
    expires_at: datetime


class Kept(Protocol):
    """A read, as far as its pictures are found by it."""

    @property
    def pk(self) -> int: ...
    @property
    def city(self) -> str: ...
    @property
    def expires_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Open:
    """A JPEG that is to be sealed."""

    kind: str
    jpeg: bytes
    owner: Owner


def put(pictures: Sequence[Open]) -> None:
    """Seal them, each under the key of its city and the minute in which its read ends."""
    ends: dict[str, set[datetime]] = {}
    for each in pictures:
        ends.setdefault(each.owner.city, set()).add(each.owner.expires_at)
    keys = {city: keyring.keys(city, of_city) for city, of_city in ends.items()}
    Picture.objects.bulk_create(
        Picture(
            read_id=each.owner.read,
            shard=shelves.shard(each.owner.city, each.owner.camera),
            city=each.owner.city,
            expires_at=each.owner.expires_at,
            kind=each.kind,
            sealed=sealing.seal(
                each.jpeg,
                keys[each.owner.city][keyring.last_of(each.owner.expires_at)],
                bound=_bound(each.owner.city, each.owner.read, each.kind),
            ),
        )
        for each in pictures
    )


def kinds(row: Kept) -> frozenset[str]:
    """Which pictures the read has."""
    return frozenset(_of([row]).values_list("kind", flat=True))


def take(kind: str, *, rows: Collection[Kept]) -> dict[int, bytes]:
    """The pictures of these reads, by read. One that is missing or does not open is left out.

    A picture that does not open is an alarm for the custodian, not a reason to hide the read.
    """
    return opened(kind, sealed(kind, rows))


def opened(kind: str, pictures: Collection[Sealed]) -> dict[int, bytes]:
    """The same of pictures that were looked for already."""
    keys = keyring.kept_of((city, end) for _, city, end, _ in pictures)
    clear: dict[int, bytes] = {}
    for read, city, expires_at, its in pictures:
        key = keys.get((city, keyring.last_of(expires_at)))
        if key is None:
            _logger.error("The %s of read %s is lost: its key is gone.", kind, read)
            continue
        try:
            clear[read] = sealing.unseal(bytes(its), key, bound=_bound(city, read, kind))
        except sealing.NotOpened:
            _logger.error(  # noqa: TRY400  the message says all; a trace adds nothing
                "The %s of read %s does not open: its bytes were changed or belong to another "
                "read. The read itself is unharmed. Report this to the system's custodian.",
                *(kind, read),
            )
    return clear


def crops_of(rows: Iterable[Kept]) -> dict[int, bytes]:
    """The plate crops of these reads, by read, whichever cities they belong to."""
    return take("crop", rows=list(rows))


def crop_of(read: str, city: str) -> str:
    """What finds the sealed crop of a row of that name, within a statement about reads.

    Two values: from when, and until before when, such reads end.
    """
    return _CROP_OF.format(city=prepared.named(city), read=read)


def sealed(kind: str, rows: Collection[Kept]) -> list[Sealed]:
    """Read, city, end and bytes of each picture, every read's looked for on its own shelf."""
    if prepared.is_cluster():
        pictures = _of(rows).filter(kind=kind) if rows else Picture.objects.none()
        return list(pictures.values_list("read_id", "city", "expires_at", "sealed"))
    found: list[Sealed] = []
    for city in sorted({row.city for row in rows}):
        of_city = [row for row in rows if row.city == city]
        text = _OF_THESE.format(city=prepared.named(city))
        asked = [[row.pk for row in of_city], [row.expires_at for row in of_city], kind]
        found += [(read, city, end, its) for read, end, its in prepared.rows(text, asked)]
    return found


def _of(rows: Collection[Kept]) -> "QuerySet[Picture]":
    """Asking only the shelves that these reads lie on."""
    where, cities = Q(pk__in=[]), {row.city for row in rows}
    for city in sorted(cities):
        ends = [row.expires_at for row in rows if row.city == city]
        where |= Q(city=city, expires_at__gte=min(ends), expires_at__lte=max(ends))
    return Picture.objects.filter(where, read_id__in=[row.pk for row in rows])


def _bound(city: str, read: int, kind: str) -> str:
    return f"plateward picture 1|{city}|{read}|{kind}"

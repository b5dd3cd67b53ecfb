"""Delete what has expired: its rows, its pictures, its plates and the keys of all of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connections, transaction
from psycopg import sql

from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, shelves
from plateward.reads.models import GoneCount, Known, Name, Read, Shelf

BATCH: Final = 50_000
_PATIENCE: Final = "3s"  # for readers of a shelf that is to be dropped; then the next round tries
_DIGEST: Final = (
    "encode(sha256(coalesce(string_agg(int8send(id), ''::bytea ORDER BY id), '')), 'hex')"
)
# Counted, hashed and deleted where it lies: a read costs a few microseconds.
_DUE: Final = f"""
WITH gone AS (
    DELETE FROM reads_read WHERE city = %(city)s AND expires_at <= %(before)s AND id IN (
        SELECT id FROM reads_read WHERE city = %(city)s AND expires_at <= %(before)s
        ORDER BY expires_at LIMIT %(most)s
    ) RETURNING id, seen_at, expires_at
), pictures AS (
    DELETE FROM reads_picture WHERE city = %(city)s AND expires_at <= %(before)s
        AND read_id IN (SELECT id FROM gone)
    RETURNING 1
), counted AS (
    INSERT INTO reads_gonecount (city, seen_on, gone_at, reads)
    SELECT %(city)s, (seen_at AT TIME ZONE 'UTC')::date, %(now)s, count(*) FROM gone GROUP BY 2
)
SELECT count(*), min(expires_at), max(expires_at), {_DIGEST}, (SELECT count(*) FROM pictures)
FROM gone
"""  # noqa: S608 -- an expression of our own
_DAYS_OF: Final = """
SELECT (seen_at AT TIME ZONE 'UTC')::date, count(*), min(expires_at), max(expires_at)
FROM {} GROUP BY 1
"""
_DIGEST_OF: Final = f"SELECT {_DIGEST} FROM {{}}"  # noqa: S608 -- the same; its index is in order


@dataclass(frozen=True, slots=True)
class Purged:
    """What went at once. `digest`: SHA-256 over the ids in order, each as eight bytes.

    `ended_from` to `ended_until`: when their time was over; `lateness_seconds`: how long after that
    the oldest of them was still there. `keys`: destroyed with them. `shelf`: dropped as a whole.
    """

    reads: int
    pictures: int = 0
    keys: int = 0
    lateness_seconds: int = 0
    ended_from: datetime | None = None
    ended_until: datetime | None = None
    digest: str = hashlib.sha256().hexdigest()
    shelf: str = ""


def due(city: str, *, now: datetime) -> bool:
    """Is there anything to delete? Asks no permit: it names no plate and reads none out."""
    before = keyring.over_at(now)
    if Read.objects.filter(city=city, expires_at__lte=before).exists():
        return True
    return bool(shelves.over(city, now=now)) or _known_until(city, before).exists()


@transaction.atomic
def shelf(shelf: Shelf, *, now: datetime, permit: Permit) -> Purged:
    """Drop a shelf that is over, with all that is left on it: two tables, as files.

    Raise django.db.OperationalError where somebody reads from it for longer than three seconds.
    """
    permit.require(Act.READS_PURGED)
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        read, picture = shelves.tables(shelf)
        # Nobody else deletes from it, so that the count and the digest are of the same reads.
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(read).as_string()
        )
        cursor.execute(sql.SQL(_DAYS_OF).format(read).as_string())
        days = cursor.fetchall()
        cursor.execute(sql.SQL(_DIGEST_OF).format(read).as_string())
        (digest,) = cursor.fetchone()
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(picture).as_string())
        pictures = int(cursor.fetchone()[0])
        shelves.drop(shelf)
        cursor.execute("SET LOCAL lock_timeout = 0")
    GoneCount.objects.bulk_create(
        GoneCount(city=shelf.city, seen_on=day, gone_at=now, reads=reads)
        for day, reads, _, _ in days
    )
    first = min((began for _, _, began, _ in days), default=None)
    return Purged(
        reads=sum(reads for _, reads, _, _ in days),
        pictures=pictures,
        keys=_rest(shelf.city, keyring.over_at(min(shelf.ends_at, now))),
        lateness_seconds=_late(first, now),
        ended_from=first,
        ended_until=max((ended for _, _, _, ended in days), default=None),
        digest=digest,
        shelf=shelf.name,
    )


@transaction.atomic
def expired(city: str, *, now: datetime, permit: Permit) -> Purged:
    """Delete the reads of a city whose half minute is over, at most BATCH of them.

    With the last of them go their plates from the dictionary, and the keys.
    """
    permit.require(Act.READS_PURGED)
    before = keyring.over_at(now)
    asked: dict[str, Any] = {"city": city, "before": before, "now": now, "most": BATCH}
    with connections["default"].cursor() as cursor:
        cursor.execute(_DUE, asked)
        reads, first, last, digest, pictures = cursor.fetchone()
    return Purged(
        reads=reads,
        pictures=pictures,
        keys=_rest(city, before) if reads < BATCH else 0,
        lateness_seconds=_late(first, now),
        ended_from=first,
        ended_until=last,
        digest=digest,
    )


def names(*, now: datetime) -> None:
    """Forget what sources called sightings, once they are unlikely to send them again."""
    Name.objects.filter(until__lt=now.astimezone(UTC).date()).delete()


def digest_of(ids: Sequence[int]) -> str:
    """As a certificate has it: SHA-256, hexadecimal, over the ids in order, eight bytes each."""
    return hashlib.sha256(b"".join(each.to_bytes(8) for each in sorted(ids))).hexdigest()


def _rest(city: str, before: datetime) -> int:
    """Plates that no read has any more, then the keys; how many keys."""
    _known_until(city, before).delete()
    return keyring.destroy(city, before)


def _known_until(city: str, before: datetime) -> Any:
    return Known.objects.filter(city=city, until__lte=before)


def _late(first: datetime | None, now: datetime) -> int:
    return int((now - first) / timedelta(seconds=1)) if first else 0

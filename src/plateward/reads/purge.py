"""Delete what has expired, with its pictures and, once a day is over, the day's key."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act
from plateward.reads.models import DayKey, GoneCount, Picture, Read

BATCH: Final = 5000


@dataclass(frozen=True, slots=True)
class Purged:
    """`lateness_seconds`: how long after its expiry the oldest of them was still there."""

    reads: int
    keys: int
    lateness_seconds: int


def due(city: str, *, now: datetime) -> bool:
    """Is there anything to delete? Asks no permit: it names no plate and reads none out."""
    if Read.objects.filter(city=city, expires_at__lte=now).exists():
        return True
    return _dead_keys(city, now.date()).exists()


@transaction.atomic
def expired(city: str, *, now: datetime, permit: Permit) -> Purged:
    """Delete the reads of a city whose time is up, at most BATCH of them."""
    permit.require(Act.READS_PURGED)
    rows = list(
        Read.objects.select_for_update(skip_locked=True)
        .filter(city=city, expires_at__lte=now)
        .order_by("expires_at")
        .values_list("pk", "seen_at", "expires_at")[:BATCH]
    )
    Picture.objects.filter(read_id__in=[pk for pk, _, _ in rows]).delete()
    Read.objects.filter(pk__in=[pk for pk, _, _ in rows]).delete()
    _count_gone(city, Counter(seen_at.date() for _, seen_at, _ in rows), now)
    keys, _ = _dead_keys(city, now.date()).delete()
    late = max((now - expires_at for _, _, expires_at in rows), default=now - now)
    return Purged(len(rows), keys, int(late.total_seconds()))


def _count_gone(city: str, days: Counter[date], now: datetime) -> None:
    GoneCount.objects.bulk_create(
        GoneCount(city=city, seen_on=day, gone_at=now, reads=n) for day, n in days.items()
    )


def _dead_keys(city: str, today: date) -> "QuerySet[DayKey]":
    return DayKey.objects.filter(city=city, day__lt=today).exclude(
        day__in=Picture.objects.filter(read__city=city).values("key_day")
    )

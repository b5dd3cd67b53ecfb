"""Suppress alerts on a wrong entry, or on a plate that cameras keep misreading. It ends by itself.

A suppressed hit raises no alert and tells nobody. It is counted in the log, without its plate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.hotlists.models import Alert, Quiet, Suppression, Wanted
from plateward.plates.text import LONGEST, PlateText, normalise
from plateward.policy.vocabulary import Act
from plateward.reads import counts, glance

LONGEST_FOR: Final = timedelta(days=366)
LONGEST_WORDS: Final = 300
SUPPRESSED: Final = "suppressed"  # the outcome in the log
_KEPT_AFTER_END: Final = timedelta(days=30)


class Scope(StrEnum):
    """What is suppressed: the entry, whatever is read; or the plate as read, whatever list."""

    ENTRY = "entry"
    READ = "read"


class Why(StrEnum):
    WRONG_ENTRY = "wrong_entry"
    MISREAD = "misread"
    RESIDENT = "resident"
    OTHER = "other"


WHY: Final[Mapping[Why, str]] = MappingProxyType(
    {
        Why.WRONG_ENTRY: "The entry is wrong or out of date",
        Why.MISREAD: "Cameras misread this plate again and again",
        Why.RESIDENT: "A resident was stopped or flagged in error",
        Why.OTHER: "Something else",
    }
)


class NotSuppressed(ValueError):
    """Nothing was changed; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`words` say it so that an auditor can follow. `camera`: its code, empty for all."""

    why: Why
    words: str
    ends_at: datetime
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """`hotlist` is empty where a plate is suppressed as it is read. `hits`: kept quiet so far."""

    id: int
    city: str
    plate: PlateText
    hotlist: str
    camera: str
    why: str
    words: str
    by: str
    begins_at: datetime
    ends_at: datetime
    hits: int


@transaction.atomic
def of_alert(alert: int, scope: Scope, asked: Asked, *, permit: Permit, now: datetime) -> None:
    """Suppress what raised this alert. Raise NotSuppressed."""
    permit.require(Act.ALERTS_SUPPRESS)
    row = (
        Alert.objects.filter(pk=alert, city__in=permit.cities, expires_at__gt=now)
        .select_related("wanted__hotlist")
        .values_list("city", "wanted__hotlist", "wanted__plate", "read_id")
        .first()
    )
    seen = glance.at([row[3]], permit=permit) if row else {}
    if row is None or not seen:
        raise NotSuppressed(
            "That alert is not there any more: it is deleted with its read, on schedule. Nothing "
            "was suppressed. Suppress the plate by hand if it is known."
        )
    city, hotlist, listed, number = row
    read = seen[number].plate
    of_entry = scope is Scope.ENTRY
    kept = Suppression(
        city=city, hotlist_id=hotlist if of_entry else None, plate=listed if of_entry else read
    )
    _store(kept, asked, permit, now)


@transaction.atomic
def of_plate(city: str, plate: str, asked: Asked, *, permit: Permit, now: datetime) -> None:
    """Suppress a plate as cameras read it, on every list of the city. Raise NotSuppressed."""
    permit.require(Act.ALERTS_SUPPRESS)
    tidy = normalise(plate)
    if city not in permit.cities or not tidy or len(tidy) > LONGEST:
        raise NotSuppressed(f"A plate has 1 to {LONGEST} letters and digits. Nothing was changed.")
    _store(Suppression(city=city, plate=tidy), asked, permit, now)


def _store(kept: Suppression, asked: Asked, permit: Permit, now: datetime) -> None:
    words = " ".join(asked.words.split())[:LONGEST_WORDS]
    if not words:
        raise NotSuppressed("Say why in a few words. Nothing was suppressed.")
    if not now < asked.ends_at <= now + LONGEST_FOR:
        raise NotSuppressed(
            f"Choose an end between now and {LONGEST_FOR.days} days from now. Nothing was "
            "suppressed."
        )
    kept.reason, kept.words, kept.camera = asked.why, words, asked.camera
    kept.begins_at, kept.ends_at, kept.by = now, asked.ends_at, permit.actor
    kept.save(force_insert=True)
    _log(kept, "done", permit)


@transaction.atomic
def lift(suppression: int, *, permit: Permit, now: datetime) -> None:
    """End one before its time. Raise NotSuppressed where it has ended already."""
    permit.require(Act.ALERTS_SUPPRESS)
    row = _in_force(permit.cities, now).select_for_update().filter(pk=suppression).first()
    if row is None:
        raise NotSuppressed("That suppression has ended already. Nothing was changed.")
    row.ends_at = max(now, row.begins_at + timedelta(microseconds=1))
    row.save()
    _log(row, "undone", permit)


def now_in_force(*, permit: Permit, now: datetime) -> list[Suppressed]:
    """Those of the permit's cities, the next to end first."""
    permit.require(Act.ALERTS_SEE, Act.ALERTS_SUPPRESS)
    rows = _in_force(permit.cities, now).select_related("hotlist").order_by("ends_at", "pk")
    quiet = dict(
        Quiet.objects.filter(suppression__in=rows)
        .values_list("suppression")
        .annotate(hits=Count("pk"))
    )
    found = [_told(row, quiet.get(row.pk, 0)) for row in rows]
    permit.answered({city: sum(each.city == city for each in found) for city in permit.cities})
    return found


def quiet(
    entries: Sequence[Wanted], *, city: str, read: int, plate: str, until: datetime, now: datetime
) -> set[int]:
    """Those of the entries, by number, that may raise nothing for a read; counted once a read.

    `until`: when the read ends.
    """
    rows = list(
        _in_force([city], now).filter(
            Q(hotlist=None, plate=plate)
            | Q(
                hotlist__in={entry.hotlist_id for entry in entries},
                plate__in={entry.plate for entry in entries},
            )
        )
    )
    if any(row.camera for row in rows):
        here = counts.camera_of(read)
        rows = [row for row in rows if row.camera in {"", here}]
    kept: set[int] = set()
    for entry in entries:
        row = next((row for row in rows if _covers(row, entry)), None)
        if row is not None:
            kept.add(entry.pk)
            _count(row, entry, read, until)
    return kept


def forget_ended(*, now: datetime) -> None:
    """Nobody needs the plate of a suppression that is long over."""
    Suppression.objects.filter(ends_at__lte=now - _KEPT_AFTER_END).delete()


def _in_force(cities: Sequence[str], now: datetime) -> "QuerySet[Suppression]":
    return Suppression.objects.filter(city__in=cities, begins_at__lte=now, ends_at__gt=now)


def _covers(row: Suppression, entry: Wanted) -> bool:
    if row.hotlist_id is None:
        return True
    return (row.hotlist_id, row.plate) == (entry.hotlist_id, entry.plate)


def _count(row: Suppression, entry: Wanted, read: int, until: datetime) -> None:
    _quiet, new = Quiet.objects.get_or_create(
        suppression=row, read_id=read, defaults={"expires_at": until}
    )
    if new:
        log.append(
            actor="house",
            act=Act.ALERT_RAISED,
            outcome=SUPPRESSED,
            city=row.city,
            facts={
                "hotlist": entry.hotlist.name,
                "category": entry.hotlist.category,
                "suppression": row.pk,
            },
        )


def _log(row: Suppression, outcome: str, permit: Permit) -> None:
    log.append(
        actor=permit.actor,
        act=Act.ALERTS_SUPPRESS,
        outcome=outcome,
        city=row.city,
        facts={
            "suppression": row.pk,
            "scope": Scope.READ if row.hotlist_id is None else Scope.ENTRY,
            "hotlist": row.hotlist.name if row.hotlist else "",
            "camera": row.camera,
            "reason": row.reason,
            "until": row.ends_at.isoformat(),
            "asked": permit.entries[row.city],
        },
        private={"plate": row.plate, "why": row.words},
    )


def _told(row: Suppression, hits: int) -> Suppressed:
    return Suppressed(
        id=row.pk,
        city=row.city,
        plate=PlateText(row.plate),
        hotlist=row.hotlist.name if row.hotlist else "",
        camera=row.camera,
        why=WHY[Why(row.reason)],
        words=row.words,
        by=row.by,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        hits=hits,
    )

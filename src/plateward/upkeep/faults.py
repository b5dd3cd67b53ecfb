"""What does not work: opened when it is discovered, closed when it is put right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Min

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.notices import word
from plateward.notices.word import Event, Word
from plateward.policy.vocabulary import Act
from plateward.upkeep.models import Fault as Row

OPENED: Final = "upkeep:fault:open"
CLOSED: Final = "upkeep:fault:close"
ACTS: Final = (Act.CAMERAS_MONITOR, Act.CAMERAS_MAINTAIN, Act.ATTEST)
LONGEST: Final = 500


class NotRecorded(ValueError):
    """Nothing was changed; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody saw. `not_working_from` None: it works, but badly."""

    what: str
    trouble: str
    discovered_at: datetime
    not_working_from: datetime | None = None
    not_working_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault on record; `closed_at` None while it is open."""

    id: int
    city: str
    what: str
    trouble: str
    discovered_at: datetime
    not_working_from: datetime | None
    not_working_to: datetime | None
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    correction: str


def open_one(trouble: Trouble, *, by: str, permit: Permit, now: datetime) -> int:
    """Put a fault on record for the one city of the permit; return its number."""
    permit.require(*ACTS)
    _check(trouble, now)
    (city,) = permit.cities
    with transaction.atomic():
        row = Row.objects.create(
            city=city,
            what=trouble.what.strip(),
            trouble=trouble.trouble.strip(),
            discovered_at=trouble.discovered_at,
            not_working_from=trouble.not_working_from,
            not_working_to=trouble.not_working_to,
            opened_by=by,
        )
        log.append(
            actor=by,
            act=OPENED,
            outcome="done",
            city=city,
            facts={"fault": row.pk, "asked": permit.entries[city], **_times(row)},
            private={"what": row.what, "trouble": row.trouble},
        )
        word.tell(_word(Event.FAULT_OPENED, row))
    return row.pk


def close(
    fault: int,
    correction: str,
    *,
    working_since: datetime | None,
    by: str,
    permit: Permit,
    now: datetime,
) -> None:
    """Say how a fault was put right, and since when it works. A closed one stays as it is."""
    permit.require(*ACTS)
    (city,) = permit.cities
    if not correction.strip():
        raise NotRecorded("Say how it was put right. Nothing was changed.")
    with transaction.atomic():
        row = Row.objects.select_for_update().filter(pk=fault, city=city).first()
        if row is None or row.closed_at is not None:
            raise NotRecorded("There is no open fault of that number here. Nothing was changed.")
        row.not_working_to = _end(row, working_since, now)
        row.closed_at, row.closed_by, row.correction = now, by, correction.strip()
        row.save()
        log.append(
            actor=by,
            act=CLOSED,
            outcome="done",
            city=city,
            facts={"fault": row.pk, "asked": permit.entries[city], **_times(row)},
            private={"correction": row.correction},
        )
        word.tell(_word(Event.FAULT_CLOSED, row))


def of(city: str, *, limit: int = 50) -> list[Fault]:
    """Open ones first, then newest first."""
    rows = Row.objects.filter(city=city).order_by("-discovered_at")[:limit]
    return sorted((_value(row) for row in rows), key=lambda fault: fault.closed_at is not None)


def still_open(city: str) -> list[Fault]:
    return [_value(row) for row in Row.objects.filter(city=city, closed_at=None).order_by("pk")]


def oldest_open(city: str, *, about: str = "") -> datetime | None:
    """When the oldest that is open was discovered; `about`: of those that begin so alone."""
    rows = Row.objects.filter(city=city, closed_at=None, what__startswith=about)
    oldest: datetime | None = rows.aggregate(at=Min("discovered_at"))["at"]
    return oldest


def count_open(city: str, *, about: str) -> int:
    return Row.objects.filter(city=city, closed_at=None, what__startswith=about).count()


def _end(row: Row, working_since: datetime | None, now: datetime) -> datetime | None:
    """When the outage ended; None for what never stopped working."""
    if row.not_working_from is None:
        return None
    end = working_since or row.not_working_to or now
    if not row.not_working_from <= end <= now:
        raise NotRecorded(
            "It cannot work again before it stopped, or later than now. Nothing was changed."
        )
    return end


def _check(trouble: Trouble, now: datetime) -> None:
    if not trouble.what.strip() or not trouble.trouble.strip():
        raise NotRecorded("Say what does not work, and what is wrong. Nothing was recorded.")
    if max(len(trouble.what), len(trouble.trouble)) > LONGEST:
        raise NotRecorded(f"Keep each answer under {LONGEST} characters. Nothing was recorded.")
    start, end = trouble.not_working_from, trouble.not_working_to
    if end is not None and (start is None or end < start):
        raise NotRecorded("An outage ends after it begins. Nothing was recorded.")
    if any(moment is not None and moment > now for moment in (trouble.discovered_at, start, end)):
        raise NotRecorded("A time is still to come. Nothing was recorded.")


def _word(event: Event, row: Row) -> Word:
    """Its number alone: what does not work may name a person or a place, and is on the page."""
    key = f"{event}:{row.pk}"
    return Word(event, row.city, key, f"/duties/{row.city}/faults/", {"fault": str(row.pk)})


def _times(row: Row) -> dict[str, str | None]:
    """The three times the texts ask for, as the log writes them."""
    return {
        "discovered_at": row.discovered_at.isoformat(),
        "not_working_from": row.not_working_from.isoformat() if row.not_working_from else None,
        "not_working_to": row.not_working_to.isoformat() if row.not_working_to else None,
    }


def _value(row: Row) -> Fault:
    return Fault(
        id=row.pk,
        city=row.city,
        what=row.what,
        trouble=row.trouble,
        discovered_at=row.discovered_at,
        not_working_from=row.not_working_from,
        not_working_to=row.not_working_to,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        correction=row.correction,
    )

"""Access requests: an agency asks a city to open a part of its reads, and the city answers.

Where the city names a role that grants, nothing opens until one of them has granted it. Where it
names none, a request stands open once it is on record: for DAYS_ON_RECORD days, counted for the
city's own officers to see.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db import transaction
from django.db.models import Q

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.gate.models import AccessRequest
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.plates.text import LONGEST, fold, normalise
from plateward.policy import in_force
from plateward.policy.circumstances import OpenRequest
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

DAYS_ON_RECORD: Final = 7
MOST_DAYS: Final = 30
MOST_PLATES: Final = 10
_LETTER: Final = "R-"

State = Literal["waiting", "open", "refused", "ended", "closed"]


class WrongRequest(ValueError):
    """It cannot be recorded as it stands. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoSuchRequest(LookupError):
    """There is none of that reference in the permit's cities, or not one this can be done to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an agency asks for: named plates, or whatever passed in a span of time, or both."""

    purpose: str
    case_number: str
    why: str
    plates: tuple[str, ...] = ()
    seen_from: datetime | None = None
    seen_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One request as a list shows it: how many plates, and not which."""

    reference: str
    city: str
    agency: str
    asked_by: str
    asked_at: datetime
    purpose: str
    case_number: str
    plates: int
    seen_from: datetime | None
    seen_to: datetime | None
    state: State
    ends_on: date | None
    answer: str


@dataclass(frozen=True, slots=True)
class Whole:
    """One request with what it names, for whoever is to answer it."""

    line: Line
    why: str
    plates: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Counts:
    asked: int
    granted: int
    refused: int
    waiting: int
    open_now: int


def has_grantor(profile: Profile) -> bool:
    """Whether the city names a role that grants requests; else one opens when it is on record."""
    return any(Act.SHARING_APPROVE in role.acts for role in profile.roles.values())


@transaction.atomic
def ask(asked: Asked, *, by: Person, profile: Profile, permit: Permit, now: datetime) -> Line:
    """Put a request on record. Raise WrongRequest, naming the field, when it asks for too much."""
    permit.require(Act.REQUEST_OPEN)
    plates = _plates(asked)
    row = AccessRequest(
        city=profile.id,
        agency=by.agency,
        asked_by=by,
        asked_at=now,
        purpose=asked.purpose,
        case_number=asked.case_number,
        why=asked.why,
        plates=plates,
        seen_from=asked.seen_from,
        seen_to=asked.seen_to,
    )
    today = now.astimezone(profile.zone).date()
    if not has_grantor(profile):
        row.granted, row.decided_at = True, now
        row.ends_on = today + timedelta(days=DAYS_ON_RECORD)
        row.answer = "Open on record: this city names nobody who grants requests."
    row.save(force_insert=True)
    _write(row, "asked", permit, {"opened_on_record": row.granted is True})
    return _line(row, today)


def grant(
    reference: str, *, answer: str, ends_on: date, by: Person, permit: Permit, now: datetime
) -> None:
    """Open what was asked for, until the end of a day."""
    row = _waiting(reference, permit)
    today = now.astimezone(in_force.profile(row.city).zone).date()
    if not today <= ends_on <= today + timedelta(days=MOST_DAYS):
        raise WrongRequest(
            "ends_on",
            f"Choose a last day from today to {MOST_DAYS} days ahead. Nothing was granted.",
        )
    _decide(row, granted=True, answer=answer, ends_on=ends_on, by=by, permit=permit, now=now)


def refuse(reference: str, *, answer: str, by: Person, permit: Permit, now: datetime) -> None:
    row = _waiting(reference, permit)
    if not answer.strip():
        raise WrongRequest("answer", "Say why it is refused. Nothing was decided.")
    _decide(row, granted=False, answer=answer, ends_on=None, by=by, permit=permit, now=now)


@transaction.atomic
def close(reference: str, *, by: Person, permit: Permit, now: datetime) -> None:
    """End a request before its day: its own agency may, and so may whoever grants."""
    permit.require(Act.REQUEST_OPEN, Act.SHARING_APPROVE)
    rows = AccessRequest.objects.filter(city__in=permit.cities, closed_at=None)
    if permit.act == Act.REQUEST_OPEN:
        rows = rows.filter(agency=by.agency)
    row = rows.filter(pk=_number(reference)).exclude(granted=False).first()
    if row is None:
        raise _no_such(reference)
    row.closed_by, row.closed_at = by, now
    row.save(update_fields=["closed_by", "closed_at"])
    _write(row, "closed", permit, {})


def whole(reference: str, *, today: date, permit: Permit) -> Whole:
    """All of it, for whoever answers it."""
    permit.require(Act.SHARING_APPROVE)
    row = (
        AccessRequest.objects.filter(pk=_number(reference), city__in=permit.cities)
        .select_related("asked_by__employer")
        .first()
    )
    if row is None:
        raise _no_such(reference)
    return Whole(_line(row, today), row.why, tuple(row.plates))


def line(reference: str, *, today: date) -> Line:
    """One request without what it names, so that the right city can be asked."""
    row = AccessRequest.objects.filter(pk=_number(reference)).select_related("asked_by").first()
    if row is None:
        raise _no_such(reference)
    return _line(row, today)


def of_agency(agency: str, *, today: date, most: int = 50) -> list[Line]:
    """What an agency has asked for, newest first."""
    rows = AccessRequest.objects.filter(agency=agency).select_related("asked_by")
    return [_line(row, today) for row in rows.order_by("-asked_at")[:most]]


def to_answer(cities: list[str], *, but_not_of: Person, today: date) -> list[Line]:
    """What waits for an answer in these cities, oldest first; nobody answers their own."""
    rows = AccessRequest.objects.filter(city__in=cities, granted=None, closed_at=None)
    rows = rows.exclude(asked_by=but_not_of).select_related("asked_by")
    return [_line(row, today) for row in rows.order_by("asked_at")]


def open_for(agency: str | None, city: str, *, today: date) -> list[OpenRequest]:
    """What stands open for an agency in a city today; None: for any agency."""
    rows = AccessRequest.objects.filter(city=city, granted=True, closed_at=None, ends_on__gte=today)
    if agency is not None:
        rows = rows.filter(agency=agency)
    return [_open(row, row.ends_on) for row in rows.order_by("-asked_at") if row.ends_on]


def when_asked(reference: str) -> datetime:
    return AccessRequest.objects.values_list("asked_at", flat=True).get(pk=_number(reference))


def counts(city: str, *, since: datetime, today: date) -> Counts:
    """How many, and nothing of what they ask for."""
    rows = AccessRequest.objects.filter(city=city)
    lately = rows.filter(asked_at__gte=since)
    return Counts(
        asked=lately.count(),
        granted=rows.filter(granted=True, decided_at__gte=since).count(),
        refused=rows.filter(granted=False, decided_at__gte=since).count(),
        waiting=rows.filter(granted=None, closed_at=None).count(),
        open_now=rows.filter(Q(granted=True, closed_at=None, ends_on__gte=today)).count(),
    )


def _plates(asked: Asked) -> list[str]:
    plates = [normalise(written) for written in asked.plates if written.strip()]
    if any(not 0 < len(plate) <= LONGEST for plate in plates):
        raise WrongRequest(
            "plates", f"A plate is 1 to {LONGEST} letters and digits. Nothing was recorded."
        )
    if len(plates) > MOST_PLATES:
        raise WrongRequest(
            "plates", f"One request names at most {MOST_PLATES} plates. Nothing was recorded."
        )
    spanned = asked.seen_from is not None and asked.seen_to is not None
    if not plates and not spanned:
        raise WrongRequest(
            "plates", "Name the plates, or a time from and to, or both. Nothing was recorded."
        )
    if asked.seen_from and asked.seen_to and asked.seen_from > asked.seen_to:
        raise WrongRequest(
            "seen_to", "The end of the time range is before its start. Nothing was recorded."
        )
    return list(dict.fromkeys(plates))


def _waiting(reference: str, permit: Permit) -> AccessRequest:
    permit.require(Act.SHARING_APPROVE)
    row = AccessRequest.objects.filter(
        pk=_number(reference), city__in=permit.cities, granted=None, closed_at=None
    ).first()
    if row is None:
        raise _no_such(reference)
    return row


@transaction.atomic
def _decide(  # noqa: PLR0913 -- one decision, all of it
    row: AccessRequest,
    *,
    granted: bool,
    answer: str,
    ends_on: date | None,
    by: Person,
    permit: Permit,
    now: datetime,
) -> None:
    if row.asked_by_id == by.pk:
        raise WrongRequest("answer", "Nobody answers a request of their own. Nothing was decided.")
    decided = AccessRequest.objects.filter(pk=row.pk, granted=None, closed_at=None).update(
        granted=granted, answer=answer.strip(), ends_on=ends_on, decided_by=by, decided_at=now
    )
    if not decided:  # somebody else was quicker
        raise _no_such(str(row))
    row.refresh_from_db()
    _write(row, "granted" if granted else "refused", permit, {})


def _write(row: AccessRequest, step: str, permit: Permit, more: dict[str, Fact]) -> None:
    """Requested when, provided when and to whom; the plates and the case stay private."""
    log.append(
        actor=permit.actor,
        act=permit.act,
        outcome="done",
        city=row.city,
        facts={
            "step": step,
            "request": str(row),
            "asked": permit.entries[row.city],
            "purpose": row.purpose,
            "requested_when": row.asked_at.isoformat(),
            "provided_when": row.decided_at.isoformat() if row.granted and row.decided_at else "",
            "provided_to": row.agency if row.granted else "",
            "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            **more,
        },
        private={
            "agency": row.agency,
            "case": row.case_number,
            "note": row.why,
            "answer": row.answer,
            "asked_about": {
                "plates": row.plates,
                "since": row.seen_from.isoformat() if row.seen_from else "",
                "until": row.seen_to.isoformat() if row.seen_to else "",
            },
        },
    )


def _open(row: AccessRequest, until: date) -> OpenRequest:
    return OpenRequest(
        reference=str(row),
        agency=row.agency,
        purpose=row.purpose,
        case_number=row.case_number,
        plates=frozenset(fold(plate) for plate in row.plates),
        seen_from=row.seen_from,
        seen_to=row.seen_to,
        until=until,
    )


def _line(row: AccessRequest, today: date) -> Line:
    return Line(
        reference=str(row),
        city=row.city,
        agency=row.agency,
        asked_by=f"{row.asked_by.get_full_name()}, {row.asked_by.badge}",
        asked_at=row.asked_at,
        purpose=row.purpose,
        case_number=row.case_number,
        plates=len(row.plates),
        seen_from=row.seen_from,
        seen_to=row.seen_to,
        state=_state(row, today),
        ends_on=row.ends_on,
        answer=row.answer,
    )


def _state(row: AccessRequest, today: date) -> State:
    if row.closed_at is not None:
        return "closed"
    if row.granted is None:
        return "waiting"
    if not row.granted:
        return "refused"
    return "open" if row.ends_on and today <= row.ends_on else "ended"


def _number(reference: str) -> int:
    """-1, which no row has, for what is no reference of ours."""
    digits = reference.strip().upper().removeprefix(_LETTER)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1


def _no_such(reference: str) -> NoSuchRequest:
    return NoSuchRequest(
        f"There is no request {reference[:20]} to do this to: it may have been answered or closed "
        "a moment ago. Nothing was changed; look at the list again."
    )

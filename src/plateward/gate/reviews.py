"""Legal reviews: a use on no list is put to the city's attorney, who answers in writing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db import transaction

from plateward.audit import log
from plateward.gate.models import LegalReview
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.circumstances import Review
from plateward.policy.vocabulary import Act

MOST_DAYS: Final = 90
_LETTER: Final = "L-"

State = Literal["waiting", "approved", "refused", "ended"]


class WrongReview(ValueError):
    """It cannot be recorded as it stands. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoSuchReview(LookupError):
    """There is none of that reference in the permit's cities that waits for an answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """One review as its asker and the attorney see it."""

    reference: str
    city: str
    agency: str
    asked_by: str
    asked_at: datetime
    purpose_words: str
    why: str
    case_number: str
    state: State
    opinion: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits, without what it is about."""

    reference: str
    city: str
    agency: str
    asked_by: str
    asked_at: datetime


@transaction.atomic
def ask(  # noqa: PLR0913 -- one question, all of it
    city: str,
    *,
    purpose_words: str,
    why: str,
    case_number: str,
    by: Person,
    permit: Permit,
    now: datetime,
) -> str:
    """Put a use to the city's attorney; return the reference. It opens nothing."""
    permit.require(Act.REVIEW_ASK)
    for name, said in (("purpose_words", purpose_words), ("why", why)):
        if not said.strip():
            raise WrongReview(name, "Please fill this in. Nothing was sent.")
    row = LegalReview.objects.create(
        city=city,
        agency=by.agency,
        asked_by=by,
        asked_at=now,
        purpose_words=purpose_words.strip(),
        why=why.strip(),
        case_number=case_number.strip(),
    )
    _write(row, "asked", permit)
    return str(row)


@transaction.atomic
def decide(  # noqa: PLR0913 -- one answer, all of it
    reference: str,
    *,
    approved: bool,
    opinion: str,
    until: date | None,
    by: Person,
    permit: Permit,
    now: datetime,
) -> None:
    """The attorney's answer, in writing. An approval ends on a day."""
    permit.require(Act.LEGAL_REVIEW)
    waiting = LegalReview.objects.select_for_update(of=("self",)).select_related("asked_by")
    row = waiting.filter(pk=_number(reference), city__in=permit.cities, approved=None).first()
    if row is None:
        raise NoSuchReview(
            f"There is no review {reference[:20]} waiting for an answer here. Nothing was decided."
        )
    today = now.astimezone(in_force.profile(row.city).zone).date()
    _check(approved=approved, opinion=opinion, until=until, today=today)
    if row.asked_by_id == by.pk:
        raise WrongReview("opinion", "Nobody reviews a use of their own. Nothing was decided.")
    row.approved, row.opinion, row.until = approved, opinion.strip(), until if approved else None
    row.decided_by, row.decided_at = by, now
    row.save()
    _write(row, "approved" if approved else "refused", permit)


def of_person(person: Person, *, today: date) -> list[Line]:
    rows = LegalReview.objects.filter(asked_by=person).select_related("asked_by")
    return [_line(row, today) for row in rows.order_by("-asked_at")[:50]]


def waiting(cities: list[str], *, but_not_of: Person) -> list[Waiting]:
    """What waits for an attorney in these cities, oldest first; nobody answers their own."""
    rows = LegalReview.objects.filter(city__in=cities, approved=None)
    rows = rows.exclude(asked_by=but_not_of).select_related("asked_by")
    return [
        Waiting(str(row), row.city, row.agency, _name(row), row.asked_at)
        for row in rows.order_by("asked_at")
    ]


def city_of(reference: str) -> str | None:
    """Whose attorney is to answer it; None where there is none of that reference."""
    rows = LegalReview.objects.filter(pk=_number(reference))
    return rows.values_list("city", flat=True).first()


def whole(reference: str, *, today: date, permit: Permit) -> Line:
    """All of it, for the attorney."""
    permit.require(Act.LEGAL_REVIEW)
    rows = LegalReview.objects.filter(pk=_number(reference), city__in=permit.cities)
    row = rows.select_related("asked_by").first()
    if row is None:
        raise NoSuchReview(f"There is no review {reference[:20]} here.")
    return _line(row, today)


def has_asked(person: Person) -> bool:
    return LegalReview.objects.filter(asked_by=person).exists()


def approved_for(person: Person, city: str, *, today: date) -> list[Review]:
    """What the attorney has approved for this person, and has not ended."""
    rows = LegalReview.objects.filter(
        asked_by=person, city=city, approved=True, until__gte=today
    ).order_by("-asked_at")
    return [
        Review(str(row), row.purpose_words, row.case_number, row.until)
        for row in rows
        if row.until is not None
    ]


def _check(*, approved: bool, opinion: str, until: date | None, today: date) -> None:
    if not opinion.strip():
        raise WrongReview("opinion", "Give the reasons in writing. Nothing was decided.")
    if not approved:
        return
    if until is None or not today <= until <= today + timedelta(days=MOST_DAYS):
        raise WrongReview(
            "until",
            f"Choose a last day from today to {MOST_DAYS} days ahead. Nothing was decided.",
        )


def _write(row: LegalReview, step: str, permit: Permit) -> None:
    log.append(
        actor=permit.actor,
        act=permit.act,
        outcome="done",
        city=row.city,
        facts={
            "step": step,
            "review": str(row),
            "asked": permit.entries[row.city],
            "until": row.until.isoformat() if row.until else "",
        },
        private={
            "agency": row.agency,
            "case": row.case_number,
            "note": row.why,
            "opinion": row.opinion,
            "asked_about": {"purpose_words": row.purpose_words},
        },
    )


def _line(row: LegalReview, today: date) -> Line:
    return Line(
        reference=str(row),
        city=row.city,
        agency=row.agency,
        asked_by=_name(row),
        asked_at=row.asked_at,
        purpose_words=row.purpose_words,
        why=row.why,
        case_number=row.case_number,
        state=_state(row, today),
        opinion=row.opinion,
        until=row.until,
    )


def _name(row: LegalReview) -> str:
    return f"{row.asked_by.get_full_name()}, {row.asked_by.badge}"


def _state(row: LegalReview, today: date) -> State:
    if row.approved is None:
        return "waiting"
    if not row.approved:
        return "refused"
    return "approved" if row.until and today <= row.until else "ended"


def _number(reference: str) -> int:
    digits = reference.strip().upper().removeprefix(_LETTER)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1

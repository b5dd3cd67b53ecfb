"""Holds: what is kept beyond its time on a ground of the city's own text, until it is released.

Who does what, as no text has a word for it. Whoever may open a read may ask that it be kept: asking
shows nothing that they could not see. Somebody else approves, reviews and releases: who answers for
the use of the system (the text's "audit") or for the law ("legal_review"); where a text names
neither, another person who may open reads. Whoever asked for a hold never approves or releases it.

At the moment of approval each read is copied, whole, under the hold's own key. The original goes on
time as if there were no hold.
"""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from plateward.custody import held, holds_rows, media_register
from plateward.custody.holds_models import HeldRead, Hold
from plateward.custody.holds_rows import (
    LONGEST,
    LONGEST_REVIEW,
    Asked,
    NoSuchHold,
    OfCase,
    Scope,
    Settled,
    WrongHold,
)
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.holds import DataClass, May, MayNot, may_hold
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

__all__ = [
    "LONGEST",
    "LONGEST_REVIEW",
    "MOST",
    "Asked",
    "DataClass",
    "NoSuchHold",
    "Scope",
    "WrongHold",
    "approve",
    "ask",
    "held_count",
    "hold_count",
    "refuse",
    "release",
    "review",
]

MOST: Final = held.MOST


def ask(
    asked: Asked,
    *,
    by: Person,
    profile: Profile,
    permit: Permit,
    searched: Permit | None = None,
    now: datetime,
) -> int:
    """Put a hold on record, to be approved by somebody else; its number. It keeps nothing yet.

    Raise Refused where the city's text does not know it, WrongHold where something is amiss.
    `searched`: the person's own permit to search, for a hold by question.
    """
    permit.require(Act.HOLDS_PLACE)
    holds_rows.check(asked, profile, now=now)
    settled = _settled(asked, profile, permit)
    there = _there_now(asked.scope, searched)
    with transaction.atomic():
        hold = holds_rows.create(asked, settled, preservation=False, by=by, permit=permit, now=now)
        holds_rows.note(
            hold,
            "asked",
            act=Act.HOLDS_PLACE,
            by=permit.actor,
            now=now,
            words=hold.why,
            facts={
                "asked": permit.entries[profile.id],
                "scope": hold.scope,
                "data": hold.data_class,
                "reads": there,
                "document_sha256": hold.document.sha256,
                "review_on": hold.review_on.isoformat(),
            },
        )
    return hold.pk


def approve(
    number: int, *, answer: str, of_case: OfCase, by: Person, permit: Permit, now: datetime
) -> int:
    """Copy what it holds, all of it or nothing; how many reads it holds now.

    The copies are taken before the transaction that stores them, so that the log waits for nobody.
    """
    permit.require(Act.HOLDS_APPROVE)
    hold = holds_rows.one_of(number, permit, preservation=False)
    _check_decision(hold, by, answer)
    _check_policy_still(hold, permit)
    copies = [] if hold.scope == "drive" else holds_rows.copies_of(hold, of_case, now=now)
    growing = holds_rows.grows_until(hold, now)
    if not copies and not growing and hold.scope != "drive":
        raise WrongHold(
            "scope",
            "Nothing of what it names is there any more. It was not approved: refuse it, and say "
            "so.",
        )
    with transaction.atomic():
        row = holds_rows.locked(hold)
        if row.approved is not None:
            raise holds_rows.no_such(number)
        stored = held.store(copies)
        row.approved, row.decided_by, row.decided_at = True, by, now
        row.answer, row.grows_until, row.looked_at = answer.strip(), growing, now
        row.save()
        if row.drive is not None:
            media_register.hold(row.drive, str(row), permit=permit, now=now)
        holds_rows.note(
            row,
            "approved",
            act=Act.HOLDS_APPROVE,
            by=permit.actor,
            now=now,
            words=answer.strip(),
            facts={
                "asked": permit.entries[row.city],
                "reads": stored,
                "digest": held.digest_of(copies),
            },
        )
    return stored


@transaction.atomic
def refuse(number: int, *, answer: str, by: Person, permit: Permit, now: datetime) -> None:
    """It keeps nothing; whoever asked reads why."""
    permit.require(Act.HOLDS_APPROVE)
    hold = holds_rows.locked(holds_rows.one_of(number, permit, preservation=False))
    _check_decision(hold, by, answer)
    if not answer.strip():
        raise WrongHold("answer", "Say why it is refused. Nothing was decided.")
    hold.approved, hold.decided_by, hold.decided_at = False, by, now
    hold.answer = answer.strip()
    hold.save()
    facts = {"asked": permit.entries[hold.city]}
    holds_rows.note(
        hold,
        "refused",
        act=Act.HOLDS_APPROVE,
        by=permit.actor,
        now=now,
        words=hold.answer,
        facts=facts,
    )


def review(
    number: int, *, review_on: date | None, words: str, permit: Permit, now: datetime
) -> None:
    """It is still needed: say why, and when somebody asks again."""
    permit.require(Act.HOLDS_APPROVE)
    hold = holds_rows.one_of(number, permit, preservation=False)
    holds_rows.reviewed(
        hold, review_on=review_on, words=words, act=Act.HOLDS_APPROVE, permit=permit, now=now
    )


def release(number: int, *, why: str, by: Person, permit: Permit, now: datetime) -> None:
    """Let go: what it held is deleted by the next round, or at its own time where that is later."""
    permit.require(Act.HOLDS_RELEASE)
    hold = holds_rows.one_of(number, permit, preservation=False)
    if hold.asked_by_id == by.pk:
        raise WrongHold("why", "Nobody releases a hold of their own. Nothing was released.")
    with transaction.atomic():
        holds_rows.end(hold, why=why, act=Act.HOLDS_RELEASE, by=by, permit=permit, now=now)
        if hold.drive is not None:
            media_register.release(hold.drive, str(hold), permit=permit, now=now)


def hold_count(city: str) -> int:
    """How many holds are in force: a number for the public."""
    return Hold.objects.filter(
        city=city, preservation=False, approved=True, released_at=None
    ).count()


def held_count(city: str) -> int:
    """How many copies of reads are kept beyond the reads' own time or against it."""
    return HeldRead.objects.filter(hold__city=city).count()


def _settled(asked: Asked, profile: Profile, permit: Permit) -> Settled:
    answer = may_hold(
        profile,
        asked.ground,
        asked.data,
        has_document=asked.document is not None,
        case=asked.case_number,
    )
    if isinstance(answer, MayNot):
        raise holds_rows.refused(profile, answer.objections, act=Act.HOLDS_PLACE, permit=permit)
    return Settled(answer.ground, answer.clauses)


def _there_now(scope: Scope, searched: Permit | None) -> int:
    """How many reads it would hold today. Only who may search may hold by a question."""
    if scope.query is None:
        return len(scope.reads)
    if searched is None:
        raise WrongHold("plate", "A hold by question needs leave to search. Nothing is held.")
    try:
        return len(held.found(scope.query, permit=searched))
    except held.TooMany as many:
        raise WrongHold("plate", str(many)) from many


def _check_decision(hold: Hold, by: Person, answer: str) -> None:
    if hold.approved is not None:
        raise holds_rows.no_such(hold.pk)
    if hold.asked_by_id == by.pk:
        raise WrongHold("answer", "Nobody decides about a hold of their own. Nothing was decided.")
    if len(answer) > LONGEST:
        raise WrongHold("answer", f"At most {LONGEST} characters. Nothing was decided.")


def _check_policy_still(hold: Hold, permit: Permit) -> None:
    """The policy may have changed since it was asked for."""
    profile = in_force.profile(hold.city)
    data = DataClass(hold.data_class)
    answer = may_hold(profile, hold.ground, data, has_document=True, case=hold.case_number)
    if not isinstance(answer, May):
        raise holds_rows.refused(profile, answer.objections, act=Act.HOLDS_APPROVE, permit=permit)

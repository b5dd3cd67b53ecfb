"""Emergency preservation copies: for reads that a city's text lets nobody hold.

A court may order what the text does not foresee. Then a copy is made at once, on the order or on
counsel's written demand, which is attached: outside the index, where no search finds it. Counsel
alone opens it: a role of legal review, or whoever the City gave the right of counsel in writing.
Whoever answers for the system (the text's "audit" or "configure") or for the law ("legal_review")
may make one: the paper is the second word, because an hour's wait may be an hour too long. It has a
day of review, is counted in public, and ends with a certificate of its destruction.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import transaction

from plateward.custody import held, holds_rows
from plateward.custody.holds_models import Hold
from plateward.custody.holds_rows import Asked, Settled, WrongHold
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy.holds import may_preserve
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

# On what it is made. Neither is a ground of any text.
BASES: Final = {"court_order": "An order of a court", "counsel_demand": "Counsel's written demand"}


def make(asked: Asked, *, by: Person, profile: Profile, permit: Permit, now: datetime) -> int:
    """Copy at once, all of it or nothing; the copy's number.

    Raise Refused where the text has holds of its own, WrongHold where something is amiss.
    """
    permit.require(Act.PRESERVE)
    holds_rows.check(asked, profile, now=now)
    if asked.ground not in BASES or asked.scope.kind not in ("reads", "query"):
        raise WrongHold("ground", "Say what it is made on, and what is copied. Nothing is held.")
    objection = may_preserve(profile, has_document=asked.document is not None)
    if objection is not None:
        raise holds_rows.refused(profile, (objection,), act=Act.PRESERVE, permit=permit)
    with transaction.atomic():
        hold = holds_rows.create(
            asked, Settled(asked.ground, ()), preservation=True, by=by, permit=permit, now=now
        )
        copies = holds_rows.copies_of(hold, _no_case, now=now)
        growing = holds_rows.grows_until(hold, now)
        if not copies and growing is None:
            raise WrongHold("plate", "No read fits, so there is nothing to copy. Nothing is held.")
        stored = held.store(copies)
        hold.approved, hold.decided_by, hold.decided_at = True, by, now
        hold.grows_until, hold.looked_at = growing, now
        hold.save()
        holds_rows.note(
            hold,
            "preserved",
            act=Act.PRESERVE,
            by=permit.actor,
            now=now,
            words=hold.why,
            facts={
                "asked": permit.entries[profile.id],
                "scope": hold.scope,
                "reads": stored,
                "digest": held.digest_of(copies),
                "document_sha256": hold.document.sha256,
                "review_on": hold.review_on.isoformat(),
            },
        )
    return hold.pk


def review(
    number: int, *, review_on: date | None, words: str, permit: Permit, now: datetime
) -> None:
    """It is still needed: say why, and when somebody asks again."""
    permit.require(Act.PRESERVE)
    hold = holds_rows.one_of(number, permit, preservation=True)
    holds_rows.reviewed(
        hold, review_on=review_on, words=words, act=Act.PRESERVE, permit=permit, now=now
    )


def end(number: int, *, why: str, by: Person, permit: Permit, now: datetime) -> None:
    """It is needed no more: the next round destroys it, and certifies that."""
    permit.require(Act.PRESERVE)
    hold = holds_rows.one_of(number, permit, preservation=True)
    holds_rows.end(hold, why=why, act=Act.PRESERVE, by=by, permit=permit, now=now)


def made_count(city: str, *, since: datetime) -> int:
    """How many were made since then: a number for the public."""
    return Hold.objects.filter(city=city, preservation=True, asked_at__gte=since).count()


def kept_count(city: str) -> int:
    """How many there are now: a number for the public."""
    return Hold.objects.filter(city=city, preservation=True, gone_at=None).count()


def _no_case(_city: str, _case: str) -> Collection[int]:
    return ()

"""Look up what a decision may hang on besides the person: each register is asked once a city."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from plateward.gate import cases, house_state, requests, reviews
from plateward.people.models import Person
from plateward.policy.circumstances import Breadth, Circumstances, OpenRequest, Review
from plateward.policy.decide import Reason
from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.vocabulary import Act

_OF_A_CASE: Final = frozenset({Need.CASE, Need.NOTE})
_Reference = TypeVar("_Reference", OpenRequest, Review)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, why, and how much: the same for every city."""

    person: Person
    act: Act
    reason: Reason
    breadth: Breadth | None


def circumstances(asking: Asking, city: str, *, today: date) -> Circumstances:
    """What the city's registers and the house itself know of this, today."""
    needs = NEEDS.get(asking.act, frozenset())
    case = _case(asking, city) if needs & _OF_A_CASE else cases.NOT_CHECKED
    house = house_state.of(city)
    return Circumstances(
        request=_request(asking, city, today) if Need.REQUEST in needs else None,
        review=_review(asking, city, today) if Need.PURPOSE in needs else None,
        case_check=case.check,
        case_format=case.format,
        breadth=asking.breadth,
        policy_posted=house.policy_posted,
        clock_trusted=house.clock_trusted,
    )


def references(written: str) -> frozenset[str]:
    """A reason may name one request a city, one after the other."""
    return frozenset(written.upper().split())


def _request(asking: Asking, city: str, today: date) -> OpenRequest | None:
    named = references(asking.reason.request)
    if not named:
        return None
    # A copy is handed over in answer to a request, so the one who takes it is of another agency.
    # Whose own access hangs on a request is held to their own agency's by the policy's rule.
    answers = Need.COPY in NEEDS[asking.act]
    agency = None if answers else asking.person.agency
    return _named(requests.open_for(agency, city, today=today), named)


def _review(asking: Asking, city: str, today: date) -> Review | None:
    named = references(asking.reason.review)
    return _named(reviews.approved_for(asking.person, city, today=today), named) if named else None


def _named(rows: Collection[_Reference], named: frozenset[str]) -> _Reference | None:
    return next((row for row in rows if row.reference in named), None)


def _case(asking: Asking, city: str) -> cases.Checked:
    return cases.check(city, asking.person.agency, asking.reason.case_number)

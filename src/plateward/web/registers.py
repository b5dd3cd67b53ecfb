"""Which registers of the gate a person has business with: access requests, legal reviews."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from plateward.gate import reviews
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Business:
    """The cities where a person may do what, as their role there says."""

    asks: tuple[Profile, ...]
    grants: tuple[Profile, ...]
    counts: tuple[Profile, ...]
    has_reviewed: tuple[Profile, ...]
    reviews: tuple[Profile, ...]

    def any(self) -> bool:
        return bool(self.asks or self.grants or self.counts or self.reviews)


def of(person: Person) -> Business:
    held = {each.city: each.role for each in standing.held_by(person)}
    profiles = tuple(in_force.profiles(held).values())

    def where(act: Act, among: Collection[Profile]) -> tuple[Profile, ...]:
        return tuple(p for p in among if (role := p.role(held[p.id])) and act in role.acts)

    on_request = [profile for profile in profiles if profile.gate.on_request_only]
    return Business(
        asks=tuple(p for p in where(Act.REQUEST_OPEN, on_request) if bound(p, held[p.id])),
        grants=where(Act.SHARING_APPROVE, on_request),
        counts=where(Act.AGGREGATE_SEE, on_request),
        has_reviewed=where(Act.REVIEW_ASK, [p for p in profiles if p.purposes.is_open]),
        reviews=where(Act.LEGAL_REVIEW, profiles),
    )


def bound(profile: Profile, role_code: str) -> bool:
    """Whether this role needs an open request there: the City itself has access of its own."""
    role = profile.role(role_code)
    return profile.gate.on_request_only and role is not None and role.org != "City"


def nav(request: HttpRequest) -> dict[str, object]:
    """For every page: whether "Requests" stands in the menu. Asked only where the menu is."""
    return {"has_requests": SimpleLazyObject(lambda: _has_requests(request))}


def _has_requests(request: HttpRequest) -> bool:
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return False
    return of(person).any() or reviews.has_asked(person)

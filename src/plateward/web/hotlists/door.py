"""The doors to these pages: lists in numbers, and entries, which ask why like a search."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import reasons
from plateward.web.manage_door import Door, NotOpen, city_of, missing
from plateward.web.reasons import ReasonForm
from plateward.web.signed_in import person_of, used_second_factor

__all__ = [
    "Asked",
    "NotOpen",
    "Refused",
    "admitted",
    "asked",
    "city_of",
    "counts",
    "missing",
    "slip_of",
]


def keeping(profile: Profile) -> tuple[str, ...]:
    """Titles of the roles that keep hotlists here."""
    return tuple(r.title for r in profile.roles.values() if Act.HOTLISTS_EDIT in r.acts)


# How many, whose, how old: what the alerts page tells of lists, so it asks for the same.
counts = Door(Act.ALERTS_SEE, "staff/hotlists_closed.html", keeping).opened


@dataclass(frozen=True, slots=True)
class Asked:
    """Why, as given now or carried from the page before. `slip` carries it on; "" before that."""

    form: ReasonForm
    reason: Reason | None
    slip: str
    out_of_date: bool

    @property
    def is_given(self) -> bool:
        return self.reason is not None


def asked(request: HttpRequest, profile: Profile) -> Asked:
    """The reason given on the page before while its slip is good, else the one just typed."""
    person, told = person_of(request), request.POST if request.method == "POST" else None
    if told and (slip := told.get("slip")):
        carried = reasons.carried(slip, person=person)
        form = ReasonForm(profiles=[profile], person=person)
        return Asked(form, carried.reason if carried else None, slip, out_of_date=carried is None)
    form = ReasonForm(told, profiles=[profile], person=person)
    if told is None or not form.is_valid():
        return Asked(form, None, "", out_of_date=False)
    return Asked(form, form.reason(), "", out_of_date=False)


def admitted(
    request: HttpRequest,
    profile: Profile,
    reason: Reason,
    query: Mapping[str, str] | None = None,
) -> Permit:
    """To change a hotlist, or to see what stands on one. Raises Refused."""
    return door.admit(
        person_of(request),
        Act.HOTLISTS_EDIT,
        reason,
        cities=[profile.id],
        query=query,
        second_factor=used_second_factor(request),
    )


def slip_of(request: HttpRequest, permit: Permit) -> str:
    """The reason of this permit, sealed, for the next page of the same person."""
    return reasons.carry(permit.reason, search=permit.entry, person=person_of(request))

"""Ask the gate before a page about a city's people opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.people import accounts
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web.signed_in import person_of, used_second_factor


class NotOpen(Exception):
    """The page stays closed; `answer` says why to the person."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__("the gate or the register said no")
        self.answer = answer


def opened(request: HttpRequest, city: str) -> tuple[Profile, Permit]:
    """The city's policy and the permit to administer its people. Raises NotOpen."""
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        raise NotOpen(faults.page(request, faults.NOT_FOUND))
    try:
        permit = door.admit(
            person_of(request),
            Act.PEOPLE_ADMINISTER,
            Reason(),
            cities=[city],
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        context = {
            "city_title": profile.title(),
            "refusals": refused.refusals,
            "by_operator": not accounts.administrator_roles(profile),
        }
        answer = render(request, "staff/people_closed.html", context, status=403)
        raise NotOpen(answer) from refused
    return profile, permit


def missing(request: HttpRequest) -> NotOpen:
    return NotOpen(faults.page(request, faults.NOT_FOUND))

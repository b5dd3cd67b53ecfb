"""Ask the gate before a page that configures a city's policy opens."""

from django.http import HttpRequest
from django.shortcuts import render

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web.people_door import NotOpen
from plateward.web.signed_in import person_of, used_second_factor

__all__ = ["NotOpen", "missing", "opened"]


def opened(request: HttpRequest, city: str) -> tuple[Profile, Permit]:
    """The policy in force and the permit to configure it. Raises NotOpen."""
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        raise missing(request)
    try:
        permit = door.admit(
            person_of(request),
            Act.POLICY_CONFIGURE,
            Reason(),
            cities=[city],
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        context = {
            "city": city,
            "city_title": profile.title(),
            "refusals": refused.refusals,
            "by_operator": not configuring(profile),
        }
        raise NotOpen(render(request, "staff/policy_closed.html", context, status=403)) from refused
    return profile, permit


def configuring(profile: Profile) -> tuple[str, ...]:
    """The titles of the roles that may configure it; none of them where the operator does it."""
    return tuple(role.title for role in profile.roles.values() if Act.POLICY_CONFIGURE in role.acts)


def missing(request: HttpRequest) -> NotOpen:
    return NotOpen(faults.page(request, faults.NOT_FOUND))

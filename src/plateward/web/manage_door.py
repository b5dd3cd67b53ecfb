"""Ask the gate before a page on which a city is administered opens."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
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


@dataclass(frozen=True, slots=True)
class Door:
    """What is asked for, the page that says no, and the titles of those who may, by profile."""

    act: Act
    closed: str
    who_may: Callable[[Profile], tuple[str, ...]]

    def opened(self, request: HttpRequest, city: str) -> tuple[Profile, Permit]:
        """The policy in force and the permit. Raises NotOpen."""
        profile = city_of(request, city)
        try:
            permit = door.admit(
                person_of(request),
                self.act,
                Reason(),
                cities=[city],
                second_factor=used_second_factor(request),
            )
        except Refused as refused:
            context = {
                "city": city,
                "city_title": profile.title(),
                "refusals": refused.refusals,
                "by_operator": not self.who_may(profile),
            }
            raise NotOpen(render(request, self.closed, context, status=403)) from refused
        return profile, permit


def city_of(request: HttpRequest, city: str) -> Profile:
    """The policy in force there. Raises NotOpen."""
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        raise missing(request)
    return profile


def told_of(profile: Profile) -> dict[str, object]:
    """What every page about a city's administration says of the city."""
    return {"city": profile.id, "city_title": profile.title(), "zone": profile.timezone}


def back(
    request: HttpRequest,
    to: str,
    city: str,
    told: str,
    say: Callable[[HttpRequest, str], None] = messages.success,
) -> HttpResponse:
    """To the city's page named `to`, where `told` is said."""
    say(request, told)
    return HttpResponseRedirect(reverse(to, args=[city]))


def missing(request: HttpRequest) -> NotOpen:
    return NotOpen(faults.page(request, faults.NOT_FOUND))

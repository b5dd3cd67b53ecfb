"""What adopted policies ask of sign-in, sessions and accounts; where several speak, the strictest.

The house has limits of its own, and a policy can only tighten them: silence loosens nothing.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from plateward.policy import in_force
from plateward.policy.periods import Period
from plateward.policy.profile import Profile


def said(profile: Profile, path: str) -> Any:
    """None where the text is silent, or knows no such place."""
    try:
        return profile.at(path)
    except (KeyError, TypeError):
        return None


def by_cities(cities: Iterable[str], path: str) -> list[Any]:
    """What these cities say there, those left out that say nothing."""
    found = (said(profile, path) for profile in _readable(cities))
    return [value for value in found if value is not None]


def by_any_city(path: str) -> list[Any]:
    """What any city says there: for what must not tell whose account it is."""
    return by_cities(in_force.cities(), path)


def shortest(house: timedelta, written: Iterable[str]) -> timedelta:
    return min((house, *map(_at_least, written)))


def longest(house: timedelta, written: Iterable[str]) -> timedelta:
    return max((house, *map(_at_least, written)))


def _at_least(written: str) -> timedelta:
    """Months and years at their fewest days."""
    period = Period.parse(written)
    return timedelta(days=period.fewest_days - period.exact.days) + period.exact


def _readable(cities: Iterable[str]) -> list[Profile]:
    """A policy that cannot be read asks for nothing here; the gate lets nobody in by it."""
    named = list(cities)
    try:
        return list(in_force.profiles(named).values())
    except in_force.NoPolicy:
        return [found for city in named if (found := _one(city)) is not None]


def _one(city: str) -> Profile | None:
    try:
        return in_force.profile(city)
    except in_force.NoPolicy:
        return None

"""Which cities this house serves, as the public may know them."""

from dataclasses import dataclass

from plateward.cameras import register
from plateward.policy import in_force
from plateward.policy.profile import Profile


class NoSuchCity(LookupError):
    """No city of that name has a policy in force here."""


@dataclass(frozen=True, slots=True)
class City:
    """`kept_for`: how long a read is kept, in words."""

    id: str
    title: str
    timezone: str
    kept_for: str
    cameras: int


def served() -> tuple[City, ...]:
    """Every city with a policy in force, by title."""
    cities = (_city(in_force.profile(city)) for city in in_force.cities())
    return tuple(sorted(cities, key=lambda city: city.title))


def one(city: str) -> City:
    """Raise NoSuchCity where none of that name is served."""
    return _city(profile_of(city))


def profile_of(city: str) -> Profile:
    """For the other files of this room. Raise NoSuchCity where none of that name is served."""
    try:
        return in_force.profile(city)
    except in_force.NoPolicy as none:
        raise NoSuchCity(f"No city called {city!r} is served here.") from none


def _city(profile: Profile) -> City:
    return City(
        id=profile.id,
        title=profile.title(),
        timezone=profile.timezone,
        kept_for=profile.retention_words(),
        cameras=len(register.of(profile.id)),
    )

"""The policy in force, city by city."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from plateward.policy import load, overlays
from plateward.policy.models import Adoption
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer
from plateward.policy.suspension import Suspension


class NoPolicy(LookupError):
    """The city has adopted no policy, so nothing may be done there."""

    def __init__(self, city: str) -> None:
        self.city = city
        super().__init__(
            f"{city or 'This city'} has no policy in force here, so nothing may be collected or "
            f"searched there. Check its profile with `plateward policy check`, then adopt it."
        )


class Unreadable(NoPolicy):
    """What the city adopted is on record but cannot be relied on, so nothing is allowed by it."""

    def __init__(self, city: str, version: int, why: str) -> None:
        super().__init__(city)
        said = f"Version {version} of {city}'s policy is on record but {why}."
        self.args = (
            f"{said} Nothing is searched or collected there until a readable version is adopted.",
        )


def profile(city: str) -> Profile:
    """The latest version the city adopted. Raise NoPolicy where there is none."""
    latest = profiles([city])
    if city not in latest:
        raise NoPolicy(city)
    return latest[city]


def profiles(cities: Iterable[str]) -> dict[str, Profile]:
    """The same for many cities in one query; a city without a policy is not in the answer."""
    return {city: _adopted(row, digest) for city, row, digest in _latest(set(cities))}


def each(cities: Iterable[str]) -> dict[str, Profile | NoPolicy]:
    """The same, with why there is none to go by in the place of each that is missing."""
    asked = set(cities)
    found: dict[str, Profile | NoPolicy] = {city: NoPolicy(city) for city in asked}
    for city, row, digest in _latest(asked):
        try:
            found[city] = _adopted(row, digest)
        except Unreadable as unreadable:
            found[city] = unreadable
    return found


def _latest(cities: set[str]) -> list[tuple[str, int, str]]:
    """City, row and digest of the latest version of each."""
    latest = Adoption.objects.filter(city__in=cities).order_by("city", "-version").distinct("city")
    return list(latest.values_list("city", "pk", "digest"))


def cities() -> list[str]:
    """Every city with a policy in force, in order of its id."""
    return list(Adoption.objects.order_by("city").values_list("city", flat=True).distinct())


def version(city: str, number: int) -> Profile:
    """One version a city adopted, in force or not. Raise NoPolicy where there is none."""
    row = Adoption.objects.filter(city=city, version=number).first()
    if row is None:
        raise NoPolicy(city)
    return _adopted(row.pk, row.digest)


def history(city: str) -> list[Adoption]:
    """Every version, newest first."""
    return list(Adoption.objects.filter(city=city).order_by("-version"))


def beside(adoption: Adoption) -> list[str]:
    """In words, what a version holds besides the text and who gave its answers."""
    accepted = sum(answer["accepted_default"] for answer in adoption.answers)
    said = [f"{len(adoption.answers)} answers, {accepted} of them as proposed"]
    if adoption.overlays:
        said.append(f"under {', '.join(each['id'] for each in adoption.overlays)}")
    return said + [
        f"{each['clause']} suspended by {each['reference']} (recorded by {each['by']})"
        for each in adoption.suspensions
    ]


def as_data(adoption: Adoption) -> dict[str, Any]:
    return {
        "version": adoption.version,
        "digest": adoption.digest,
        "by": adoption.by,
        "instrument": adoption.instrument,
        "adopted_at": adoption.adopted_at.isoformat(),
        "recorded_at": adoption.recorded_at.isoformat(),
        "answers": adoption.answers,
        "overlays": [each["id"] for each in adoption.overlays],
        "suspensions": adoption.suspensions,
    }


# A row never changes, so what was built from it holds for as long as the process does. Which row is
# the latest is asked of the database each time, so every process sees an adoption at once.
@lru_cache(maxsize=256)
def _adopted(row: int, digest: str) -> Profile:
    adoption = Adoption.objects.get(pk=row)
    try:
        built = _built(adoption)
    except (load.WrongProfile, overlays.WrongOverlay) as wrong:
        why = "this version of Plateward cannot read it"
        raise Unreadable(adoption.city, adoption.version, why) from wrong
    if built.digest != digest:
        why = "it does not match the digest it was adopted with"
        raise Unreadable(adoption.city, adoption.version, why)
    return built


def _built(adoption: Adoption) -> Profile:
    return load.load(
        adoption.document,
        answers=(Answer(**answer) for answer in adoption.answers),
        overlays=(overlays.parsed(each["text"]) for each in adoption.overlays),
        suspensions=(Suspension(**each) for each in adoption.suspensions),
        version=adoption.version,
    )

"""The shipped profiles, answered in different ways, and people who stand well in each city."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from plateward.policy import load
from plateward.policy.decide import Reason, Standing
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer, silences

WILLARD, ODESSA = "willard-mo", "odessa-mo"
WALNUT, CALABASAS, CARSON = "walnut-ca", "calabasas-ca", "carson-ca"
CITIES = (WILLARD, WALNUT, ODESSA, CALABASAS, CARSON)
NOW = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


def answered(city: str, replaced: Mapping[str, Any] | None = None) -> Profile:
    """The shipped profile with every default accepted but those in `replaced`."""
    other = replaced or {}
    text = load.shipped_text(city)
    answers = [
        Answer(
            path=silence.path,
            value=other.get(silence.path, silence.default),
            by="Pat Lee",
            why="for the test" if silence.path in other else silence.why,
            accepted_default=silence.path not in other,
        )
        for silence in silences(load.checked(text))
    ]
    assert set(other) <= {answer.path for answer in answers}
    return load.load(text, answers=answers, version=1)


@cache
def by_default(city: str) -> Profile:
    return answered(city)


@cache
def by_text_alone(city: str) -> Profile:
    """Silence kept wherever the text is silent: nothing is required beyond the text."""
    paths = [silence.path for silence in silences(load.checked(load.shipped_text(city)))]
    return answered(city, dict.fromkeys(paths))


@dataclass(frozen=True)
class Fixture:
    """Who searches there, and for what, when all is well."""

    role: str
    purpose: str
    missing: str


IN = {
    WILLARD: Fixture("sworn_officer", "crime_person_or_property", "missing_child_adult_elderly"),
    ODESSA: Fixture("pd_member", "crime_associated_vehicle", "amber_silver_missing_endangered"),
    WALNUT: Fixture("lasd_sworn", "aid_investigation_and_prosecution", "missing_person"),
    CALABASAS: Fixture("lasd_authorised", "criminal_investigation", "missing_person"),
    CARSON: Fixture("lasd_sworn", "aid_investigation_and_prosecution", "missing_person"),
}


def officer(city: str, **other: Any) -> Standing:
    standing: dict[str, Any] = {
        "role": IN[city].role,
        "sworn": True,
        "authorised": True,
        "authorised_until": date(2026, 12, 31),
        "trained_on": date(2026, 3, 1),
        "good_standing": True,
        "signed_in_with_second_factor": True,
    }
    return Standing(**(standing | other))


def reason(city: str, **other: Any) -> Reason:
    given: dict[str, Any] = {
        "purpose": IN[city].purpose,
        "case_number": "26-104233",
        "note": "burglary on Elm Street",
        "request": "REQ-7",
    }
    return Reason(**(given | other))

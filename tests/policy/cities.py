"""The shipped profiles, answered in different ways, and people who stand well in each city."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from plateward.policy import load
from plateward.policy.circumstances import Breadth, Circumstances, OpenRequest
from plateward.policy.decide import Decision, Reason, Standing, decide
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer, silences
from plateward.policy.vocabulary import Act

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
    """Who stands well in every respect, in whatever role of the city."""
    profile = by_default(city)
    role = profile.role(other.get("role", IN[city].role) or "")
    standing: dict[str, Any] = {
        "role": IN[city].role,
        "sworn": True,
        "authorised": True,
        "authorised_until": date(2026, 12, 31),
        "trained_on": date(2026, 3, 1),
        "good_standing": True,
        "signed_in_with_second_factor": True,
        "agency": agency_of(role.org) if role else "Elm County",
        "trained_topics": frozenset(profile.training.topics),
        "attested": profile.gate.attested,
    }
    return Standing(**(standing | other))


def reason(city: str, **other: Any) -> Reason:
    given: dict[str, Any] = {
        "purpose": IN[city].purpose,
        "case_number": "26-104233",
        "note": "burglary on Elm Street",
        "confirmed": frozenset({"suspicion", "warrant"}),
    }
    return Reason(**(given | other))


def agency_of(org: str) -> str:
    """An agency whose people fit a role of this organisation."""
    return "Elm County" if org in {"external", "contractor"} else org


def request(city: str, **other: Any) -> OpenRequest:
    """Open, of the agency of whoever searches there, for any plate at any time."""
    given: dict[str, Any] = {
        "reference": "REQ-7",
        "agency": agency_of(by_default(city).roles[IN[city].role].org),
        "purpose": "",
        "case_number": "",
        "plates": frozenset(),
        "seen_from": None,
        "seen_to": None,
        "until": TODAY,
    }
    return OpenRequest(**(given | other))


def known(city: str, **other: Any) -> Circumstances:
    """All that has to be looked up, and all of it well."""
    given: dict[str, Any] = {
        "request": request(city),
        "case_check": "open",
        "case_format": True,
        "breadth": Breadth("7ABC123", known_characters=7, oldest=timedelta(days=1)),
        "policy_posted": True,
        "clock_trusted": True,
    }
    return Circumstances(**(given | other))


def ask(  # noqa: PLR0913 -- each is one of the facts of a decision
    city: str,
    act: Act = Act.READS_SEARCH,
    *,
    profile: Profile | None = None,
    who: Mapping[str, Any] | None = None,
    why: Mapping[str, Any] | None = None,
    what: Mapping[str, Any] | None = None,
    now: datetime = NOW,
) -> Decision:
    """What is decided when all is well but for what is said here."""
    return decide(
        profile or by_default(city),
        officer(city, **(who or {})),
        act,
        reason(city, **(why or {})),
        now,
        known(city, **(what or {})),
    )

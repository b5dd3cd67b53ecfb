"""One question put to five cities, through the house: adopted policies, real people, the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from plateward.cli import demo_region
from plateward.gate import door, requests
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.people.models import Person
from plateward.policy import adopt, in_force, load
from plateward.policy.circumstances import Breadth
from plateward.policy.decide import Reason
from plateward.policy.silence import Answer
from plateward.policy.vocabulary import Act
from plateward.reads import search
from tests import cast
from tests.cast import CALABASAS, CARSON, ODESSA, WALNUT, WILLARD

CITIES: Final = (WILLARD, WALNUT, ODESSA, CALABASAS, CARSON)
SEARCHER: Final = {WILLARD: "ana", WALNUT: "gus", ODESSA: "ana", CALABASAS: "gus", CARSON: "gus"}
LISTED: Final = {
    WILLARD: "crime_person_or_property",
    WALNUT: "aid_investigation_and_prosecution",
    ODESSA: "crime_associated_vehicle",
    CALABASAS: "criminal_investigation",
    CARSON: "aid_investigation_and_prosecution",
}
CAMERA: Final = {
    WILLARD: "wil-160-jackson",
    WALNUT: "wal-lemon",
    ODESSA: "ode-131-i70",
    CALABASAS: "cal-parkway",
    CARSON: "car-avalon",
}
PLATE, CASE, WHY = "TST4821", "26-104233", "burglary on Elm Street"
ON_REQUEST: Final = (WALNUT, CARSON)


@dataclass
class House:
    """Five cities whose officers stand well, each request granted that a city wants to see."""

    people: dict[str, Person] = field(default_factory=dict)
    opened: dict[str, str] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = cast.enrolled(name)
        return self.people[name]

    def ask(
        self, city: str, act: Act = Act.READS_SEARCH, *, who: Person | None = None, **why: Any
    ) -> Permit | Refusal:
        """What the door of one city answers when all is well but for what is said here."""
        if act in {Act.READS_SEARCH, Act.READS_VIEW} and city in ON_REQUEST:
            why.setdefault("request", self.request_in(city))
        try:
            return door.admit(
                who or self.person(SEARCHER[city]),
                act,
                reason(city, **why),
                cities=[city],
                query={"plate": PLATE},
                breadth=Breadth(PLATE, known_characters=len(PLATE), oldest=timedelta(0)),
                second_factor=True,
            )
        except Refused as refused:
            return refused.refusals[0]

    def ask_all(self, act: Act = Act.READS_SEARCH, **why: Any) -> dict[str, Permit | Refusal]:
        return {city: self.ask(city, act, **why) for city in CITIES}

    def finds(self) -> set[str]:
        """The cities in which the plate is found now."""
        permits = [answer for answer in self.ask_all().values() if isinstance(answer, Permit)]
        assert len(permits) == len(CITIES)
        query = search.Query.parse(plate=PLATE)
        return {read.city for permit in permits for read in search.find(query, permit=permit).found}

    def request_in(self, city: str) -> str:
        """An open request of the Sheriff's, asked for and, where the city wants it, granted."""
        if city not in self.opened:
            self.opened[city] = self.asked_for(city)
        return self.opened[city]

    def asked_for(self, city: str, case: str = CASE) -> str:
        gus, now, profile = self.person("gus"), timezone.now(), in_force.profile(city)
        permit = self.ask(city, Act.REQUEST_OPEN, who=gus, case_number=case)
        assert isinstance(permit, Permit)
        asked = requests.Asked(LISTED[city], case, WHY, plates=(PLATE,))
        line = requests.ask(asked, by=gus, profile=profile, permit=permit, now=now)
        if line.state == "waiting":
            self._grant(city, line.reference, now)
        return line.reference

    def _grant(self, city: str, reference: str, now: datetime) -> None:
        director = self.person("jo")
        permit = self.ask(city, Act.SHARING_APPROVE, who=director)
        assert isinstance(permit, Permit)
        requests.grant(
            reference,
            answer="granted",
            ends_on=now.astimezone(in_force.profile(city).zone).date(),
            by=director,
            permit=permit,
            now=now,
        )


def reason(city: str, **other: Any) -> Reason:
    given: dict[str, Any] = {
        "purpose": LISTED[city],
        "case_number": CASE,
        "note": WHY,
        "confirmed": frozenset({"suspicion", "warrant"}),
    }
    return Reason(**(given | other))


def rules(answers: Mapping[str, Permit | Refusal]) -> dict[str, str]:
    """City by city: `allowed`, or the rule that refused."""
    return {city: rule(answer) for city, answer in answers.items()}


def rule(answer: Permit | Refusal) -> str:
    return answer.rule if isinstance(answer, Refusal) else "allowed"


def clauses(answer: Permit | Refusal) -> set[str]:
    assert isinstance(answer, Refusal)
    return set(answer.clauses)


def adopt_as_written(silent: str, *cities: str) -> None:
    """A new version of each policy that stays silent, on purpose, wherever `silent` begins."""
    for city in cities or CITIES:
        text = load.shipped_text(city)
        proposed = adopt.completed(text, demo_region.ANSWERS.get(city, ()), by="test clerk")
        answers = [
            Answer(each.path, None, each.by, "for the test")
            if each.path.startswith(silent)
            else each
            for each in proposed
        ]
        now = timezone.now()
        adopt.adopt(text, answers=answers, by="test clerk", instrument="test", now=now)

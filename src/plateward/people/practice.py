"""Practice searches: a city's own rules, on plates and reads that do not exist."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from plateward.audit import log
from plateward.people.models import Person
from plateward.plates.text import normalise
from plateward.policy.circumstances import Breadth, Circumstances, OpenRequest
from plateward.policy.decide import Decision, Reason, Standing, decide
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

REQUEST: Final = "PRACTICE-1"
_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A read that never was. `minutes_ago` before now, so that it is always recent."""

    plate: str
    place: str
    vehicle: str
    minutes_ago: int


# Longer than any plate of these states, so that none can be taken for a real one.
READS: Final = (
    MadeUp("PRACTICE1", "Example Street and First Avenue", "blue hatchback", 12),
    MadeUp("PRACTICE1", "Sample Road, northbound", "blue hatchback", 95),
    MadeUp("PRACTICE2", "Example Street and First Avenue", "white van", 40),
    MadeUp("PRACTICE7", "Specimen Boulevard", "red pick-up", 300),
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """What to try, and the rule that must answer. `rule` "allowed": it must be let through."""

    code: str
    title: str
    words: str
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one attempt. `solved` names the exercise it answers, if any."""

    decision: Decision
    found: tuple[MadeUp, ...]
    solved: str


_NO_PURPOSE: Final = Exercise(
    "no-purpose",
    "Search without a purpose",
    "Leave the purpose empty and search for PRACTICE1. See what the policy says.",
    frozenset({"purpose_given"}),
)
_VAGUE: Final = Exercise(
    "vague-reason",
    "Search with a reason that says nothing",
    "Choose a purpose, write “check” as the reason, give no case number.",
    frozenset({"note"}),
)
_NO_CASE: Final = Exercise(
    "no-case",
    "Search without the case number",
    "Choose a purpose and leave the number empty.",
    frozenset({"case_reference"}),
)
_NO_REQUEST: Final = Exercise(
    "no-request",
    "Search without an open request",
    "Fill in everything else, and leave the agency's request out.",
    frozenset({"open_request"}),
)
_NOT_LISTED: Final = Exercise(
    "not-listed",
    "Search for something the policy does not name",
    "Choose the other purpose, last in the list, and see whether and how it can be asked for.",
    frozenset({"purpose_listed", "purpose_needs_legal_review"}),
)
_RIGHT: Final = Exercise(
    "right",
    "A search as it should be",
    "Give everything that the policy asks for, and find PRACTICE1.",
    frozenset({"allowed"}),
)


def exercises(profile: Profile) -> tuple[Exercise, ...]:
    """What there is to practise in this city: its own demands, and one search that is right."""
    own = [_NO_PURPOSE, _NOT_LISTED]
    if profile.gate.note:
        own.append(_VAGUE)
    if profile.gate.case_reference != "none":
        own.append(_NO_CASE)
    if profile.gate.on_request_only:
        own.append(_NO_REQUEST)
    return (*own, _RIGHT)


def attempt(
    profile: Profile,
    standing: Standing,
    reason: Reason,
    plate: str,
    *,
    now: datetime,
) -> Tried:
    """Decide as the gate would, as if training were complete, and look among made-up reads. Pure.

    Training is what is being done here, so it is the one thing that is taken as given.
    """
    asked = normalise(plate)
    decision = decide(
        profile,
        _as_if_trained(profile, standing, now),
        Act.READS_SEARCH,
        reason,
        now,
        _circumstances(reason, standing.agency, str(asked), now),
    )
    found = tuple(each for each in READS if decision.allowed and each.plate == asked)
    return Tried(decision, found, _solved(profile, decision, found))


def record(person: Person, city: str, tried: Tried) -> int:
    """Log the attempt as practice; one that answers an exercise is marked done."""
    return log.append(
        actor=person.badge,
        act=Act.PRACTICE,
        outcome="done" if tried.solved else "answered",
        city=city,
        facts={"exercise": tried.solved, "rule": tried.decision.rule},
    )


def done(city: str, entries: Sequence[log.Entry]) -> dict[str, int]:
    """Exercises answered there in these entries of one person, each with the latest entry."""
    return {
        str(entry.facts["exercise"]): entry.index
        for entry in reversed(entries)
        if entry.act == Act.PRACTICE and entry.city == city and entry.facts.get("exercise")
    }


def _as_if_trained(profile: Profile, standing: Standing, now: datetime) -> Standing:
    return replace(
        standing,
        trained_on=now.astimezone(profile.zone).date(),
        trained_topics=frozenset(profile.training.topics),
        retrain_since=None,
    )


def _circumstances(reason: Reason, agency: str, plate: str, now: datetime) -> Circumstances:
    request = OpenRequest(
        reference=REQUEST,
        agency=agency,
        purpose=reason.purpose,
        case_number=reason.case_number,
        plates=frozenset(),
        seen_from=None,
        seen_to=None,
        until=(now + _FOR).date(),
    )
    return Circumstances(
        request=request if reason.request == REQUEST else None,
        case_check="open",
        case_format=None,
        breadth=Breadth(plate=plate, known_characters=len(plate), oldest=timedelta(hours=6)),
        policy_posted=True,
        clock_trusted=True,
    )


def _solved(profile: Profile, decision: Decision, found: tuple[MadeUp, ...]) -> str:
    for exercise in exercises(profile):
        if decision.rule in exercise.rules and (not decision.allowed or found):
            return exercise.code
    return ""

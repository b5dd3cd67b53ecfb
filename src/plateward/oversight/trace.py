"""Every clause of a city: how it stands now, by which rule and test, with evidence of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from plateward.audit import log
from plateward.oversight.cities import profile_of
from plateward.policy import in_force, load, mechanisms
from plateward.policy.clauses import Clause
from plateward.policy.mechanisms import Mechanism, Status
from plateward.policy.profile import Profile
from plateward.upkeep import register

WINDOW: Final = timedelta(days=30)
# A role that keeps the machine running sees no count so small that it points at one person.
SMALLEST_CELL: Final = 5


@dataclass(frozen=True, slots=True)
class Count:
    """How often the log cited a clause."""

    admitted: int = 0
    refused: int = 0
    other: int = 0

    @property
    def all(self) -> int:
        return self.admitted + self.refused + self.other


@dataclass(frozen=True, slots=True)
class Task:
    """The duty behind a clause: when it was last done and is next due."""

    duty: str
    title: str
    last_done: date | None
    next_due: date | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """A clause as it stands. `claimed`: what its text calls for. `waits_for` says what is missing.

    Of a suspended clause, `waits_for` is the reference of the suspension.
    """

    id: str
    kind: str
    paraphrase: str
    claimed: str
    status: Status
    rules: tuple[Mechanism, ...]
    waits_for: str

    @property
    def tests(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(test for rule in self.rules for test in rule.tests))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the city's own records show of one clause."""

    lately: Count
    ever: Count
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A city's clauses in the order of its text, those of the law over it last.

    `adopted_at` None: it ships with the product and was not adopted here, so nothing has happened.
    """

    city: str
    title: str
    version: int
    adopted_at: datetime | None
    instrument: str
    clauses: tuple[Traced, ...]
    evidence: Mapping[str, Evidence]


def clauses_of(city: str) -> tuple[Traced, ...]:
    """Without evidence: what anyone may know. Raise NoSuchCity where it is not served."""
    profile = profile_of(city)
    return tuple(_traced(clause, profile) for clause in profile.clauses)


def counted(clauses: tuple[Traced, ...]) -> dict[Status, int]:
    """How many clauses stand in each status, the best first."""
    order: tuple[Status, ...] = (
        "enforced",
        "supported",
        "manual",
        "waits",
        "suspended",
        "context",
    )
    found = {status: sum(clause.status == status for clause in clauses) for status in order}
    return {status: number for status, number in found.items() if number}


def of(city: str, *, now: datetime) -> Trace:
    """With evidence out of the log and the register. Raise NoSuchCity where it is not served."""
    profile = profile_of(city)
    adopted = in_force.history(city)[0]
    traced = tuple(_traced(clause, profile) for clause in profile.clauses)
    return Trace(
        city=city,
        title=profile.title(),
        version=profile.version,
        adopted_at=adopted.adopted_at,
        instrument=adopted.instrument,
        clauses=traced,
        evidence=_evidence(profile, traced, now),
    )


def as_shipped(city: str) -> Trace:
    """Of a city whose text ships, adopted or not; asks no database. Raise load.NoProfile."""
    profile = load.draft(load.shipped_text(city))
    traced = tuple(_traced(clause, profile) for clause in profile.clauses)
    nothing = Evidence(Count(), Count(), ())
    return Trace(
        city=city,
        title=profile.title(),
        version=0,
        adopted_at=None,
        instrument="",
        clauses=traced,
        evidence={clause.id: nothing for clause in traced},
    )


def coarse(count: int) -> str:
    """A count for a role that may only see counts: a small one is not told exactly."""
    return f"under {SMALLEST_CELL}" if 0 < count < SMALLEST_CELL else str(count)


def _traced(clause: Clause, profile: Profile) -> Traced:
    suspended = profile.suspended.get(clause.id)
    return Traced(
        id=clause.id,
        kind=clause.kind,
        paraphrase=clause.paraphrase,
        claimed=clause.enforcement,
        status=mechanisms.status(clause, profile.suspended),
        rules=mechanisms.of(clause.id),
        waits_for=suspended.reference if suspended else _missing(clause),
    )


def _missing(clause: Clause) -> str:
    if clause.enforcement in ("manual", "context"):
        return ""
    nobody = "" if mechanisms.of(clause.id) else "a mechanism of its own"
    return mechanisms.waits_for(clause.id) or nobody


def _evidence(profile: Profile, clauses: tuple[Traced, ...], now: datetime) -> dict[str, Evidence]:
    lately = log.count_clauses(profile.id, since=now - WINDOW)
    ever = log.count_clauses(profile.id)
    today = now.astimezone(profile.zone).date()
    tasks: dict[str, tuple[Task, ...]] = {}
    for due in register.due(profile.id, today=today):
        task = Task(due.duty.code, due.duty.title, due.last_done, due.next_due, due.overdue)
        for clause in due.duty.clauses:
            tasks[clause] = (*tasks.get(clause, ()), task)
    return {
        clause.id: Evidence(
            lately=_count(lately.get(clause.id, {})),
            ever=_count(ever.get(clause.id, {})),
            tasks=tasks.get(clause.id, ()),
        )
        for clause in clauses
    }


def _count(outcomes: Mapping[str, int]) -> Count:
    admitted, refused = outcomes.get("admitted", 0), outcomes.get("refused", 0)
    return Count(admitted, refused, sum(outcomes.values()) - admitted - refused)

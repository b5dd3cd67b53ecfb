"""Training that ends soon: said on pages, and written to the log when a reminder falls due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from plateward.audit import log
from plateward.people import appointments, training
from plateward.people.models import Person
from plateward.people.training import Topic
from plateward.policy import in_force
from plateward.policy.profile import Profile

ACT: Final = "people:training:remind"
STEPS: Final = (60, 30, 7)  # days before training lapses, each reminded of once
HOUSE: Final = "house"
_MOST: Final = 100_000
_done: dict[str, date] = {}


@dataclass(frozen=True, slots=True)
class Lapse:
    """Training that ends soon. `until` is its last day, `days` how many are left after today.

    `step`: the reminder that is due by now, the nearest one where several would be.
    """

    until: date
    days: int
    step: int
    topics: tuple[str, ...]

    @property
    def words(self) -> str:
        if self.days == 0:
            return "lapses after today"
        return f"lapses in {self.days} day{'' if self.days == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Lapsing:
    person: Person
    lapse: Lapse


def lapse_of(topics: Iterable[Topic], *, today: date) -> Lapse | None:
    """The next end of training that still counts; None while no reminder is due. Pure.

    What lapsed already is no reminder's business: the gate refuses, and says why.
    """
    ends = [(topic.until, topic.code) for topic in topics if topic.in_force and topic.until]
    if not ends:
        return None
    until = min(end for end, _ in ends)
    days = (until - today).days
    due = [step for step in STEPS if days <= step]
    ending = tuple(code for end, code in ends if end == until)
    return Lapse(until, days, min(due), ending) if due else None


def lapsing(profile: Profile, *, today: date) -> tuple[Lapsing, ...]:
    """Everyone with a role in the city whose training ends soon, the soonest first."""
    found = []
    for person in appointments.holders(profile, tuple(profile.roles), today=today):
        topics = training.topics_of(person, profile, today=today)
        if lapse := lapse_of(topics, today=today):
            found.append(Lapsing(person, lapse))
    return tuple(sorted(found, key=lambda each: (each.lapse.until, each.person.badge)))


def remind(*, now: datetime) -> int:
    """Write each reminder that is due to the log, once; a city is looked at once a day."""
    return sum(_remind_in(city, now) for city in in_force.cities())


def _remind_in(city: str, now: datetime) -> int:
    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy:
        return 0  # one city's policy that cannot be read keeps no other from being reminded
    today = now.astimezone(profile.zone).date()
    if _done.get(profile.id) == today:
        return 0
    due = lapsing(profile, today=today)
    written = _written(profile.id, now) if due else set[tuple[object, ...]]()
    fresh = [each for each in due if _key(each) not in written]
    for each in fresh:
        _write(profile, each)
    _done[profile.id] = today
    return len(fresh)


def _write(profile: Profile, due: Lapsing) -> None:
    log.append(
        actor=HOUSE,
        act=ACT,
        outcome="done",
        city=profile.id,
        facts={
            "badge": due.person.badge,
            "until": due.lapse.until.isoformat(),
            "days_before": due.lapse.step,
            "topics": list(due.lapse.topics),
            "clauses": list(profile.clauses_for("training.renew_every")),
        },
    )


def _key(due: Lapsing) -> tuple[object, ...]:
    return due.person.badge, due.lapse.until.isoformat(), due.lapse.step


def _written(city: str, now: datetime) -> set[tuple[object, ...]]:
    since = now - timedelta(days=max(STEPS) + 2)
    entries = log.find(log.Filter(city=city, act=ACT, since=since), limit=_MOST)
    names = ("badge", "until", "days_before")
    return {tuple(entry.facts.get(name) for name in names) for entry in entries}

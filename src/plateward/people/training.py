"""Training by topic: what was learned, by which evidence, and what is still in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from plateward.audit import log
from plateward.people import own
from plateward.people.models import Change, Person, Training
from plateward.policy import in_force
from plateward.policy.periods import Period, last_day_of
from plateward.policy.profile import Profile


class NotTraining(ValueError):
    """What was given cannot be recorded; the message says why and that nothing was changed."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course completed. No topics: the whole course of the city."""

    city: str
    completed_on: date
    evidence: str
    topics: tuple[str, ...] = ()
    provider: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a city's course, for one person. `until` None: no last day is set."""

    code: str
    words: str
    completed_on: date | None
    until: date | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """What policy needs to know. `completed_on`: when the course was last complete."""

    completed_on: date | None
    topics: frozenset[str]
    retrain_since: date | None


@dataclass(frozen=True, slots=True)
class Demand:
    """What a city asks of training, as far as a day tells."""

    topics: tuple[str, ...]
    renew_every: Period | None
    since: date | None


@transaction.atomic
def record(of: Person, course: Course, *, by: str) -> None:
    """Record a course. Raises NotTraining where a topic or a day cannot be."""
    own.refuse(of, by=by)
    topics = _topics_asked(course)
    Training.objects.create(
        person=of,
        city=course.city,
        completed_on=course.completed_on,
        evidence=course.evidence,
        topics=list(topics),
        provider=course.provider.strip(),
        expires_on=course.expires_on,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    log.append(
        actor=by,
        act="people:training:record",
        outcome="done",
        city=course.city,
        facts={
            "badge": of.badge,
            "completed_on": course.completed_on.isoformat(),
            "evidence": course.evidence,
            "topics": list(topics),
            "provider": course.provider.strip(),
            "expires_on": course.expires_on.isoformat() if course.expires_on else "",
        },
    )


@transaction.atomic
def record_change(city: str, *, kind: str, on: date, what: str, by: str) -> bool:
    """Record that law, policy or technology changed. Whether earlier training ends by it."""
    profile = in_force.profile(city)
    kind, what = kind.strip(), " ".join(what.split())
    if not kind or not what:
        raise NotTraining("Say what kind of change it is and what changed. Nothing was recorded.")
    Change.objects.create(city=city, kind=kind, on=on, what=what[:300], recorded_by=by)
    counts = kind in kinds_that_count(profile)
    log.append(
        actor=by,
        act="people:training:renew",
        outcome="done",
        city=city,
        facts={"kind": kind, "on": on.isoformat(), "what": what[:300], "ends_training": counts},
    )
    return counts


def kinds_that_count(profile: Profile) -> tuple[str, ...]:
    """The kinds of change after which the city's text asks for training anew."""
    return tuple(profile.at("training").get("update_on") or ())


def retrain_since(profile: Profile, *, today: date) -> date | None:
    """The latest change that ends earlier training here; a coming one waits for its day."""
    kinds = kinds_that_count(profile)
    if not kinds:
        return None
    counted = Change.objects.filter(city=profile.id, kind__in=kinds, on__lte=today)
    latest: date | None = counted.aggregate(latest=Max("on"))["latest"]
    return latest


def demand_of(profile: Profile, *, today: date) -> Demand:
    return Demand(
        profile.training.topics,
        profile.training.renew_every,
        retrain_since(profile, today=today),
    )


def learned(of: Person, profile: Profile, *, today: date) -> Learned:
    return weigh(courses(of, profile.id), demand_of(profile, today=today), today=today)


def weigh(done: Iterable[Course], demand: Demand, *, today: date) -> Learned:
    """Which topics are in force, and since when the course as a whole is complete. Pure.

    The course is as old as its oldest topic, so renewing one topic does not renew the others.
    """
    kept = list(done)
    latest = _latest_by_topic(kept, demand.topics, today=today)
    standing = frozenset(
        code for code, course in latest.items() if is_in_force(course, demand, today=today)
    )
    completed: date | None
    unexpired = [each.completed_on for each in kept if _counts(each, today=today)]
    if latest:
        completed = min(course.completed_on for course in latest.values())
    elif unexpired and not demand.topics:
        completed = max(unexpired)
    else:
        completed = _still_to_come(kept, today=today)
    return Learned(completed, standing, demand.since)


def topics_of(of: Person, profile: Profile, *, today: date) -> list[Topic]:
    """Topic by topic, for a page; a city without topics has its course as the only one."""
    demand = demand_of(profile, today=today)
    done = courses(of, profile.id)
    asked = demand.topics or ("",)
    latest = _latest_by_topic(done, asked, today=today)
    return [_topic(code, latest.get(code), demand, today) for code in asked]


def in_words(code: str) -> str:
    return code.replace("_", " ").capitalize() if code else "The course"


def courses(of: Person, city: str) -> list[Course]:
    """Newest first."""
    rows = Training.objects.filter(person=of, city=city).order_by("-completed_on", "-pk")
    return [
        Course(
            city, row.completed_on, row.evidence, tuple(row.topics), row.provider, row.expires_on
        )
        for row in rows
    ]


def changes(city: str) -> list[Change]:
    return list(Change.objects.filter(city=city).order_by("-on", "-pk"))


def is_in_force(course: Course, demand: Demand, *, today: date) -> bool:
    """Whether a course still counts today: begun, unexpired, renewed, newer than what changed."""
    if not _counts(course, today=today):
        return False
    if demand.since is not None and course.completed_on < demand.since:
        return False
    return demand.renew_every is None or today <= last_day_of(
        course.completed_on, demand.renew_every
    )


def _counts(course: Course, *, today: date) -> bool:
    ended = course.expires_on is not None and course.expires_on < today
    return course.completed_on <= today and not ended


def _latest_by_topic(
    done: Iterable[Course], asked: Iterable[str], *, today: date
) -> Mapping[str, Course]:
    """The newest course that counts, for each topic that has one."""
    counted = [course for course in done if _counts(course, today=today)]
    covering = {
        code: [course for course in counted if not course.topics or code in course.topics]
        for code in asked
    }
    return {
        code: max(found, key=lambda course: course.completed_on)
        for code, found in covering.items()
        if found
    }


def _still_to_come(done: Iterable[Course], *, today: date) -> date | None:
    return max((each.completed_on for each in done if each.completed_on > today), default=None)


def _topic(code: str, course: Course | None, demand: Demand, today: date) -> Topic:
    if course is None:
        return Topic(code, in_words(code), None, None, in_force=False)
    renewal = demand.renew_every
    ends = [
        day
        for day in (
            course.expires_on,
            last_day_of(course.completed_on, renewal) if renewal else None,
        )
        if day is not None
    ]
    return Topic(
        code,
        in_words(code),
        course.completed_on,
        min(ends, default=None),
        in_force=is_in_force(course, demand, today=today),
    )


def _topics_asked(course: Course) -> tuple[str, ...]:
    """The topics it covers, spelled out: the whole course is what the city teaches today."""
    try:
        known = in_force.profile(course.city).training.topics
    except in_force.NoPolicy:
        known = ()
    wrong = [topic for topic in course.topics if topic not in known]
    if wrong:
        raise NotTraining(
            f"{course.city} has no topic {', '.join(wrong)}. Its topics: "
            f"{', '.join(known) or 'none, its training is one course'}. Nothing was recorded."
        )
    if not course.evidence.strip():
        raise NotTraining("Say where the evidence is kept. Nothing was recorded.")
    if course.expires_on is not None and course.expires_on < course.completed_on:
        raise NotTraining(
            f"It cannot expire on {course.expires_on}, before it was completed. "
            "Nothing was recorded."
        )
    return course.topics or known

"""Ask to come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Decision, Reason, decide
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class _Answer:
    city: str
    title: str
    decision: Decision
    policy: str


def admit(
    person: Person,
    act: Act,
    reason: Reason,
    *,
    cities: Sequence[str],
    query: Mapping[str, str] | None = None,
    second_factor: bool,
) -> Permit:
    """Ask each city's policy, write the log, then issue a permit or refuse.

    The log is committed before anything is read, so a refusal leaves a trace and a crash cannot
    hide one. One city's refusal does not close another: the permit names the cities that said yes
    and carries the refusals of the rest. Raise Refused when none did.
    """
    now = timezone.now()
    answers = [
        _ask(person, act, reason, city=city, second_factor=second_factor, now=now)
        for city in dict.fromkeys(cities)
    ] or [_no_city()]
    with transaction.atomic(durable=True):
        entries = {
            answer.city: _write(person, act, reason, answer, query or {}) for answer in answers
        }
    refusals = tuple(
        Refusal(
            city=answer.city,
            city_title=answer.title,
            why=answer.decision.why,
            clauses=answer.decision.clauses,
            do_next=answer.decision.do_next,
            entry=entries[answer.city],
        )
        for answer in answers
        if not answer.decision.allowed
    )
    admitted = {a.city: entries[a.city] for a in answers if a.decision.allowed}
    if not admitted:
        raise Refused(refusals)
    return Permit(person.badge, act, admitted, reason, refusals)


def admit_house(act: Act, why: str, *, city: str) -> Permit:
    """The machine's own acts (a purge, an alert) use the same door and leave the same trace."""
    entry = log.append(actor="house", act=act, outcome="admitted", city=city, facts={"why": why})
    return Permit("house", act, {city: entry}, Reason(purpose=why))


def _ask(
    person: Person,
    act: Act,
    reason: Reason,
    *,
    city: str,
    second_factor: bool,
    now: datetime,
) -> _Answer:
    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy as none:
        return _Answer(city, city, _refused(str(none)), "")
    stands = standing.of(person, city, second_factor=second_factor, today=_local_date(profile, now))
    decision = decide(profile, stands, act, reason, now)
    return _Answer(city, profile.title(), decision, f"{profile.id} v{profile.version}")


def _local_date(profile: Profile, now: datetime) -> date:
    return now.astimezone(ZoneInfo(profile.timezone)).date()


def _no_city() -> _Answer:
    return _Answer("", "", _refused("No city was chosen."), "")


def _refused(why: str) -> Decision:
    return Decision(
        allowed=False,
        why=why,
        clauses=(),
        do_next="Choose a city whose policy is in force. Nothing was searched.",
        rule="city_has_policy",
    )


def _write(
    person: Person, act: Act, reason: Reason, answer: _Answer, query: Mapping[str, str]
) -> int:
    """Who, when, why and under which rule are public; the plate, the case and words are private."""
    decision = answer.decision
    asked = {name: value for name, value in query.items() if value}
    return log.append(
        actor=person.badge,
        act=act,
        outcome="admitted" if decision.allowed else "refused",
        city=answer.city or None,
        facts={
            "purpose": reason.purpose,
            "rule": decision.rule,
            "clauses": list(decision.clauses),
            "policy": answer.policy,
        },
        private={
            "name": person.get_full_name(),
            "agency": person.agency,
            "case": reason.case_number,
            "note": reason.note,
            "request": reason.request,
            "query": asked,
        },
    )

"""Ask to come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Decision, Reason, decide
from plateward.policy.profile import Profile
from plateward.policy.reasons import tidied
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks for what, why and what about: the same for every city."""

    person: Person
    act: Act
    reason: Reason
    query: Mapping[str, str]
    second_factor: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class _Answer:
    """One city's answer. `profile` is None for a city without a policy in force."""

    city: str
    profile: Profile | None
    decision: Decision


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
    # `decide` trusts the reference of an open request, and nothing here can look one up yet.
    told = replace(tidied(reason), request="")
    asking = _Asking(person, act, told, query or {}, second_factor, timezone.now())
    answers = [_ask(asking, city) for city in dict.fromkeys(cities)] or [_no_policy("")]
    with transaction.atomic(durable=True):
        entries = {answer.city: _write(asking, answer) for answer in answers}
    refusals = tuple(
        _refusal(answer, entries[answer.city]) for answer in answers if not answer.decision.allowed
    )
    admitted = {a.city: entries[a.city] for a in answers if a.decision.allowed}
    if not admitted:
        raise Refused(refusals)
    return Permit(person.badge, act, admitted, told, refusals)


def admit_house(act: Act, why: str, *, city: str) -> Permit:
    """The machine's own acts (a purge, an alert) use the same door and leave the same trace."""
    entry = log.append(actor="house", act=act, outcome="admitted", city=city, facts={"why": why})
    return Permit("house", act, {city: entry}, Reason(purpose=why))


def _ask(asking: _Asking, city: str) -> _Answer:
    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy as none:
        return _no_policy(city, str(none))
    stands = standing.of(
        asking.person,
        city,
        second_factor=asking.second_factor,
        today=asking.now.astimezone(profile.zone).date(),
    )
    return _Answer(city, profile, decide(profile, stands, asking.act, asking.reason, asking.now))


def _no_policy(city: str, why: str = "No city was chosen.") -> _Answer:
    refused = Decision(
        allowed=False,
        why=why,
        do_next="Choose a city whose policy is in force. Nothing was searched.",
        rule="city_has_policy",
    )
    return _Answer(city, None, refused)


def _refusal(answer: _Answer, entry: int) -> Refusal:
    return Refusal(
        city=answer.city,
        city_title=answer.profile.title() if answer.profile else answer.city,
        why=answer.decision.why,
        clauses=answer.decision.clauses,
        do_next=answer.decision.do_next,
        entry=entry,
    )


def _write(asking: _Asking, answer: _Answer) -> int:
    """Who, when, why and by which rule is published; the plate and all that was typed is not."""
    profile, decision, reason = answer.profile, answer.decision, asking.reason
    return log.append(
        actor=asking.person.badge,
        act=asking.act,
        outcome="admitted" if decision.allowed else "refused",
        city=profile.id if profile else None,
        facts={
            "purpose": _listed_purpose(answer, reason),
            "rule": decision.rule,
            "clauses": list(decision.clauses),
            "answers": list(decision.answers),
            "policy": f"{profile.id} v{profile.version}" if profile else "",
            "policy_digest": profile.digest if profile else "",
        },
        private={
            "name": asking.person.get_full_name(),
            "agency": asking.person.agency,
            "city": answer.city,
            "purpose": reason.purpose,
            "case": reason.case_number,
            "note": reason.note,
            "query": {name: value for name, value in asking.query.items() if value},
        },
    )


def _listed_purpose(answer: _Answer, reason: Reason) -> str:
    """The city's own word for it. What is on no list may be anything, so it is not published."""
    if answer.decision.purpose:
        return answer.decision.purpose
    known = answer.profile is not None and reason.purpose in answer.profile.purposes.labels
    return reason.purpose if known else ""

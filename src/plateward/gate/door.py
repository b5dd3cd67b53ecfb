"""Ask to come in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate import looked_up, requests, written
from plateward.gate.looked_up import Asking
from plateward.gate.permit import Permit, Provided, Refusal, Refused
from plateward.gate.written import Answer
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.circumstances import NOTHING_KNOWN, Breadth, Circumstances
from plateward.policy.decide import Decision, Reason, Standing, decide
from plateward.policy.reasons import tidied
from plateward.policy.rights import RIGHTS
from plateward.policy.vocabulary import Act


def admit(  # noqa: PLR0913 -- everything the answer may hang on, said by the caller
    person: Person,
    act: Act,
    reason: Reason,
    *,
    cities: Sequence[str],
    query: Mapping[str, str] | None = None,
    breadth: Breadth | None = None,
    second_factor: bool,
) -> Permit:
    """Ask each city's policy, write the log, then issue a permit or refuse.

    The log is committed before anything is read, so a refusal leaves a trace and a crash cannot
    hide one. One city's refusal does not close another: the permit names the cities that said yes
    and carries the refusals of the rest. Raise Refused when none did.
    """
    asking = Asking(person, act, tidied(reason), breadth)
    now = timezone.now()
    answers = [_ask(asking, city, second_factor=second_factor, now=now) for city in _once(cities)]
    answers = answers or [_no_policy("")]
    with transaction.atomic(durable=True):
        entries = {a.city: written.entry(asking, a, query or {}) for a in answers}
    admitted = [answer for answer in answers if answer.decision.allowed]
    refusals = tuple(_refusal(a, entries[a.city]) for a in answers if not a.decision.allowed)
    if not admitted:
        raise Refused(refusals)
    return Permit(
        actor=person.badge,
        act=act,
        entries={answer.city: entries[answer.city] for answer in admitted},
        reason=asking.reason,
        refusals=refusals,
        flags={answer.city: answer.decision.flags for answer in admitted if answer.decision.flags},
        provided=_provided(admitted),
        rights={answer.city: answer.standing.attested & RIGHTS for answer in admitted},
    )


def admit_house(act: Act, why: str, *, city: str) -> Permit:
    """The machine's own acts (a purge, an alert) use the same door and leave the same trace."""
    entry = log.append(actor="house", act=act, outcome="admitted", city=city, facts={"why": why})
    return Permit("house", act, {city: entry}, Reason(purpose=why))


def _once(cities: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(cities))


def _ask(asking: Asking, city: str, *, second_factor: bool, now: datetime) -> Answer:
    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy as none:
        return _no_policy(city, str(none))
    today = now.astimezone(profile.zone).date()
    stands = standing.of(asking.person, city, second_factor=second_factor, today=today)
    known = _known(asking, city, stands, today)
    reason = replace(
        asking.reason,
        request=known.request.reference if known.request else "",
        review=known.review.reference if known.review else "",
    )
    decision = decide(profile, stands, asking.act, reason, now, circumstances=known)
    return Answer(city, profile, decision, stands, known)


def _known(asking: Asking, city: str, stands: Standing, today: date) -> Circumstances:
    """Nothing is looked up for whoever has no role: the answer is no, and a search of theirs must
    not be what asks another system about a case."""
    if stands.role is None:
        return NOTHING_KNOWN
    return looked_up.circumstances(asking, city, today=today)


def _no_policy(city: str, why: str = "No city was chosen.") -> Answer:
    refused = Decision(
        allowed=False,
        why=why,
        do_next="Choose a city whose policy is in force. Nothing was searched.",
        rule="city_has_policy",
    )
    return Answer(city, None, refused, Standing(), NOTHING_KNOWN)


def _refusal(answer: Answer, entry: int) -> Refusal:
    decision = answer.decision
    return Refusal(
        city=answer.city,
        city_title=answer.profile.title() if answer.profile else answer.city,
        why=decision.why,
        clauses=decision.clauses,
        do_next=decision.do_next,
        entry=entry,
        rule=decision.rule,
        also=tuple(each for each in decision.objections if each.rule != decision.rule),
    )


def _provided(admitted: Sequence[Answer]) -> dict[str, Provided]:
    return {
        answer.city: Provided(
            request=under.reference,
            requested_when=requests.when_asked(under.reference).isoformat(),
            provided_to=under.agency,
        )
        for answer in admitted
        if (under := answer.circumstances.request)
    }

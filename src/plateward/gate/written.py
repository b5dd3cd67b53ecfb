"""Write one city's answer into the log: the union of what every city and the law ask of it.

Who, when, why and by which rule is published. The name, the plate, the case and all that was typed
is private: committed to, never published.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from plateward.audit import log
from plateward.gate import recorded
from plateward.gate.looked_up import Asking
from plateward.policy.circumstances import Circumstances
from plateward.policy.decide import Decision, Standing
from plateward.policy.profile import Profile

_REMINDERS: Final = frozenset({"warrant", "suspicion"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One city's answer, and what it stood on. `profile` None: no policy is in force there."""

    city: str
    profile: Profile | None
    decision: Decision
    standing: Standing
    circumstances: Circumstances


def entry(asking: Asking, answer: Answer, query: Mapping[str, str]) -> int:
    profile, decision, reason = answer.profile, answer.decision, asking.reason
    under = answer.circumstances
    return log.append(
        actor=asking.person.badge,
        act=asking.act,
        outcome="admitted" if decision.allowed else "refused",
        city=profile.id if profile else None,
        facts={
            "purpose": _listed_purpose(answer, reason.purpose),
            "role": answer.standing.role or "",
            "rule": decision.rule,
            "clauses": list(decision.clauses),
            "answers": list(decision.answers),
            "flags": list(decision.flags),
            "confirmed": sorted(reason.confirmed & _REMINDERS),
            "request": under.request.reference if under.request else "",
            "review": under.review.reference if under.review else "",
            "policy": f"{profile.id} v{profile.version}" if profile else "",
            "policy_digest": profile.digest if profile else "",
        },
        private={
            "name": asking.person.get_full_name(),
            "username": asking.person.get_username(),
            "agency": asking.person.agency,
            "city": answer.city,
            "purpose": reason.purpose,
            "case": reason.case_number,
            "note": reason.note,
            "query": {name: value for name, value in query.items() if value},
            **recorded.as_facts(answer.standing, _as_asked(under, query)),
        },
    )


def _as_asked(circumstances: Circumstances, query: Mapping[str, str]) -> Circumstances:
    """A plate that nobody typed is not kept: the log outlives the read that was opened."""
    if circumstances.breadth is None or query.get("plate"):
        return circumstances
    return replace(circumstances, breadth=replace(circumstances.breadth, plate=""))


def _listed_purpose(answer: Answer, purpose: str) -> str:
    """The city's own word for it. What is on no list may be anything, so it is not published."""
    if answer.decision.purpose:
        return answer.decision.purpose
    known = answer.profile is not None and purpose in answer.profile.purposes.labels
    return purpose if known else ""

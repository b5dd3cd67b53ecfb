"""Decide one act of one person under one profile. Pure and total: same facts, same answer.

`RULES_FOR` lists, act by act, the rules in the order they are asked. The first that objects
refuses; an act without rules is refused. No rule allows anything: what is left after every
objection is what a role of the profile names, and nothing else.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from plateward.policy import reasons, who, why
from plateward.policy.circumstances import NOTHING_KNOWN, Circumstances
from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.profile import Profile
from plateward.policy.reasons import Reason
from plateward.policy.verdict import Because, Decision, Refusal, behind_role, cited, refuse
from plateward.policy.vocabulary import WORDS_FOR_ACT, Act
from plateward.policy.who import Rule, Standing

__all__ = ["RULES_FOR", "Decision", "Reason", "Standing", "decide"]

# Who asks comes before why: a person learns of a missing role before being asked for a case.
_ORDER: tuple[tuple[Need | None, Rule], ...] = (
    (None, who.complete),
    (None, who.in_force),
    (None, who.role),
    (None, who.sworn),
    (None, who.authorised),
    (Need.TRAINING, who.trained),
    (Need.TRAINING, who.trained_lately),
    (Need.TRAINING, who.good_standing),
    (None, who.second_factor),
    (Need.PURPOSE, why.purpose),
    (Need.NOTE, why.note),
    (Need.CASE, why.case),
    (Need.REQUEST, why.request),
    (Need.EVIDENCE, why.evidence),
)

RULES_FOR: Mapping[Act, tuple[Rule, ...]] = MappingProxyType(
    {
        act: tuple(rule for need, rule in _ORDER if need is None or need in needs)
        for act, needs in NEEDS.items()
    }
)

# What an admission quotes for each need, where the profile asks for it.
_BEHIND: Mapping[Need, tuple[str, ...]] = MappingProxyType(
    {
        Need.TRAINING: ("training.before_access", "training.renew_every", "training.good_standing"),
        Need.CASE: ("access.query_gate.case_reference",),
        Need.REQUEST: ("access.on_request_only",),
        Need.EVIDENCE: ("exports.local",),
    }
)


def decide(  # noqa: PLR0917 -- all six are what a decision is
    profile: Profile,
    standing: Standing,
    act: Act,
    reason: Reason,
    now: datetime,
    circumstances: Circumstances = NOTHING_KNOWN,  # noqa: ARG001 -- no rule asks about them yet
) -> Decision:
    """Whether this person may do this now. `now` is aware."""
    asked = RULES_FOR.get(act)
    if asked is None:
        return refuse(profile, act, _for_no_person(act))
    if now.tzinfo is None:
        return refuse(profile, act, _NO_CLOCK)
    today = now.astimezone(profile.zone).date()
    tidy = reasons.tidied(reason)
    for rule in asked:
        refusal = rule(profile, standing, act, tidy, today)
        if refusal is not None:
            return refuse(profile, act, refusal)
    purpose = tidy.purpose if Need.PURPOSE in NEEDS[act] else ""
    return _admission(profile, standing.role or "", act, purpose)


# An admission says nothing of the person or the day, so it can be worked out once.
@lru_cache(maxsize=8192)
def _admission(profile: Profile, role: str, act: Act, purpose: str) -> Decision:
    own = why.own_purpose(profile, purpose.strip()) if purpose else ""
    needs = [path for need, paths in _BEHIND.items() if need in NEEDS[act] for path in paths]
    because: tuple[Because, ...] = (
        *behind_role(profile.roles[role]),
        "access.preconditions",
        *(path for path in needs if _asks(profile, path)),
        *([("purposes.authorised", own)] if own else []),
    )
    words = f"{profile.roles[role].title}, {profile.title()}: may {WORDS_FOR_ACT[act]}"
    if own:
        words += f". Purpose: {profile.purposes.labels[own]}"
    answers = tuple(path for path in because if isinstance(path, str) and path in profile.answers)
    return Decision(True, f"{words}.", cited(profile, because), "", "allowed", answers, own)


def _asks(profile: Profile, path: str) -> bool:
    return profile.at(path) not in (None, False, "none", "not_required")


def _for_no_person(act: Act) -> Refusal:
    words = WORDS_FOR_ACT.get(act, "do this")
    return Refusal(
        "act_named",
        f"No person may {words}: no rule of any profile names it.",
        "If this seems wrong, tell whoever runs the system.",
    )


_NO_CLOCK = Refusal(
    "clock",
    "The time of the request is not known for certain.",
    "Tell whoever runs the system: its clock or its settings are wrong.",
)

"""Put a decision into words, with the clauses behind it: done when somebody reads it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.profile import Profile
from plateward.policy.rules import case, why
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.verdict import (
    HOUSE_RULE,
    Because,
    Decision,
    Objection,
    behind_role,
    cited,
)
from plateward.policy.vocabulary import NOTHING_DONE, WORDS_FOR_ACT

# What an admission quotes for each need, where the profile asks for it.
_BEHIND: Final[Mapping[Need, tuple[str, ...]]] = MappingProxyType(
    {
        Need.TRAINING: ("training.before_access", "training.renew_every", "training.good_standing"),
        Need.CASE: ("access.query_gate.case_reference",),
        Need.REQUEST: ("access.on_request_only",),
        Need.CONFIRMED: ("purposes.suspicion_required", "purposes.warrant_reminder"),
        Need.COPY: ("exports.local",),
    }
)
_NOT_ASKED: Final = (None, False, "none", "not_required", ())


def told(asked: Asked, objecting: Sequence[Rule]) -> Decision:
    return _refusal(asked, objecting) if objecting else _admission(asked)


def _refusal(asked: Asked, objecting: Sequence[Rule]) -> Decision:
    objections = tuple(_objection(asked.profile, rule.tell(asked)) for rule in objecting)
    first = objections[0]
    return Decision(
        allowed=False,
        why=first.why,
        clauses=first.clauses,
        do_next=f"{first.do_next} {NOTHING_DONE.get(asked.act, 'Nothing was changed.')}",
        rule=first.rule,
        answers=first.answers,
        flags=case.flags(asked) if Need.CASE in NEEDS.get(asked.act, ()) else (),
        objections=objections,
    )


def _objection(profile: Profile, refusal: Refusal) -> Objection:
    """Quote the clauses where the text speaks, the answer where a person spoke, else the house."""
    clauses = cited(profile, refusal.because)
    paths = (path if isinstance(path, str) else path[0] for path in refusal.because)
    answers = tuple(path for path in paths if path in profile.answers)
    said = refusal.why
    if answers:
        said = f"{said} {_answered(profile, answers[0])}"
    elif not clauses:
        said = f"{said} {HOUSE_RULE}"
    return Objection(refusal.rule, said, refusal.do_next, clauses, answers)


def _answered(profile: Profile, path: str) -> str:
    answer = profile.answers[path]
    return f"{profile.city}'s text is silent on this; {answer.by} decided it ({answer.why})."


def _admission(asked: Asked) -> Decision:
    profile, needs = asked.profile, NEEDS[asked.act]
    role = profile.roles[asked.standing.role or ""]
    own = why.settled_purpose(asked) if Need.PURPOSE in needs else ""
    because = (*behind_role(role), *_behind_needs(asked), *_behind_purpose(own))
    words = f"{role.title}, {profile.title()}: may {WORDS_FOR_ACT[asked.act]}"
    if own:
        words += f". Purpose: {_purpose_words(asked, own)}"
    return Decision(
        allowed=True,
        why=f"{words}.",
        clauses=cited(profile, because),
        rule="allowed",
        answers=tuple(
            path for path in because if isinstance(path, str) and path in profile.answers
        ),
        purpose=own,
        flags=(*case.flags(asked), *case.to_review(asked)) if Need.CASE in needs else (),
    )


def _behind_needs(asked: Asked) -> tuple[Because, ...]:
    needs = NEEDS[asked.act]
    paths = [path for need, behind in _BEHIND.items() if need in needs for path in behind]
    return ("access.preconditions", *(path for path in paths if _asks(asked.profile, path)))


def _behind_purpose(own: str) -> tuple[Because, ...]:
    if not own:
        return ()
    return why.BEYOND_LIST if own == why.OTHER else (("purposes.authorised", own),)


def _purpose_words(asked: Asked, own: str) -> str:
    review = asked.circumstances.review
    if own == why.OTHER and review is not None:
        return f"beyond the list, by legal review {review.reference[:40]}"
    return asked.profile.purposes.labels[own]


def _asks(profile: Profile, path: str) -> bool:
    return profile.at(path) not in _NOT_ASKED

"""Build the frozen profile out of a checked document and the answers to its silences."""

import hashlib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from plateward.policy import clauses, parts, shape
from plateward.policy.clauses import Index
from plateward.policy.profile import Profile, frozen
from plateward.policy.silence import Answer, unanswered

Values = Mapping[str, Any]


def build(document: Values, *, answers: Iterable[Answer] = (), version: int = 0) -> Profile:
    """`document` has been through `load.checked`; the answers fit it."""
    given = tuple(answers)
    values = _effective(document, given)
    found = clauses.of(document["id"])
    return Profile(
        id=values["id"],
        city=values["city"],
        state=values["state"],
        timezone=values["timezone"],
        version=version,
        digest=_digest(values, given),
        values=frozen(values),
        answers=frozen({answer.path: answer for answer in given}),
        unanswered=unanswered(document, given),
        roles=frozen({row["code"]: parts.role(row) for row in values["access"]["roles"]}),
        purposes=parts.purposes(values["purposes"]),
        training=parts.training(values),
        gate=parts.gate(values),
        retention=parts.retention(values["retention"]),
        clauses=found,
        clause_index=Index.over(found),
        zone=ZoneInfo(values["timezone"]),
    )


def _effective(document: Values, answers: tuple[Answer, ...]) -> dict[str, Any]:
    """The text with each answer that fits its place put there.

    An answer that is a standing instruction in words ("none until the city states") leaves the
    text's own value in place; it stays readable under `Profile.answers`.
    """
    values = deepcopy({key: held for key, held in document.items() if key != "silent"})
    for answer in answers:
        if answer.value is not None and shape.fits(answer.path, answer.value):
            *above, last = answer.path.split(".")
            here = values
            for part in above:
                here = here[part]
            here[last] = deepcopy(answer.value)
    return values


def _digest(values: Values, answers: tuple[Answer, ...]) -> str:
    """What was decided, not who decided it: the same rules have the same digest."""
    decided = {"profile": values, "answers": {each.path: each.value for each in answers}}
    return hashlib.sha256(rfc8785.dumps(decided)).hexdigest()

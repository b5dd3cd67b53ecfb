"""Build the frozen profile out of a checked document and what was decided about it.

Text and answers first, then what is suspended is put aside, then the laws tighten what is left.
"""

import hashlib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from plateward.policy import clauses, filling, overlays, parts, shape, suspension
from plateward.policy.clauses import Index
from plateward.policy.overlays import Overlay
from plateward.policy.profile import Profile, frozen
from plateward.policy.silence import Answer, Silence, silences, still_open
from plateward.policy.suspension import Suspension

Values = Mapping[str, Any]
_NOT_RULES = frozenset({"silent", "to_fill"})


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided about a document: answers, laws named, clauses suspended."""

    answers: tuple[Answer, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    suspensions: tuple[Suspension, ...] = ()


def open_to(document: Values, laws: Iterable[Overlay]) -> tuple[Silence, ...]:
    """Every place where a person has to speak before the city goes live."""
    return (*filling.unfilled(document), *silences(document), *overlays.sign_offs(laws))


def build(document: Values, decided: Decided, *, version: int = 0) -> Profile:
    """`document` has been through `load.checked`; what was decided fits it."""
    text = _answered(document, decided.answers)
    own = clauses.of(document["id"])
    suspended = {each.clause: each for each in decided.suspensions}
    values = suspension.put_aside(deepcopy(text), own, suspended)
    values = overlays.applied(values, decided.overlays)
    laws = [row for each in decided.overlays for row in overlays.clauses_of(each, values)]
    return Profile(
        id=values["id"],
        city=values["city"],
        state=values["state"],
        timezone=values["timezone"],
        version=version,
        digest=_digest(text, decided),
        values=frozen(values),
        answers=frozen({answer.path: answer for answer in decided.answers}),
        unanswered=still_open(open_to(document, decided.overlays), decided.answers),
        roles=frozen({row["code"]: parts.role(row) for row in values["access"]["roles"]}),
        purposes=parts.purposes(values["purposes"]),
        training=parts.training(values),
        gate=parts.gate(values),
        retention=parts.retention(values["retention"]),
        clauses=(*own, *laws),
        clause_index=Index.over([each for each in (*own, *laws) if each.id not in suspended]),
        zone=ZoneInfo(values["timezone"]),
        overlays=tuple(each.id for each in decided.overlays),
        suspended=frozen(suspended),
    )


def _answered(document: Values, answers: tuple[Answer, ...]) -> dict[str, Any]:
    """The text with each answer that fits its place put there.

    An answer that is a standing instruction in words ("none until the city states") leaves the
    text's own value in place; it stays readable under `Profile.answers`.
    """
    values = deepcopy({key: held for key, held in document.items() if key not in _NOT_RULES})
    for answer in answers:
        if answer.value is not None and shape.fits(answer.path, answer.value):
            *above, last = answer.path.split(".")
            here = values
            for part in above:
                here = here.setdefault(part, {})
            here[last] = deepcopy(answer.value)
    return values


def _digest(text: Values, decided: Decided) -> str:
    """What was decided, not who decided it: the same rules have the same digest."""
    rules: dict[str, Any] = {
        "profile": text,
        "answers": {each.path: each.value for each in decided.answers},
    }
    if decided.overlays:
        rules["overlays"] = {each.id: _rows(each) for each in decided.overlays}
    if decided.suspensions:
        rules["suspended"] = sorted(each.clause for each in decided.suspensions)
    return hashlib.sha256(rfc8785.dumps(rules)).hexdigest()


def _rows(overlay: Overlay) -> list[dict[str, Any]]:
    """The demands of a law, as plain values."""
    return [
        {"id": row.id, "sign_off": row.sign_off, "demands": [asdict(each) for each in row.demands]}
        for row in overlay.rows
    ]

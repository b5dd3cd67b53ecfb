"""Build the frozen profile out of a checked document and the answers to its silences."""

import hashlib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from plateward.policy import clauses, purposes, shape
from plateward.policy.clauses import Index
from plateward.policy.periods import Period
from plateward.policy.profile import Gate, Profile, Purposes, Retention, Role, Training, frozen
from plateward.policy.silence import Answer, unanswered
from plateward.policy.vocabulary import ACTS_OF_ACTION, UPKEEP_ACTIONS

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
        roles=frozen({row["code"]: _role(row) for row in values["access"]["roles"]}),
        purposes=_purposes(values["purposes"]),
        training=_training(values),
        gate=_gate(values),
        retention=_retention(values["retention"]),
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


def _role(row: Values) -> Role:
    actions = tuple(row["actions"])
    return Role(
        code=row["code"],
        title=row["title"],
        org=row["org"],
        sworn=row["sworn"],
        actions=actions,
        acts=frozenset().union(*(ACTS_OF_ACTION[action] for action in actions)),
        needs_city_decision=row.get("needs_city_decision", False),
        upkeep_only=set(actions) <= UPKEEP_ACTIONS,
    )


def _purposes(values: Values) -> Purposes:
    authorised = tuple(purposes.known(code) for code in values["authorised"])
    return Purposes(
        mode=values["mode"],
        authorised=authorised,
        prohibited=frozenset(values["prohibited"]),
        labels=frozen({purpose.code: purpose.label for purpose in authorised}),
        covered=frozenset().union(*(purpose.covers for purpose in authorised)),
    )


def _training(values: Values) -> Training:
    training = values["training"]
    asked = values["access"]["preconditions"]
    return Training(
        # A text that makes training a condition of access need not also say "before access".
        before_access=bool(training["before_access"])
        or bool({"training_current", "training_completed"} & set(asked)),
        renew_every=_period(training["renew_every"]),
        topics=tuple(training["topics"]),
        good_standing=training["good_standing"] == "required" or "good_standing" in asked,
    )


def _gate(values: Values) -> Gate:
    access, local = values["access"], values["exports"]["local"]
    grounds = (purposes.EXPORT_GROUNDS.get(word, frozenset()) for word in local["allowed_for"])
    starts = values["instrument"]["effective_on"]
    return Gate(
        second_factor=access["auth"]["mfa"] == "required",
        case_reference=access["query_gate"]["case_reference"] or "none",
        note="reason" in access["query_gate"]["required_fields"],
        on_request_only=access["on_request_only"],
        downloads=local["default"] == "allowed",
        download_grounds=frozenset().union(*grounds),
        in_force_from=None if starts is None else date.fromisoformat(starts),
    )


def _retention(values: Values) -> Retention:
    reads = values["reads"]
    return Retention(
        period=Period.parse(reads["period"]),
        anchor=reads["anchor"],
        max_lateness=_period(reads["max_lateness"]),
        hold_grounds=tuple(values["holds"]["grounds"]),
        audit_log=_period(values["audit_log"]["min_period"]),
    )


def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)

"""The parts of a profile that a decision asks most, worked out of its values once."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from plateward.policy import purposes as meanings
from plateward.policy.periods import Period
from plateward.policy.preconditions import to_attest
from plateward.policy.profile import AgeTier, Gate, Purposes, Retention, Role, Training, frozen
from plateward.policy.vocabulary import ACTS_OF_ACTION, UPKEEP_ACTIONS

Values = Mapping[str, Any]

# Where a profile does not say how narrow a search must be, this does.
KNOWN_CHARACTERS: Final = 3
RADIUS_M: Final = 5_000
# Under this law, looking at reads is itself a harm while no policy is posted.
_POSTING_LAW: Final = "us-ca-civ-1798.90.5"


def role(row: Values) -> Role:
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


def purposes(values: Values) -> Purposes:
    authorised = tuple(meanings.known(code) for code in values["authorised"])
    return Purposes(
        mode=values["mode"],
        authorised=authorised,
        prohibited=frozenset(values["prohibited"]),
        labels=frozen({purpose.code: purpose.label for purpose in authorised}),
        covered=frozenset().union(*(purpose.covers for purpose in authorised)),
    )


def training(values: Values) -> Training:
    asked_for = values["training"]
    asked = values["access"]["preconditions"]
    return Training(
        # A text that makes training a condition of access need not also say "before access".
        before_access=bool(asked_for["before_access"])
        or bool({"training_current", "training_completed"} & set(asked)),
        renew_every=_period(asked_for["renew_every"]),
        topics=tuple(asked_for["topics"]),
        topics_at_once=frozenset(asked_for["topics"]),
        good_standing=asked_for["good_standing"] == "required" or "good_standing" in asked,
    )


def gate(values: Values) -> Gate:
    access, local = values["access"], values["exports"]["local"]
    suspicion = values["purposes"]["suspicion_required"]
    grounds = (meanings.EXPORT_GROUNDS.get(word, frozenset()) for word in local["allowed_for"])
    starts = values["instrument"]["effective_on"]
    breadth = access.get("breadth", {})
    return Gate(
        second_factor=access["auth"]["mfa"] == "required",
        case_reference=access["query_gate"]["case_reference"] or "none",
        note="reason" in access["query_gate"]["required_fields"],
        on_request_only=access["on_request_only"],
        downloads=local["default"] == "allowed",
        download_grounds=frozenset().union(*grounds),
        in_force_from=None if starts is None else date.fromisoformat(starts),
        attested=to_attest(access["preconditions"]),
        refuses_unknown_case=access["query_gate"].get("unknown_case") == "refused",
        suspicion=suspicion in {"reason", "reasonable_suspicion"},
        warrant=suspicion == "warrant" or values["purposes"]["warrant_reminder"] == "required",
        known_characters=breadth.get("known_characters", KNOWN_CHARACTERS),
        radius_m=breadth.get("radius_m", RADIUS_M),
        age_tiers=tuple(_age_tier(row) for row in access.get("age_tiers", ())),
        vendor_by_permission=values["vendor"]["access"] == "none_without_permission",
        downloads_for_transfer="transfer_to_law_enforcement" in local["allowed_for"],
        posting_required=any(law.startswith(_POSTING_LAW) for law in values["governing_law"]),
    )


def _age_tier(row: Values) -> AgeTier:
    return AgeTier(Period.parse(row["older_than"]), frozenset(row["roles"]))


def retention(values: Values) -> Retention:
    reads = values["reads"]
    return Retention(
        period=Period.parse(reads["period"]),
        anchor=reads["anchor"],
        max_lateness=_period(reads["max_lateness"]),
        hold_grounds=tuple(values["holds"]["grounds"]),
        audit_log=_period(values["audit_log"]["min_period"]),
        audit_log_at_most=_period(values["audit_log"].get("max_period")),
    )


def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)

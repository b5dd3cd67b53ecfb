"""The shipped texts, each made stricter in one respect, as a city or a law may do."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from plateward.policy import load
from plateward.policy.profile import Profile
from tests.policy.cities import by_default


def _fewer_actions(text: dict[str, Any]) -> None:
    for role in text["access"]["roles"]:
        role["actions"] = role["actions"][:1]


def _purpose_prohibited(text: dict[str, Any]) -> None:
    text["purposes"]["prohibited"].append(text["purposes"]["authorised"].pop())


def _training(text: dict[str, Any]) -> None:
    text["training"] |= {"before_access": True, "renew_every": "P1M", "good_standing": "required"}
    text["training"]["topics"] = [*text["training"]["topics"], "bias"]


def _attested(text: dict[str, Any]) -> None:
    held = text["access"]["preconditions"]
    text["access"]["preconditions"] = [*{*held, "lasd_policy_compliance"}]


def _on_request(text: dict[str, Any]) -> None:
    text["access"]["on_request_only"] = True


def _case(text: dict[str, Any]) -> None:
    text["access"]["query_gate"] |= {
        "case_reference": "criminal_investigation",
        "unknown_case": "refused",
    }


def _confirmed(text: dict[str, Any]) -> None:
    text["purposes"] |= {"suspicion_required": "warrant", "warrant_reminder": "required"}


def _suspicion(text: dict[str, Any]) -> None:
    text["purposes"]["suspicion_required"] = "reasonable_suspicion"


def _narrow(text: dict[str, Any]) -> None:
    text["access"]["breadth"] = {"known_characters": 7, "radius_m": 100}


def _aged(text: dict[str, Any]) -> None:
    text["access"]["age_tiers"] = [
        {"older_than": "PT1H", "roles": [text["access"]["roles"][-1]["code"]]}
    ]


def _no_copies(text: dict[str, Any]) -> None:
    text["exports"]["local"] |= {"default": "forbidden", "allowed_for": []}


def _two_factors(text: dict[str, Any]) -> None:
    text["access"]["auth"]["mfa"] = "required"


def _undecided(text: dict[str, Any]) -> None:
    text["access"]["roles"][0]["needs_city_decision"] = True


_TIGHTENED: dict[str, Callable[[dict[str, Any]], None]] = {
    "fewer actions": _fewer_actions,
    "a purpose prohibited": _purpose_prohibited,
    "training": _training,
    "attested": _attested,
    "on request": _on_request,
    "open criminal case": _case,
    "warrant": _confirmed,
    "suspicion": _suspicion,
    "narrow": _narrow,
    "age tiers": _aged,
    "no copies": _no_copies,
    "two factors": _two_factors,
    "undecided": _undecided,
}
TIGHTENINGS = tuple(_TIGHTENED)


@cache
def tightened(city: str, name: str) -> Profile:
    """With the answers that were given to the city's own silences, where they still fit."""
    text = deepcopy(yaml.safe_load(load.shipped_text(city)))
    _TIGHTENED[name](text)
    said = _paths(text)
    for path in [path for path in text["silent"] if said.get(path) is not None]:
        del text["silent"][path]
    answers = [each for each in by_default(city).answers.values() if each.path in text["silent"]]
    return load.load(yaml.safe_dump(text, sort_keys=False), answers=answers, version=2)


def _paths(value: Any, above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {above: value}
    if isinstance(value, dict):
        for key, held in value.items():
            if above or key != "silent":
                found |= _paths(held, f"{above}.{key}" if above else key)
    return found

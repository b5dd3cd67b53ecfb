"""The shape of a profile: the JSON Schema, and what it says of one place."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

Schema = Mapping[str, Any]


@cache
def schema() -> Schema:
    text = files("plateward.policy").joinpath("profiles/profile.schema.json").read_text("utf-8")
    loaded: Schema = json.loads(text)
    return loaded


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def place(path: str) -> Schema | None:
    """What the schema says of a dotted path; None where the schema has no such place."""
    here: Schema = schema()
    for part in path.split("."):
        if part not in here.get("properties", {}):
            return None
        here = here["properties"][part]
    return here


def can_be_asked(path: str) -> bool:
    """Whether a question may be put at this path: a place of the schema, or a finer point of one.

    A finer point is one step below a place that holds a single value, such as
    `collection.fields.speed.use`; below a section it would be a misspelt key.
    """
    if place(path) is not None:
        return True
    above = place(path.rpartition(".")[0]) if "." in path else None
    return above is not None and "properties" not in above


def fits(path: str, value: Any) -> bool:
    """Whether the value can stand in the profile at this path."""
    found = place(path)
    return found is not None and Draft202012Validator(found).is_valid(value)


def all_paths() -> tuple[str, ...]:
    return tuple(_paths(schema(), ""))


def _paths(here: Schema, above: str) -> Sequence[str]:
    found: list[str] = []
    for name, below in here.get("properties", {}).items():
        path = f"{above}.{name}" if above else name
        found += [path, *_paths(below, path)]
    return found

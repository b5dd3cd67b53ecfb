"""Spoil one key at a time: the profile is refused each time, at the very path that was spoilt."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from plateward.policy import load, shape
from tests.policy.cities import CITIES

SPOILT = {"spoilt": "on purpose"}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield (*path, key)
            yield from leaves(held, (*path, key))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from leaves(held, (*path, number))


def dotted(path: tuple[str | int, ...]) -> str:
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return said.removeprefix(".")


def holder(document: Any, path: tuple[str | int, ...]) -> Any:
    for part in path[:-1]:
        document = document[part]
    return document


def paths_refused(document: Any) -> set[str]:
    with pytest.raises(load.WrongProfile) as wrong:
        load.load(yaml.safe_dump(document))
    return {error.path for error in wrong.value.errors}


def checked(city: str) -> Any:
    return load.checked(load.shipped_text(city))


def is_in_silent(path: tuple[str | int, ...]) -> bool:
    return path[0] == "silent"


@pytest.mark.parametrize("city", CITIES)
def test_a_key_misspelt(city):
    original = checked(city)
    for path in leaves(original):
        if is_in_silent(path) or isinstance(path[-1], int):
            continue
        spoilt = deepcopy(original)
        place = holder(spoilt, path)
        place[f"{path[-1]}x"] = place.pop(path[-1])
        refused = paths_refused(spoilt)
        assert f"{dotted(path)}x" in refused
        optional = {"needs_city_decision", "first_after", "when", "in_product_help", "applies_to"}
        assert dotted(path) in refused or path[-1] in optional


@pytest.mark.parametrize("city", CITIES)
def test_a_value_of_the_wrong_kind(city):
    original = checked(city)
    for path in leaves(original):
        if is_in_silent(path):
            continue
        spoilt = deepcopy(original)
        place = holder(spoilt, path)
        place[path[-1]] = ["spoilt"] if isinstance(place[path[-1]], dict) else dict(SPOILT)
        refused = paths_refused(spoilt)
        assert any(where == dotted(path) or where.startswith(dotted(path)) for where in refused)


def test_a_word_outside_every_closed_choice():
    original = checked(CITIES[0])
    choices = [path for path in shape.all_paths() if "enum" in (shape.place(path) or {})]
    assert len(choices) > 25
    for path in choices:
        spoilt = deepcopy(original)
        parts = tuple(path.split("."))
        holder(spoilt, parts)[parts[-1]] = "purple"
        assert path in paths_refused(spoilt)

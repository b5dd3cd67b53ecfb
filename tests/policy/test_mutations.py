"""Spoil one key at a time: the profile is refused each time, at the very path that was spoilt."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def held(document: Any, path: tuple[str, ...]) -> bool:
    for part in path:
        document = document.get(part)
        if not isinstance(document, dict):
            return False
    return True


def paths_refused(document: Any) -> set[str]:
    with pytest.raises(load.WrongProfile) as wrong:
        load.load(json.dumps(document))
    return {error.path for error in wrong.value.errors}


def checked(city: str) -> Any:
    return load.checked(load.shipped_text(city))


def batches(document: Any) -> Iterator[list[tuple[str | int, ...]]]:
    """Sections one at a time; single values many at a time, which must all be reported at once."""
    paths = [path for path in leaves(document) if path[0] != "silent"]
    sections = [path for path in paths if isinstance(at(document, path), dict | list)]
    singles = [path for path in paths if path not in sections]
    yield from ([path] for path in sections)
    yield from (singles[start::6] for start in range(6))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    return holder(document, path)[path[-1]]


@pytest.mark.parametrize("city", CITIES)
def test_keys_misspelt(city):
    original = checked(city)
    optional = {
        "needs_city_decision",
        "first_after",
        "when",
        "in_product_help",
        "applies_to",
        "update_on",
    }
    for batch in batches(original):
        spoilt = deepcopy(original)
        keys = [path for path in batch if isinstance(path[-1], str)]
        if not keys:
            continue
        for path in keys:
            place = holder(spoilt, path)
            place[f"{path[-1]}x"] = place.pop(path[-1])
        refused = paths_refused(spoilt)
        assert {f"{dotted(path)}x" for path in keys} <= refused
        assert {dotted(path) for path in keys if path[-1] not in optional} <= refused


@pytest.mark.parametrize("city", CITIES)
def test_values_of_the_wrong_kind(city):
    original = checked(city)
    for batch in batches(original):
        spoilt = deepcopy(original)
        for path in batch:
            place = holder(spoilt, path)
            place[path[-1]] = ["spoilt"] if isinstance(place[path[-1]], dict) else dict(SPOILT)
        refused = paths_refused(spoilt)
        for path in batch:
            assert any(where.startswith(dotted(path)) for where in refused), path


def test_a_word_outside_every_closed_choice():
    original = checked(CITIES[0])
    choices = [path for path in shape.all_paths() if "enum" in (shape.place(path) or {})]
    assert len(choices) > 25
    for path in choices:
        parts = tuple(path.split("."))
        if not held(original, parts[:-1]):
            continue  # an optional section that this city does not have
        spoilt = deepcopy(original)
        holder(spoilt, parts)[parts[-1]] = "purple"
        assert path in paths_refused(spoilt)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["P1D\n", "P٣D", "P99999999999Y", "2025-13-01", "٢٠٢٥-11-10", "PT", "\ud800"]),
    st.lists(st.text(max_size=4), max_size=3),
)
DOCUMENT = load.checked(load.shipped_text(CITIES[0]))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(leaves(DOCUMENT), key=str)), ODD)
def test_whatever_stands_there_the_profile_loads_or_is_refused(path, value):
    spoilt = deepcopy(DOCUMENT)
    holder(spoilt, path)[path[-1]] = value
    try:
        digest = load.load(json.dumps(spoilt)).digest
    except load.WrongProfile as wrong:
        digest = "".join(error.reason for error in wrong.errors)
    assert digest

"""A clause that is without force for now, and what its places fall back to meanwhile.

What only a suspended clause opened is closed: a role waits for the City, a purpose leaves the list,
a permission falls silent. What it closed stays closed as the house's own rule, but where the house
has a default of its own to fall back to. A place of which another clause speaks stays as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from plateward.policy import shape
from plateward.policy.clauses import Clause
from plateward.policy.strictness import GRANTS, laxer_than_silence, rank_of

# What we propose to any city whose text is silent at these places.
HOUSE_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "access.query_gate.case_reference": "case_or_cad",
        "training.renew_every": "P1Y",
        "audits.every": "P1M",
        "monitoring.check_every": "P30D",
    }
)


@dataclass(frozen=True, slots=True)
class Suspension:
    """`reference` is what suspended it: a court order, a resolution. `since`: a day, YYYY-MM-DD."""

    clause: str
    reference: str
    by: str
    since: str = ""


def put_aside(
    values: dict[str, Any], clauses: Sequence[Clause], suspended: Iterable[str]
) -> dict[str, Any]:
    """Change `values` to what holds while these clauses are suspended, and give them back."""
    ids = set(suspended)
    gone = [clause for clause in clauses if clause.id in ids]
    standing = [clause for clause in clauses if clause.id not in ids]
    named = (place for clause in gone for place, _quoted in clause.parameters)
    for path in dict.fromkeys(leaf for place in named for leaf in _leaves(values, place)):
        above, last = _holder(values, path)
        if path == "access.roles":
            _close_roles(above[last], gone, standing)
        elif path in GRANTS:
            closed = _items_gone(above[last] or (), path, gone, standing)
            above[last] = [item for item in above[last] or () if item not in closed]
        elif not any(_speaks(clause, path) for clause in standing):
            above[last] = fallen_back(path, above[last])
    return values


def fallen_back(path: str, said: Any) -> Any:
    """What stands at a place that no clause speaks of any more."""
    if said is None:
        return None
    if path in HOUSE_DEFAULTS:
        return HOUSE_DEFAULTS[path]
    if path.startswith("collection.fields."):
        return "forbidden" if said == "forbidden" else "unset"
    if said in laxer_than_silence(path):
        return None if shape.fits(path, None) else rank_of(path)[-1]
    return said


def _close_roles(
    roles: list[dict[str, Any]], gone: Sequence[Clause], standing: Sequence[Clause]
) -> None:
    closed = _items_gone([role["code"] for role in roles], "access.roles", gone, standing)
    for role in roles:
        if role["code"] in closed:
            role["needs_city_decision"] = True


def _items_gone(
    items: Iterable[str], path: str, gone: Sequence[Clause], standing: Sequence[Clause]
) -> set[str]:
    """The items of a list that only suspended clauses stand for."""
    kept = [clause for clause in standing if _speaks(clause, path)]
    lost = [clause for clause in gone if _speaks(clause, path)]
    named = {item for clause in kept for item in clause.about}
    whole = any(not clause.about for clause in kept)
    return {
        item
        for item in items
        if item not in named
        and any(item in clause.about or not (clause.about or whole) for clause in lost)
    }


def _speaks(clause: Clause, path: str) -> bool:
    """Of this very place, or of a section that holds it."""
    return any(f"{path}.".startswith(f"{quoted}.") for quoted, _value in clause.parameters)


def _leaves(values: Mapping[str, Any], path: str) -> Iterator[str]:
    above, last = _holder(values, path)
    if last not in above:
        return
    if isinstance(above[last], dict):
        for key in above[last]:
            yield from _leaves(values, f"{path}.{key}")
    else:
        yield path


def _holder(values: Any, path: str) -> tuple[dict[str, Any], str]:
    """The section that holds the place, and its last key; an empty section where there is none."""
    *above, last = path.split(".")
    for part in above:
        values = values.get(part) if isinstance(values, dict) else None
    return (values if isinstance(values, dict) else {}), last

"""What carries each clause: which rule, where in the code, held to by which test; and what waits.

A clause that is listed as waiting is not carried yet, whatever already helps towards it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from plateward.policy.clauses import Clause

Status = Literal["enforced", "supported", "manual", "context", "waits", "suspended"]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`where`: `module:function`. `tests`: `path::name`; each is about the rule these carry."""

    id: str
    words: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Clauses that nothing carries yet, and what they wait for, in plain words."""

    what: str
    clauses: tuple[str, ...]


@cache
def every() -> tuple[Mechanism, ...]:
    return tuple(
        Mechanism(
            id=row["id"],
            words=row["words"],
            where=tuple(row["where"]),
            tests=tuple(row["tests"]),
            clauses=tuple(row["clauses"]),
        )
        for row in _file()["mechanisms"]
    )


@cache
def waiting() -> tuple[Waiting, ...]:
    return tuple(Waiting(row["for"], tuple(row["clauses"])) for row in _file()["waiting"])


def of(clause: str) -> tuple[Mechanism, ...]:
    """The mechanisms that carry it, or that help towards it while it waits."""
    return _by_clause().get(clause, ())


def waits_for(clause: str) -> str:
    """What the clause waits for; empty for one that is carried."""
    return _waits().get(clause, "")


def status(clause: Clause, suspended: Iterable[str] = ()) -> Status:
    """How the clause stands now. What is claimed of it counts only where something carries it."""
    if clause.id in suspended:
        return "suspended"
    if clause.enforcement in ("manual", "context"):
        return "manual" if clause.enforcement == "manual" else "context"
    if waits_for(clause.id) or not of(clause.id):
        return "waits"
    return "enforced" if clause.enforcement == "enforced" else "supported"


@cache
def _by_clause() -> Mapping[str, tuple[Mechanism, ...]]:
    found: dict[str, tuple[Mechanism, ...]] = {}
    for mechanism in every():
        for clause in mechanism.clauses:
            found[clause] = (*found.get(clause, ()), mechanism)
    return found


@cache
def _waits() -> Mapping[str, str]:
    return {clause: each.what for each in waiting() for clause in each.clauses}


@cache
def _file() -> Mapping[str, Any]:
    text = files("plateward.policy").joinpath("mechanisms.yaml").read_text("utf-8")
    held: Mapping[str, Any] = yaml.safe_load(text)
    return held

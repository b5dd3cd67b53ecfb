"""The clauses of each city's text: what each one demands, in our own words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Clause:
    """`enforcement`: enforced (the machine does it), supported, manual, or context.

    `parameters` are (path in the profile, value as the clause puts it). `about` narrows a clause
    that speaks of one item of a list: one purpose, one role, one training topic.
    """

    id: str
    city: str
    kind: str
    enforcement: str
    paraphrase: str
    parameters: tuple[tuple[str, Any], ...] = ()
    about: tuple[str, ...] = ()


@cache
def of(city: str) -> tuple[Clause, ...]:
    """The clauses shipped for a city, in the order of its text; none for a city we do not ship."""
    found = _files("clauses").get(f"{city}.yaml")
    if found is None:
        return ()
    rows = yaml.safe_load(found.read_text("utf-8"))["clauses"]
    return tuple(_clause(city, row) for row in rows)


@cache
def laws() -> tuple[Clause, ...]:
    """The rows of the laws we ship, to be quoted like clauses; `city` is the overlay's id."""
    found = (yaml.safe_load(each.read_text("utf-8")) for each in _files("overlays").values())
    return tuple(law_row(law["id"], row) for law in found for row in law["rows"])


def law_row(overlay: str, row: Mapping[str, Any]) -> Clause:
    """A row of a law, in the words it is quoted with."""
    return Clause(
        id=row["id"],
        city=overlay,
        kind="law",
        enforcement=row.get("enforcement", "enforced" if row.get("places") else "context"),
        paraphrase=f"{row['law']}: {row['paraphrase']}",
    )


def one(clause_id: str) -> Clause | None:
    """The clause with this id, whichever city's it is, or the row of a law."""
    return _by_id().get(clause_id)


@dataclass(frozen=True, slots=True)
class Index:
    """Which clauses speak of a parameter."""

    exact: Mapping[str, tuple[Clause, ...]]
    about: Mapping[str, tuple[Clause, ...]]

    @classmethod
    def over(cls, clauses: Iterable[Clause]) -> "Index":
        exact: dict[str, tuple[Clause, ...]] = {}
        about: dict[str, tuple[Clause, ...]] = {}
        for clause in clauses:
            for path, _value in clause.parameters:
                exact[path] = (*exact.get(path, ()), clause)
            for item in clause.about:
                about[item] = (*about.get(item, ()), clause)
        return cls(exact, about)

    def speaking_of(self, parameter: str, item: str | None = None) -> tuple[str, ...]:
        """Ids of the clauses about this very path, else about what holds it, else about its parts.

        With `item`, the clauses about that item of the list, else those about the list as a whole,
        else those that speak of the item elsewhere.
        """
        found = self.exact.get(parameter) or self._around(parameter)
        if item is not None:
            about_it = tuple(clause for clause in found if item in clause.about)
            whole = tuple(clause for clause in found if not clause.about)
            found = about_it or whole or self.about.get(item, ())
        return tuple(dict.fromkeys(clause.id for clause in found))

    def _around(self, parameter: str) -> tuple[Clause, ...]:
        above = parameter
        while "." in above:
            above = above.rpartition(".")[0]
            if above in self.exact:
                return self.exact[above]
        below = (held for path, held in self.exact.items() if path.startswith(f"{parameter}."))
        return tuple(clause for held in below for clause in held)


@cache
def _by_id() -> dict[str, Clause]:
    cities = [name.removesuffix(".yaml") for name in _files("clauses")]
    return {clause.id: clause for clauses in (*map(of, cities), laws()) for clause in clauses}


def _files(folder: str) -> dict[str, Traversable]:
    entries = files("plateward.policy").joinpath(folder).iterdir()
    found = {entry.name: entry for entry in entries if entry.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def _clause(city: str, row: Mapping[str, Any]) -> Clause:
    return Clause(
        id=row["id"],
        city=city,
        kind=row["kind"],
        enforcement=row["enforcement"],
        paraphrase=row["paraphrase"],
        parameters=tuple(row.get("parameters", {}).items()),
        about=tuple(row.get("about", ())),
    )

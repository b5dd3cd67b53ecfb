"""How a hotlist file is laid out: what stands where, which words mean which category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, Self

import yaml

from plateward.policy.periods import NotAPeriod, Period

COLUMNS: Final = ("plate", "state", "category", "why", "case", "vehicle", "begins", "ends")
_ALSO: Final = ("action", "agency")
_KEYS: Final = frozenset(
    {"format", "delimiter", "columns", "dates", "source", "fresh_for", "lasts", "categories"}
    | {"category", "removes", "encoding"}
)


class WrongLayout(ValueError):
    """The layout cannot be used; the message says why. Nothing was read."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns`: by our name, the names of theirs, or `(first, how many)` counted from 1.

    `category` is what every row is where no column says it. `lasts`: how long a row without an end
    is looked for. `fresh_for`: how long a file of this kind raises alerts, empty for no limit.
    """

    name: str
    format: Literal["delimited", "fixed"]
    columns: Mapping[str, Sequence[str] | tuple[int, int]]
    delimiter: str = ","
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    source: str = ""
    fresh_for: str = ""
    lasts: str = "P30D"
    category: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    removes: frozenset[str] = frozenset()
    encoding: str = "utf-8-sig"

    @classmethod
    def named(cls, name: str) -> Self:
        """One that is shipped, or the file of that name. Raise WrongLayout."""
        shipped = files("plateward.hotlists") / "layouts" / f"{name}.yaml"
        path = Path(name)
        try:
            if name in cls.shipped():
                return cls.parsed(name, shipped.read_text(encoding="utf-8"))
            return cls.parsed(path.stem, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as away:
            raise WrongLayout(
                f"{name} is no layout that comes with Plateward ({', '.join(cls.shipped())}) and "
                "no file that can be read. Nothing was imported."
            ) from away

    @classmethod
    def shipped(cls) -> list[str]:
        folder = files("plateward.hotlists") / "layouts"
        return sorted(each.name.removesuffix(".yaml") for each in folder.iterdir())

    @classmethod
    def parsed(cls, name: str, text: str) -> Self:
        try:
            told = yaml.safe_load(text)
        except yaml.YAMLError as wrong:
            raise WrongLayout(f"{name} is not YAML: {wrong}. Nothing was imported.") from wrong
        if said := "; ".join(_wrong(told)):
            raise WrongLayout(f"The layout {name} cannot be used: {said}. Nothing was imported.")
        columns = {
            ours: tuple(theirs) if isinstance(theirs, list) else (theirs,)
            for ours, theirs in told["columns"].items()
        }
        plain = {key: told[key] for key in _KEYS & told.keys()}
        plain |= {
            "columns": columns,
            "dates": tuple(told.get("dates", cls.__dataclass_fields__["dates"].default)),
            "removes": frozenset(str(each).upper() for each in told.get("removes", ())),
            "categories": {
                _plain(theirs): ours for theirs, ours in told.get("categories", {}).items()
            },
        }
        return cls(name=name, **plain)

    def category_of(self, written: str) -> str:
        """Our word for theirs; empty where the layout knows none."""
        if "category" not in self.columns:
            return self.category
        return self.categories.get(_plain(written), "")


def _plain(word: object) -> str:
    return " ".join(str(word).split()).casefold()


def _wrong(told: Any) -> list[str]:
    if not isinstance(told, dict) or not isinstance(told.get("columns"), dict):
        return ["it needs `format` and `columns`"]
    said = [f"`{key}` is not known" for key in sorted(map(str, told.keys() - _KEYS))]
    said += [f"column `{key}` is not known" for key in told["columns"] if key not in _ALL]
    if "plate" not in told["columns"]:
        said.append("no column holds the plate")
    if ("category" in told["columns"]) == ("category" in told):
        said.append("either a column holds the category, or `category` names one for all rows")
    if told.get("format") not in {"delimited", "fixed"}:
        said.append("`format` is delimited or fixed")
    elif told["format"] == "fixed" and not all(map(_is_place, told["columns"].values())):
        said.append("a column of fixed width is [first, how many], counted from 1")
    elif told["format"] == "delimited" and len(str(told.get("delimiter", ","))) != 1:
        said.append("`delimiter` is one character")
    return [*said, *_wrong_times(told)]


def _wrong_times(told: Mapping[str, Any]) -> list[str]:
    said = []
    for key in ("lasts", "fresh_for"):
        try:
            if key in told:
                Period.parse(str(told[key]))
        except NotAPeriod as wrong:
            said.append(f"`{key}`: {wrong}")
    return said + [
        f"`dates`: {written} is not a form of date such as %Y-%m-%d"
        for written in told.get("dates", ())
        if date(2001, 2, 3).strftime(str(written)) == str(written)
    ]


def _is_place(place: object) -> bool:
    match place:
        case [int(first), int(many)]:
            return first >= 1 and many >= 1
        case _:
            return False


_ALL: Final = frozenset(COLUMNS) | frozenset(_ALSO)

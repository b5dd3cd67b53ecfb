"""What a decision stood on, as the log keeps it, and back again, so that it can be decided anew.

Three private fields, so that each can be withheld or erased by itself: `standing`, `circumstances`,
and `asked_about`, which alone holds what names a vehicle, a case or a matter.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from plateward.audit.body import Fact
from plateward.policy.circumstances import Breadth, Circumstances, OpenRequest, Review
from plateward.policy.decide import Standing

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

_OF_A_MATTER: Final = {
    "request": ("plates", "case_number"),
    "review": ("purpose_words", "case_number"),
    "breadth": ("plate",),
}
# No plates would mean any plate, so what has been erased becomes a plate that nothing has.
_ERASED: Final = {"plates": frozenset({""})}


def as_facts(standing: Standing, circumstances: Circumstances) -> dict[str, Fact]:
    told = _plain(circumstances)
    about: dict[str, Fact] = {}
    for part, names in _OF_A_MATTER.items():
        if isinstance(held := told.get(part), dict):
            about[part] = {name: held.pop(name) for name in names if name in held}
    return {"standing": _plain(standing), "circumstances": told, "asked_about": about}


def standing_from(facts: Mapping[str, Any]) -> Standing:
    """From an entry's private part. A field that the entry is too old to have refuses."""
    return typing.cast("Standing", _built(Standing, facts.get("standing") or {}))


def circumstances_from(facts: Mapping[str, Any]) -> Circumstances:
    """The same; what has been erased since comes back empty, and refuses where it is asked for."""
    told = {**(facts.get("circumstances") or {})}
    about = facts.get("asked_about") or {}
    for part, names in _OF_A_MATTER.items():
        if told.get(part) is not None:
            blank = {name: list(_ERASED.get(name, "")) or "" for name in names}
            told[part] = {**blank, **told[part], **(about.get(part) or {})}
    return typing.cast("Circumstances", _built(Circumstances, told))


def without_matter(circumstances: Circumstances) -> Circumstances:
    """As it reads once `asked_about` has been erased."""
    request, review, breadth = circumstances.request, circumstances.review, circumstances.breadth
    return replace(
        circumstances,
        request=replace(request, plates=_ERASED["plates"], case_number="") if request else None,
        review=replace(review, purpose_words="", case_number="") if review else None,
        breadth=replace(breadth, plate="") if breadth else None,
    )


def _plain(value: "DataclassInstance") -> dict[str, Any]:
    """What is as it is by default is left out: most of it, most of the time."""
    return {
        field.name: _fact(held)
        for field in fields(value)
        if (held := getattr(value, field.name)) != field.default
    }


def _fact(value: object) -> Fact:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(value)
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, date):  # and an instant, which is a date to Python
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return typing.cast("Fact", value)


def _built(kind: type, told: Mapping[str, Any]) -> object:
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], held) for name, held in told.items() if name in hints})


def _value(kind: Any, held: Any) -> object:
    if held is None:
        return None
    if kind in {Breadth, OpenRequest, Review}:
        return _built(kind, held)
    read = _READ.get(kind)
    return read(held) if read else held


_READ: Final[Mapping[Any, Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    frozenset[str]: frozenset,
}


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The type of each field, without its "or None"."""
    return {name: _sure(hint) for name, hint in typing.get_type_hints(kind).items()}


def _sure(hint: Any) -> Any:
    if typing.get_origin(hint) not in {typing.Union, types.UnionType}:
        return hint
    kinds = [part for part in typing.get_args(hint) if part is not type(None)]
    return kinds[0] if len(kinds) == 1 else hint

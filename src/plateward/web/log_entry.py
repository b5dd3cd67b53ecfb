"""One entry of the log in words: short for a line of a table, whole for a page of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from plateward.audit import fields, log, proof
from plateward.audit.body import Fact
from plateward.policy import clauses, in_force
from plateward.web import words

# In the order that a reader asks for them; the rest follows by name.
_NAMES: Final = {
    "purpose": "Purpose",
    "case": "Case",
    "cases": "Cases",
    "note": "Note",
    "name": "Name",
    "username": "Username",
    "agency": "Agency",
    "role": "Role",
    "plate": "Plate",
    "query.plate": "Plate",
    "query.read": "Read",
    "query.search": "Found by",
    "query.camera": "Camera",
    "query.close": "Look-alikes too",
    "query.since": "From",
    "query.until": "To",
    "query.place": "Place",
    "query.vehicle_color": "Colour",
    "query.vehicle_make": "Make",
    "query.vehicle_body_type": "Body",
    "query.vehicle_direction": "Direction",
    "query.page_of": "Next page of",
    "query.saved": "Saved query",
    "query": "Saved query",
    "flags": "Flags",
    "session": "Session",
    "confirmed": "Confirmed",
    "found": "Found",
    "asked": "Answer to",
    "factor": "Factor",
    "category": "Alert",
    "badge": "Whom",
    "keys": "Keys destroyed",
    "lateness_seconds": "Seconds late",
    "reads": "Reads deleted",
    "rule": "Decided by",
    "policy": "Policy",
}
_IN_A_LINE: Final = (
    *("purpose", "case", "plate", "query.plate", "query.read", "query.search", "query.camera"),
    *("query.place", "query.page_of", "query.saved"),
    *("badge", "duty", "camera", "request", "review"),
    *("note", "flags", "clauses", "found", "asked", "factor", "category", "reads", "fields", "why"),
)
_ENTRY_NUMBERS: Final = frozenset({"asked", "query.search", "query.page_of"})


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it. `details` are (name, value) in words."""

    entry: log.Entry
    city_title: str
    zone: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A clause that the decision stood on. `text` is empty where we do not ship it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """All there is of an entry. `published` may leave with an export; `private` only if shown."""

    line: Line
    published: tuple[tuple[str, str], ...]
    private: tuple[tuple[str, str], ...]
    clauses: tuple[Quoted, ...]
    proof: proof.State


def lines(entries: Sequence[log.Entry]) -> list[Line]:
    served = in_force.profiles(entry.city for entry in entries if entry.city)
    found = []
    for entry in entries:
        profile = served.get(entry.city or "")
        title, zone = (profile.title(), profile.timezone) if profile else ("", "UTC")
        found.append(Line(entry, title, zone, _details(entry)))
    return found


def whole(entry: log.Entry) -> Whole:
    (line,) = lines([entry])
    said = entry.facts.get("clauses")
    cited = said if isinstance(said, list | tuple) else ()
    public = {name: value for name, value in entry.facts.items() if name != "clauses"}
    return Whole(
        line=line,
        published=tuple(_spelled(public, public)),
        private=tuple(_spelled(_private(entry), _private(entry)))
        + tuple((_name(name), "erased") for name in entry.erased),
        clauses=tuple(_quoted(str(clause)) for clause in cited),
        proof=proof.of(entry.index),
    )


def _private(entry: log.Entry) -> dict[str, Fact]:
    return fields.flattened(entry.private or {})


def _details(entry: log.Entry) -> tuple[tuple[str, str], ...]:
    # What was typed comes after what was listed: a purpose that is on no list is private.
    known = {**_private(entry), **{name: value for name, value in entry.facts.items() if value}}
    return tuple(_spelled(known, _IN_A_LINE))


def _spelled(values: Mapping[str, Fact], wanted: Iterable[str]) -> list[tuple[str, str]]:
    order = {name: place for place, name in enumerate(_NAMES)}
    names = [name for name in wanted if name in values]
    if wanted is values:
        names.sort(key=lambda name: (order.get(name, len(order)), name))
    spelled = ((_name(name), _value(name, values[name])) for name in names)
    return [(name, value) for name, value in spelled if value]


def _name(name: str) -> str:
    return _NAMES.get(name) or name.replace(".", ": ").replace("_", " ").capitalize()


def _value(name: str, value: Fact) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if name == "purpose":
        return words.purpose(str(value))
    if name in _ENTRY_NUMBERS:
        return f"#{value}"
    if name in {"category", "role", "rule"}:
        return str(value).replace("_", " ")
    return _plain(value)


def _plain(value: Fact) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{_name(each)}: {_value(each, of)}" for each, of in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value("", each) for each in value)
    return str(value)


def _quoted(clause_id: str) -> Quoted:
    found = clauses.one(clause_id)
    return Quoted(clause_id, found.paraphrase if found else "")

"""Laws that stand over a city's text, as rows that may only tighten it.

An overlay is a file like a profile: a list of rows, each with the section of the law, our
paraphrase, why it is here, and the places of a profile it tightens. A row without places is a legal
note; one with `sign_off` must be read and answered by a named person before the city goes live.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from plateward.policy import shape, strictness
from plateward.policy.clauses import Clause, law_row
from plateward.policy.document import Document, Error, read
from plateward.policy.places import called
from plateward.policy.silence import Silence
from plateward.policy.strictness import Verb
from plateward.policy.wording import nearest, shown

SCHEMA: Final = "alpr-policy-overlay/1"
NOTED: Final = "noted"
_TOP: Final = ("schema", "id", "title", "for_laws", "rows")
_ROW: Final = ("id", "law", "paraphrase", "why")
_MAY: Final = ("places", "sign_off", "enforcement")
_KINDS: Final = ("enforced", "supported", "manual", "context")


class WrongOverlay(ValueError):
    """The overlay is refused. `errors` lists every one, each with its line."""

    def __init__(self, errors: Iterable[Error]) -> None:
        self.errors = tuple(errors)
        lines = (
            f"line {error.line or 1}, {error.path or 'the file'}: {error.reason}"
            for error in self.errors
        )
        super().__init__("\n".join(lines))


class NoOverlay(LookupError):
    """Plateward ships no overlay of that name."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a row asks of one place."""

    path: str
    verb: Verb
    value: Any


@dataclass(frozen=True, slots=True)
class Row:
    """`sign_off`: a named person must have read it before the city goes live."""

    id: str
    law: str
    paraphrase: str
    why: str
    clause: Clause
    demands: tuple[Demand, ...]
    sign_off: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """`for_laws`: it applies of itself to a city that stands under one of these laws."""

    id: str
    title: str
    for_laws: tuple[str, ...]
    rows: tuple[Row, ...]
    text: str


@lru_cache(maxsize=32)
def parsed(text: str) -> Overlay:
    """The overlay in this text. Raise WrongOverlay for one that is wrong, or that would loosen."""
    document = read(text)
    errors = [*document.errors]
    if not errors:
        errors += _errors(document)
    if errors:
        raise WrongOverlay(errors)
    held = document.values
    return Overlay(
        id=held["id"],
        title=held["title"],
        for_laws=tuple(held["for_laws"]),
        rows=tuple(_row(held["id"], row) for row in held["rows"]),
        text=text,
    )


def shipped() -> tuple[str, ...]:
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@cache
def one(overlay_id: str) -> Overlay:
    """The overlay that comes with the product under this id."""
    if overlay_id not in shipped():
        hint = nearest(overlay_id, shipped())
        raise NoOverlay(f'There is no overlay "{overlay_id}".{hint} There are: {_listed()}.')
    return parsed(_folder().joinpath(f"{overlay_id}.yaml").read_text("utf-8"))


def title(overlay_id: str) -> str:
    """What an overlay is called; its id, where the product no longer ships it."""
    return one(overlay_id).title if overlay_id in shipped() else overlay_id


def chosen(document: Mapping[str, Any], named: Iterable[str] = ()) -> tuple[Overlay, ...]:
    """The overlays of the laws this city stands under, then those named, each once."""
    laws = set(document["governing_law"])
    by_law = (each for each in map(one, shipped()) if laws & set(each.for_laws))
    found = {each.id: each for each in (*by_law, *map(one, named))}
    return tuple(found.values())


def applied(values: dict[str, Any], overlays: Iterable[Overlay]) -> dict[str, Any]:
    """Change `values` to what holds under these laws, and give them back."""
    for demand in (each for overlay in overlays for row in overlay.rows for each in row.demands):
        _tighten(values, demand)
    forbidden = values["purposes"]["prohibited"]
    listed = values["purposes"]["authorised"]
    values["purposes"]["authorised"] = [code for code in listed if code not in forbidden]
    return values


def clauses_of(overlay: Overlay, values: Mapping[str, Any]) -> Iterator[Clause]:
    """The rows as clauses. Each quotes the places where it is what binds in these values."""
    for row in overlay.rows:
        binding = tuple(
            (each.path, each.value)
            for each in row.demands
            if strictness.meets(each.verb, _at(values, each.path), each.value)
        )
        yield replace(row.clause, parameters=binding)


def sign_offs(overlays: Iterable[Overlay]) -> tuple[Silence, ...]:
    """What a named person must have read before the city goes live."""
    return tuple(
        Silence(f"legal_notes.{row.id}", NOTED, f"{row.law}: {row.paraphrase}. {row.why}")
        for overlay in overlays
        for row in overlay.rows
        if row.sign_off
    )


def unsaid(values: Mapping[str, Any], overlays: Iterable[Overlay]) -> tuple[str, ...]:
    """In words, what these laws ask a policy to say and this one does not."""
    return tuple(
        f"{called(demand.path)} ({demand.path}): {row.law} asks every policy to say this"
        for overlay in overlays
        for row in overlay.rows
        for demand in row.demands
        if demand.verb is Verb.MUST_SAY and _at(values, demand.path) in (None, [], (), "")
    )


def _tighten(values: dict[str, Any], demand: Demand) -> None:
    *above, last = demand.path.split(".")
    here = values
    for part in above:
        if not isinstance(here.get(part), dict):
            if demand.verb in (Verb.MUST_SAY, Verb.ONLY, Verb.WITHOUT):
                return
            here[part] = {}
        here = here[part]
    after = strictness.tightened(demand.path, demand.verb, here.get(last), demand.value)
    if last in here or after is not None:
        here[last] = after


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _row(overlay: str, row: Mapping[str, Any]) -> Row:
    demands = tuple(
        Demand(path, Verb(verb), value)
        for path, asked in row.get("places", {}).items()
        for verb, value in asked.items()
    )
    return Row(
        id=row["id"],
        law=row["law"],
        paraphrase=row["paraphrase"],
        why=row["why"],
        clause=law_row(overlay, row),
        demands=demands,
        sign_off=row.get("sign_off", False),
    )


def _errors(document: Document) -> Iterator[Error]:
    held = document.values
    yield from _keys(document, "", held, _TOP, ())
    if held.get("schema") != SCHEMA:
        yield _error(document, "schema", f'must be "{SCHEMA}", not {shown(held.get("schema"))}')
    if not _are_words(held.get("for_laws")):
        yield _error(document, "for_laws", "must be a list of laws; an empty one if it is named")
    rows = held.get("rows")
    if not isinstance(rows, list) or not rows:
        yield _error(document, "rows", "must be a list of rows")
        return
    seen: set[object] = set()
    for number, row in enumerate(rows):
        path = f"rows[{number}]"
        if not isinstance(row, Mapping):
            yield _error(document, path, f"must be a section with keys of its own, not {row!r}")
            continue
        if row.get("id") in seen:
            yield _error(document, f"{path}.id", f"There are two rows {row.get('id')}")
        seen.add(str(row.get("id")))
        yield from _row_errors(document, path, row)


def _row_errors(document: Document, path: str, row: Mapping[str, Any]) -> Iterator[Error]:
    yield from _keys(document, path, row, _ROW, _MAY)
    for key in _ROW:
        if key in row and not (isinstance(row[key], str) and row[key].strip()):
            yield _error(document, f"{path}.{key}", "must be words")
    if row.get("enforcement", "enforced") not in _KINDS:
        yield _error(document, f"{path}.enforcement", f"must be one of {', '.join(_KINDS)}")
    if not isinstance(row.get("sign_off", False), bool):
        yield _error(document, f"{path}.sign_off", "must be true or false")
    places = row.get("places", {})
    if not isinstance(places, Mapping):
        yield _error(document, f"{path}.places", "must be places, each with what is demanded there")
        return
    for place, asked in places.items():
        yield from _place_errors(document, f"{path}.places.{place}", place, asked)


def _place_errors(document: Document, where: str, place: str, asked: Any) -> Iterator[Error]:
    if shape.place(place) is None:
        hint = nearest(place, shape.all_paths())
        yield _error(document, where, f'No profile has a place "{place}".{hint}')
    elif not isinstance(asked, Mapping) or len(asked) != 1:
        yield _error(document, where, "must be one demand, such as {at_most: P1Y}")
    else:
        verb, value = next(iter(asked.items()))
        if verb not in list(Verb):
            reason = f'"{verb}" is no demand.{nearest(verb, list(Verb))} Write one of: '
            yield _error(document, where, reason + ", ".join(sorted(strictness.verbs(place))))
            return
        reason = strictness.fault(place, Verb(verb), value)
        if reason:
            yield _error(document, where, reason)


def _keys(
    document: Document,
    path: str,
    held: Mapping[str, Any],
    must: tuple[str, ...],
    may: tuple[str, ...],
) -> Iterator[Error]:
    above = f"{path}." if path else ""
    for key in must:
        if key not in held:
            yield _error(document, f"{above}{key}", "This is missing")
    for key in held:
        if key not in (*must, *may):
            hint = nearest(key, (*must, *may))
            yield _error(document, f"{above}{key}", f'No overlay has a key "{key}" here.{hint}')


def _error(document: Document, path: str, reason: str) -> Error:
    line, here = document.lines.get(path), path
    while line is None and here:
        here = here.rpartition("." if here.rfind(".") > here.rfind("[") else "[")[0]
        line = document.lines.get(here)
    return Error(path, reason, line)


def _are_words(held: Any) -> bool:
    return isinstance(held, list) and all(isinstance(each, str) and each for each in held)


def _listed() -> str:
    return ", ".join(shipped())


def _folder() -> Any:
    return files("plateward.policy").joinpath("overlays")

"""Load a profile from YAML, or refuse it with everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from plateward.policy import clauses, sense, shape, wording
from plateward.policy import overlays as laws
from plateward.policy.build import Decided, build, open_to
from plateward.policy.document import Document, Error, read
from plateward.policy.overlays import Overlay
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer
from plateward.policy.suspension import Suspension

BLANK = "blank"


class WrongProfile(ValueError):
    """The profile is refused. `errors` lists every one, in the order of the file."""

    def __init__(self, errors: Iterable[Error]) -> None:
        self.errors = tuple(errors)
        lines = (f"{error.path or 'the file'}: {error.reason}" for error in self.errors)
        super().__init__("\n".join(lines))


class NoProfile(LookupError):
    """Plateward ships no profile of that name."""


def load(
    text: str,
    *,
    answers: Iterable[Answer] = (),
    overlays: Iterable[Overlay | str] = (),
    suspensions: Iterable[Suspension] = (),
    version: int = 0,
) -> Profile:
    """The profile in this text. Where the text is silent, `answers` speak.

    `overlays` are the laws over it, each one or the name of one that ships.
    """
    decided = Decided(
        answers=tuple(answers),
        overlays=tuple(laws.one(each) if isinstance(each, str) else each for each in overlays),
        suspensions=tuple(suspensions),
    )
    return _loaded(text, _Said(repr(decided), decided), version)


@dataclass(frozen=True, slots=True)
class _Said:
    """What was decided, told apart by its words: an answer may be a list, which has no hash."""

    words: str
    decided: Decided = field(compare=False)


# The same text under the same decisions is the same profile, and a profile never changes.
@lru_cache(maxsize=128)
def _loaded(text: str, said: _Said, version: int) -> Profile:
    document, decided = checked(text), said.decided
    wrong = [
        *sense.answer_errors(open_to(document, decided.overlays), decided.answers),
        *_suspension_errors(document["id"], decided.suspensions),
    ]
    if wrong:
        raise WrongProfile(wrong)
    built = build(document, decided, version=version)
    if too_soon := list(sense.log_ends_too_soon(built.values)):
        raise WrongProfile(too_soon)
    return built


def draft(text: str, *, answers: Iterable[Answer] = (), named: Iterable[str] = ()) -> Profile:
    """What would be in force if this were adopted: the text under its laws and those named."""
    return load(text, answers=answers, overlays=laws.chosen(checked(text), named))


def checked(text: str) -> Mapping[str, Any]:
    """The values of a profile that holds no error. They are the caller's own, to change."""
    return deepcopy(_values(text))


@lru_cache(maxsize=32)
def _values(text: str) -> Mapping[str, Any]:
    document = read(text)
    if not document.errors:
        document.errors += _schema_errors(document)
        document.errors += sense.errors(document.values)
    if document.errors:
        raise WrongProfile(_in_order(document))
    values: Mapping[str, Any] = document.values
    return values


def shipped_text(city: str) -> str:
    """The file that comes with the product for a city, or the blank one to fill in."""
    if city not in (*shipped(), BLANK):
        raise NoProfile(
            f"Plateward ships no profile for {city!r}. There are: {', '.join(shipped())}."
        )
    return files("plateward.policy").joinpath(f"profiles/{city}.yaml").read_text("utf-8")


@cache
def shipped() -> tuple[str, ...]:
    """The cities whose profiles come with the product."""
    names = (entry.name for entry in files("plateward.policy").joinpath("profiles").iterdir())
    cities = {name.removesuffix(".yaml") for name in names if name.endswith(".yaml")}
    return tuple(sorted(cities - {BLANK}))


def _suspension_errors(city: str, suspensions: Iterable[Suspension]) -> Iterator[Error]:
    known = {clause.id for clause in clauses.of(city)}
    for each in suspensions:
        if each.clause not in known:
            hint = wording.nearest(each.clause, known)
            yield Error("", f"{city} has no clause {each.clause}, so none is suspended.{hint}")
        if not each.reference.strip() or not each.by.strip():
            yield Error("", f"The suspension of {each.clause} needs a reference and a name")


def _schema_errors(document: Document) -> list[Error]:
    found = shape.validator().iter_errors(document.values)
    return [Error(path, reason) for error in found for path, reason in wording.said(error)]


def _in_order(document: Document) -> list[Error]:
    placed = {
        (error.path, error.reason): Error(
            error.path, error.reason, error.line or _line_of(error.path, document.lines)
        )
        for error in document.errors
    }
    return sorted(placed.values(), key=lambda error: (error.line or 0, error.path))


def _line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of the path, or of what should hold it."""
    while path and path not in lines:
        path = path.rpartition("." if path.rfind(".") > path.rfind("[") else "[")[0]
    return lines.get(path)

"""Load a profile from YAML, or refuse it with everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from plateward.policy import sense, shape, wording
from plateward.policy.build import build
from plateward.policy.document import Document, Error, read
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer


class WrongProfile(ValueError):
    """The profile is refused. `errors` lists every one, in the order of the file."""

    def __init__(self, errors: Iterable[Error]) -> None:
        self.errors = tuple(errors)
        lines = (f"{error.path or 'the file'}: {error.reason}" for error in self.errors)
        super().__init__("\n".join(lines))


class NoProfile(LookupError):
    """Plateward ships no profile of that name."""


def load(text: str, *, answers: Iterable[Answer] = (), version: int = 0) -> Profile:
    """The profile in this text. Where the text is silent, `answers` speak."""
    document = checked(text)
    given = tuple(answers)
    wrong = sense.answer_errors(document, given)
    if wrong:
        raise WrongProfile(wrong)
    return build(document, answers=given, version=version)


def checked(text: str) -> Mapping[str, Any]:
    """The values of a profile that holds no error."""
    document = read(text)
    if not document.errors:
        document.errors += _schema_errors(document)
        document.errors += sense.errors(document.values)
    if document.errors:
        raise WrongProfile(_in_order(document))
    values: Mapping[str, Any] = document.values
    return values


def shipped_text(city: str) -> str:
    """The file that comes with the product for a city."""
    if city not in shipped():
        raise NoProfile(
            f"Plateward ships no profile for {city!r}. There are: {', '.join(shipped())}."
        )
    return files("plateward.policy").joinpath(f"profiles/{city}.yaml").read_text("utf-8")


@cache
def shipped() -> tuple[str, ...]:
    names = (entry.name for entry in files("plateward.policy").joinpath("profiles").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


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

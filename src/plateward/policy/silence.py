"""What a city's text leaves unsaid, and what a named person answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Silence:
    """A place where the text says nothing, with the default we propose and why."""

    path: str
    default: Any
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a named person decided where the text is silent.

    `value` None means: silence is kept on purpose, nothing is required here.
    """

    path: str
    value: Any
    by: str
    why: str
    accepted_default: bool = False


def silences(document: Mapping[str, Any]) -> tuple[Silence, ...]:
    return tuple(
        Silence(path, proposed["default"], proposed["why"])
        for path, proposed in document["silent"].items()
    )


def unanswered(document: Mapping[str, Any], answers: Iterable[Answer]) -> tuple[Silence, ...]:
    given = {answer.path for answer in answers}
    return tuple(silence for silence in silences(document) if silence.path not in given)

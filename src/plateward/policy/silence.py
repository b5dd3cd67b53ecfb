"""What a city's text leaves unsaid, and what a named person answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Silence:
    """A place where the text says nothing, with the default we propose and why.

    `must_fill`: nothing can be proposed; somebody has to write it into the file.
    """

    path: str
    default: Any
    why: str
    must_fill: bool = False


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


def still_open(silent: Iterable[Silence], answers: Iterable[Answer]) -> tuple[Silence, ...]:
    given = {answer.path for answer in answers}
    return tuple(silence for silence in silent if silence.must_fill or silence.path not in given)

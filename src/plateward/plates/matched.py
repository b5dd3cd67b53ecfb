"""Say in what way a plate matches what was typed, for a person: which characters, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plateward.plates import likeness
from plateward.plates.likeness import Difference, How
from plateward.plates.wildcards import as_expression, is_pattern


class Way(StrEnum):
    """The words are what a page may show."""

    EXACT = "exact"
    PREFIX = "prefix"
    PATTERN = "pattern"
    LOOK_ALIKE = "look-alike"
    ONE_OTHER = "one character other"
    ONE_MORE = "one character more"
    ONE_LESS = "one character less"
    DOUBTED = "second thought"
    """Its source thought what was typed nearly as likely as what it read."""


_WAYS: Final = {
    How.EXACT: Way.EXACT,
    How.LOOK_ALIKE: Way.LOOK_ALIKE,
    How.ONE_OTHER: Way.ONE_OTHER,
    How.ONE_TOO_MANY: Way.ONE_MORE,
    How.ONE_MISSING: Way.ONE_LESS,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """`differences`: where the plate has one thing, and what was typed (`listed`) another."""

    way: Way
    differences: tuple[Difference, ...] = ()
    words: str = ""


def by_pattern(plate: str, typed: str) -> Matched | None:
    """A text, with `?` for one character and `*` for any number; None where it does not fit."""
    if not is_pattern(typed):
        return Matched(Way.EXACT, words="exact") if plate == typed else None
    if not as_expression(typed).fullmatch(plate):
        return None
    start = typed.removesuffix("*")
    if start and not is_pattern(start):
        return Matched(Way.PREFIX, words=f"begins with {start}")
    return Matched(Way.PATTERN, words=f"fits {typed}")


def closely(plate: str, typed: str) -> Matched | None:
    """Look-alike characters, or one character other, more or less; None where neither."""
    how, differences = likeness.compared(plate, typed)
    if how is None:
        return None
    way = _WAYS[how]
    said = _told(way, differences)
    return Matched(way, differences, f"{way}: {said}" if said else str(way))


def doubted(plate: str, typed: str) -> Matched:
    """The plate was read, but its source thought what was typed nearly as likely."""
    words = f"{Way.DOUBTED}: read as {plate}, nearly as likely {typed} to its camera"
    same_length = len(plate) == len(typed)
    return Matched(Way.DOUBTED, likeness.differences(plate, typed) if same_length else (), words)


def _told(way: Way, differences: Sequence[Difference]) -> str:
    if way is Way.ONE_MORE:
        return f"{differences[0].read} at place {differences[0].position}"
    if way is Way.ONE_LESS:
        return f"without the {differences[0].listed} you typed at place {differences[0].position}"
    return ", ".join(f"{each.read} read where you typed {each.listed}" for each in differences)

"""Which of many patterns, with `?` for one character and `*` for any number, a plate fits.

Patterns are put in groups by where their known characters stand. A group is a sorted table of those
characters as one number, so a plate asks each group once, however many patterns the group holds.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from plateward.plates.likeness import ALPHABET, Codes, decoded
from plateward.plates.text import LONGEST

FEWEST_KNOWN: Final = 3
_WRITTEN: Final = re.compile(r"[A-Z0-9?*]+")
_SEPARATORS: Final = re.compile(r"[\s\-.·]+")
_BASE: Final = np.uint64(37)
Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.intp]


class NotAPattern(ValueError):
    """The pattern cannot be looked for; the message says why."""


def is_pattern(text: str) -> bool:
    return "?" in text or "*" in text


def tidied(written: str) -> str:
    """A plate or pattern as people write it, without what separates its characters."""
    return _SEPARATORS.sub("", written.upper())


def check(pattern: str) -> None:
    """Raise NotAPattern for what would fit most plates, or none."""
    if not _WRITTEN.fullmatch(pattern):
        raise NotAPattern("A pattern has letters, digits, ? for one character and * for any.")
    known = len(pattern) - pattern.count("?") - pattern.count("*")
    if known < FEWEST_KNOWN:
        raise NotAPattern(
            f"A pattern needs at least {FEWEST_KNOWN} known characters, or it fits cars of people "
            "who have nothing to do with it."
        )
    if len(pattern) > LONGEST:
        raise NotAPattern(f"A pattern has at most {LONGEST} characters.")


def as_expression(pattern: str) -> re.Pattern[str]:
    signs = {"?": "[A-Z0-9]", "*": "[A-Z0-9]*"}
    return re.compile("".join(signs.get(sign, sign) for sign in pattern))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Known characters: places from the left, from the right (0 is the last), or a run anywhere.

    `length` is 0 where the pattern holds a star.
    """

    length: int
    left: tuple[int, ...] = ()
    right: tuple[int, ...] = ()
    run: int = 0


@dataclass(frozen=True, slots=True)
class _Group:
    shape: _Shape
    keys: Keys
    patterns: Numbers
    by_key: Mapping[int, Sequence[int]]


class Patterns:
    """Built once. Raises NotAPattern."""

    def __init__(self, written: Sequence[str]) -> None:
        self._expressions = [as_expression(pattern) for pattern in written]
        found: dict[_Shape, list[tuple[int, int]]] = {}
        for number, pattern in enumerate(written):
            check(pattern)
            shape, key = _shape(pattern)
            found.setdefault(shape, []).append((key, number))
        self._groups = [_group(shape, of_it) for shape, of_it in found.items()]

    def __len__(self) -> int:
        return len(self._expressions)

    def find(self, plates: Codes) -> list[tuple[int, int]]:
        """Pairs of a row and a pattern it fits, each once."""
        if not self._groups:
            return []
        lengths = np.count_nonzero(plates, axis=1)
        found: set[tuple[int, int]] = set()
        for group in self._groups:
            for row, key in _asked(group.shape, plates, lengths):
                _fitting(group, row, key, self._fits(plates), found)
        return sorted(found)

    def fitting(self, plate: str) -> list[int]:
        """The patterns that one plate fits, without the cost of arrays."""
        if not self._groups:
            return []
        found = {
            number
            for group in self._groups
            for key in _keys_of(group.shape, plate)
            for number in group.by_key.get(key, ())
            if self._expressions[number].fullmatch(plate)
        }
        return sorted(found)

    def _fits(self, plates: Codes) -> Callable[[int, int], bool]:
        return lambda row, number: bool(self._expressions[number].fullmatch(decoded(plates[row])))


def _fitting(
    group: _Group,
    rows: Numbers,
    keys: Keys,
    fits: Callable[[int, int], bool],
    found: set[tuple[int, int]],
) -> None:
    first = np.searchsorted(group.keys, keys, "left")
    last = np.searchsorted(group.keys, keys, "right")
    for at in np.flatnonzero(last > first).tolist():
        row = int(rows[at])
        for number in group.patterns[first[at] : last[at]].tolist():
            if fits(row, number):
                found.add((row, number))


def _shape(pattern: str) -> tuple[_Shape, int]:
    """Where its known characters stand, and these as one number."""
    before, star, _ = pattern.partition("*")
    left = [(at, sign) for at, sign in enumerate(before) if sign != "?"]
    if not star:
        return _Shape(len(pattern), tuple(at for at, _ in left)), _number(left)
    behind = pattern.rpartition("*")[2][::-1]
    right = [(at, sign) for at, sign in enumerate(behind) if sign != "?"]
    if left or right:
        places = tuple(at for at, _ in left), tuple(at for at, _ in right)
        return _Shape(0, *places), _number(left + right)
    run = max(re.split(r"[?*]+", pattern), key=len)
    return _Shape(0, run=len(run)), _number(list(enumerate(run)))


def _number(signs: Sequence[tuple[int, str]]) -> int:
    """As `_key` has it; it wraps where that does."""
    total = 0
    for _, sign in reversed(signs):
        total = total * 37 + ALPHABET.index(sign) + 1
    return total % 2**64


def _group(shape: _Shape, found: list[tuple[int, int]]) -> _Group:
    by_key: dict[int, list[int]] = {}
    for key, number in found:
        by_key.setdefault(key, []).append(number)
    keys = np.array([key for key, _ in found], np.uint64)
    order = np.argsort(keys, kind="stable")
    patterns = np.array([number for _, number in found], np.intp)[order]
    return _Group(shape, keys[order], patterns, by_key)


def _keys_of(shape: _Shape, plate: str) -> Iterator[int]:
    """What one plate asks a group for."""
    if shape.run:
        for start in range(len(plate) - shape.run + 1):
            yield _number(list(enumerate(plate[start : start + shape.run])))
    elif len(plate) == shape.length if shape.length else len(plate) >= _least(shape):
        signs = [(at, plate[at]) for at in shape.left]
        yield _number(signs + [(at, plate[-1 - at]) for at in shape.right])


def _least(shape: _Shape) -> int:
    return max((at + 1 for at in (*shape.left, *shape.right)), default=0)


def _asked(shape: _Shape, plates: Codes, lengths: Numbers) -> list[tuple[Numbers, Keys]]:
    """The rows that a group may hold, with their numbers; several times for a run anywhere."""
    if shape.run:
        starts = range(LONGEST - shape.run + 1)
        rows = [np.flatnonzero(lengths >= start + shape.run) for start in starts]
        return [
            (some, _key([plates[some, start + at] for at in range(shape.run)]))
            for start, some in zip(starts, rows, strict=True)
            if some.size
        ]
    suits = lengths == shape.length if shape.length else lengths >= _least(shape)
    rows_of = np.flatnonzero(suits)
    columns = [plates[rows_of, at] for at in shape.left]
    columns += [plates[rows_of, lengths[rows_of] - 1 - at] for at in shape.right]
    return [(rows_of, _key(columns))] if rows_of.size else []


def _key(columns: Sequence[Codes]) -> Keys:
    total = np.zeros(len(columns[0]), np.uint64)
    for column in reversed(columns):
        total = total * _BASE + column
    return total

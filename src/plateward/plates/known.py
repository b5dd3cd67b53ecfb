"""Which of millions of distinct plates fit what is asked: in memory, in milliseconds.

Plates lie by length, each place of theirs in a column of its own, so that a question compares whole
columns of bytes and looks at single plates only among the few that are left. There is no index to
keep up: what is added can be found at once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from plateward.plates.likeness import ALPHABET, Codes, decoded, encoded, folded_codes
from plateward.plates.text import LONGEST

Keys = npt.NDArray[np.int64]
Minutes = npt.NDArray[np.int32]
"""Minutes since 1970 (UTC)."""
Numbers = npt.NDArray[np.intp]
_Mask = npt.NDArray[np.bool_]
_Wanted = tuple[int, Codes]  # a place, from 0, and the codes that may stand there
EVER: Final = np.iinfo(np.int32).max
_AT_ONCE: Final = 1 << 16  # rows of which all that a question writes stays in the cache
_FIRST_ROOM: Final = 1024
_CODE: Final = {sign: code for code, sign in enumerate(ALPHABET, start=1)}


@dataclass(frozen=True)
class Candidates:
    """Plates that fit, each once, by what the caller calls them. `codes` is (n, 16)."""

    keys: Keys
    codes: Codes

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def texts(self) -> dict[int, str]:
        """The text of each, by its key."""
        return {key: decoded(row) for key, row in zip(self.keys.tolist(), self.codes, strict=True)}


@dataclass(frozen=True, slots=True)
class _Block:
    """Plates of one length. `columns[place, row]`; only the first `rows` are there.

    A block never changes below `rows`, so whoever holds one may read while another thread adds.
    """

    columns: Codes
    keys: Keys
    until: Minutes
    rows: int

    @property
    def length(self) -> int:
        return len(self.columns)

    def parts(self) -> Iterator[tuple[int, Codes]]:
        """Where each part of it begins, and its columns."""
        for begin in range(0, self.rows, _AT_ONCE):
            yield begin, self.columns[:, begin : min(begin + _AT_ONCE, self.rows)]


class Dictionary:
    """Grows by `add`, shrinks by `forget`. One thread may change it while others ask."""

    def __init__(self) -> None:
        self._blocks: dict[int, _Block] = {}

    def __len__(self) -> int:
        return sum(block.rows for block in self._blocks.values())

    @property
    def nbytes(self) -> int:
        """What it holds in memory, with the room that it keeps for more."""
        blocks = self._blocks.values()
        return sum(each.columns.nbytes + each.keys.nbytes + each.until.nbytes for each in blocks)

    def add(
        self,
        plates: Sequence[str] | npt.NDArray[np.bytes_],
        keys: Keys,
        until: Minutes | None = None,
    ) -> None:
        """Normalised texts, what each is called, and from which minute on it may be forgotten.

        Raises ValueError for a text that is no plate; nothing is added then.
        """
        codes = encoded(plates)
        ends = np.full(len(codes), EVER, np.int32) if until is None else until
        lengths = np.count_nonzero(codes, axis=1)
        if len(codes) and not lengths.all():
            raise ValueError("A plate has at least one character.")
        for length in np.unique(lengths).tolist():
            among = np.flatnonzero(lengths == length)
            block = self._blocks.get(length) or _empty(length)
            columns = codes[among, :length].T
            self._blocks[length] = _longer(block, columns, keys[among], ends[among])

    def forget(self, minute: int, still: Callable[[Keys], Minutes]) -> int:
        """Drop what has ended by that minute; say how many went.

        `still` is asked once a length, and tells until when each is kept now: it may have been seen
        again since it was added.
        """
        gone = 0
        for length, block in list(self._blocks.items()):
            due = np.flatnonzero(block.until[: block.rows] <= minute)
            if not due.size:
                continue
            block.until[due] = still(block.keys[due])
            kept = np.flatnonzero(block.until[: block.rows] > minute)
            if kept.size < block.rows:
                gone += block.rows - int(kept.size)
                self._blocks[length] = _Block(
                    block.columns[:, kept], block.keys[kept], block.until[kept], int(kept.size)
                )
        return gone

    def fitting(self, pattern: str) -> Candidates:
        """Plates that a text fits: `?` stands for one character, `*` for any number."""
        parts = pattern.split("*")
        least = sum(map(len, parts))
        found = []
        for block in self._of(range(least, LONGEST + 1) if len(parts) > 1 else (least,)):
            rows = [begin + _in_pattern(columns, parts) for begin, columns in block.parts()]
            found.append((block, np.concatenate(rows)))
        return _candidates(found)

    def alike(self, plate: str) -> Candidates:
        """Plates that are this one, or differ from it in look-alike characters alone."""
        found = []
        for block in self._of((len(plate),)):
            rows = [begin + _look_alike(columns, plate) for begin, columns in block.parts()]
            found.append((block, np.concatenate(rows)))
        return _candidates(found)

    def close(self, plate: str) -> Candidates:
        """The same, and plates that have one character other, more or less."""
        size = len(plate)
        found = []
        for block in self._of((size - 1, size, size + 1)):
            one_off = _one_other if block.length == size else _one_longer
            rows = [begin + one_off(columns, _coded(plate)) for begin, columns in block.parts()]
            if block.length == size:
                rows += [begin + _look_alike(columns, plate) for begin, columns in block.parts()]
            found.append((block, np.unique(np.concatenate(rows))))
        return _candidates(found)

    def _of(self, lengths: Sequence[int]) -> list[_Block]:
        blocks = [self._blocks.get(length) for length in lengths]
        return [block for block in blocks if block is not None and block.rows]


def _empty(length: int) -> _Block:
    room = _FIRST_ROOM
    return _Block(
        np.empty((length, room), np.uint8), np.empty(room, np.int64), np.empty(room, np.int32), 0
    )


def _longer(block: _Block, columns: Codes, keys: Keys, until: Minutes) -> _Block:
    """With more rows behind, in the same memory where there is room."""
    rows = block.rows + len(keys)
    into = block
    if rows > len(block.keys):
        room = max(rows, 2 * len(block.keys))
        into = _Block(
            np.empty((block.length, room), np.uint8),
            np.empty(room, np.int64),
            np.empty(room, np.int32),
            0,
        )
        into.columns[:, : block.rows] = block.columns[:, : block.rows]
        into.keys[: block.rows] = block.keys[: block.rows]
        into.until[: block.rows] = block.until[: block.rows]
    into.columns[:, block.rows : rows] = columns
    into.keys[block.rows : rows] = keys
    into.until[block.rows : rows] = until
    return _Block(into.columns, into.keys, into.until, rows)


def _candidates(found: Sequence[tuple[_Block, Numbers]]) -> Candidates:
    count = sum(len(rows) for _, rows in found)
    keys, codes = np.empty(count, np.int64), np.zeros((count, LONGEST), np.uint8)
    at = 0
    for block, rows in found:
        keys[at : at + len(rows)] = block.keys[rows]
        codes[at : at + len(rows), : block.length] = block.columns[:, rows].T
        at += len(rows)
    keys, first = np.unique(keys, return_index=True)
    return Candidates(keys, codes[first])


def _coded(plate: str) -> list[int]:
    return [_CODE.get(sign, 0) for sign in plate]


def _known(part: str, begin: int) -> list[_Wanted]:
    """The known characters of a part of a pattern that begins at a place."""
    return [
        (begin + at, np.array([_CODE.get(sign, 0)], np.uint8))
        for at, sign in enumerate(part)
        if sign != "?"
    ]


def _masked(columns: Codes, wanted: Sequence[_Wanted]) -> _Mask:
    if not wanted:
        return np.ones(columns.shape[1], np.bool_)
    (place, codes), *others = wanted
    mask = _has(columns[place], codes)
    for place, codes in others:
        mask &= _has(columns[place], codes)
    return mask


def _has(column: Codes, codes: Codes) -> _Mask:
    mask: _Mask = column == codes[0]
    for code in codes[1:]:
        mask |= column == code
    return mask


def _in_pattern(columns: Codes, parts: Sequence[str]) -> Numbers:
    """Rows that fit what stands between the stars: the first at the left, the last at the right."""
    length = len(columns)
    if len(parts) == 1:
        return np.flatnonzero(_masked(columns, _known(parts[0], 0)))
    held = [*_known(parts[0], 0), *_known(parts[-1], length - len(parts[-1]))]
    between = [part for part in parts[1:-1] if part]
    if not held:
        return _floating(columns, parts[0], between, parts[-1])
    rows = np.flatnonzero(_masked(columns, held))
    if not between or not rows.size:
        return rows
    return rows[_floating(columns[:, rows], parts[0], between, parts[-1])]


def _floating(columns: Codes, first: str, between: Sequence[str], last: str) -> Numbers:
    """Each part as far left as it goes, one after the other: then all fit, if any way does."""
    free_from = np.full(columns.shape[1], len(first), np.uint8)
    after = sum(map(len, between)) + len(last)
    fits = np.ones(columns.shape[1], np.bool_)
    least = len(first)
    for at, part in enumerate(between):
        found = np.zeros(columns.shape[1], np.bool_)
        ends = free_from.copy()
        # From the right, so that what is written last is farthest left.
        for begin in range(len(columns) - after, least - 1, -1):
            here = _masked(columns, _known(part, begin))
            if at:
                here &= free_from <= begin
            found |= here
            if at + 1 < len(between):
                ends[here] = begin + len(part)
        fits &= found
        free_from, after, least = ends, after - len(part), least + len(part)
    return np.flatnonzero(fits)


def _look_alike(columns: Codes, plate: str) -> Numbers:
    fold = folded_codes()
    wanted = [
        (place, np.flatnonzero(fold == fold[code]).astype(np.uint8))
        for place, code in enumerate(_coded(plate))
    ]
    rows = np.flatnonzero(_masked(columns, wanted[:4]))
    beyond = [(place, codes) for place, codes in wanted[4:]]
    return rows[_masked(columns[:, rows], beyond)]


def _halves(columns: Codes, left: Sequence[int], right: Sequence[int]) -> Numbers:
    """Rows that begin or end like this: with one edit, one half is left as it was."""
    begin = [(place, np.array([code], np.uint8)) for place, code in enumerate(left)]
    first = len(columns) - len(right)
    end = [(first + place, np.array([code], np.uint8)) for place, code in enumerate(right)]
    return np.flatnonzero(_masked(columns, begin) | _masked(columns, end))


def _one_other(columns: Codes, plate: Sequence[int]) -> Numbers:
    half = len(plate) // 2
    rows = _halves(columns, plate[:half], plate[half:])
    differing = np.zeros(rows.size, np.uint8)
    for place, code in enumerate(plate):
        differing += columns[place, rows] != code
    return rows[differing <= 1]


def _one_longer(columns: Codes, plate: Sequence[int]) -> Numbers:
    """One of the two has a character more: what they share at both ends is all of the shorter."""
    shorter = min(len(columns), len(plate))
    half = shorter // 2
    rows = _halves(columns, plate[:half], plate[len(plate) - (shorter - half) :])
    near = columns[:, rows]
    lead, trail = np.zeros(rows.size, np.uint8), np.zeros(rows.size, np.uint8)
    same_lead, same_trail = np.ones(rows.size, np.bool_), np.ones(rows.size, np.bool_)
    for place in range(shorter):
        same_lead &= near[place] == plate[place]
        same_trail &= near[-1 - place] == plate[-1 - place]
        lead += same_lead
        trail += same_trail
    return rows[lead + trail >= shorter]

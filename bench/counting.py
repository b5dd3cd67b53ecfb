"""Shares with their intervals, calibration, and which character is taken for which."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from bench.scoring import Outcome, fold

NOTHING: Final = "-"
_Z: Final = 1.959964  # 95 in 100, two-sided
_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`; of nothing, there is no share."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, at 95 %: where the true share lies if the plates were drawn by chance."""
        if not self.of:
            return 0.0, 1.0
        share, noise = self.hits / self.of, _Z * _Z / self.of
        middle = (share + noise / 2) / (1 + noise)
        half = _Z * sqrt(share * (1 - share) / self.of + noise / (4 * self.of)) / (1 + noise)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some labelled plates."""

    plates: int
    captured: Share
    read: Share
    strict: Share
    misread: Share
    """Wrong ones of the reads that were sure."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Reads whose confidence lies from `low` to the next bin."""

    low: float
    count: int
    mean: float
    right: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is accepted at `threshold`, of all legible plates, and what of that is right."""

    threshold: float
    accepted: Share
    right: Share


@dataclass(frozen=True, slots=True)
class Confusions:
    """`pairs`: true character, read as; one side is NOTHING where a character was lost or added.

    `others` are texts so far from the truth that something else was read; `zero_or_o` are reads
    that are wrong in nothing but letter O for digit 0.
    """

    pairs: Counter[tuple[str, str]]
    seen: Counter[str]
    others: list[tuple[str, str]]
    zero_or_o: int


def tally(outcomes: Iterable[Outcome]) -> Tally:
    every = list(outcomes)
    placed = [one for one in every if one.label.box is not None and one.label.kind == "frame"]
    legible = [one for one in every if one.label.text]
    sure = [one for one in legible if one.sure]
    return Tally(
        len(every),
        Share(sum(one.captured for one in placed), len(placed)),
        Share(sum(one.right for one in legible), len(legible)),
        Share(sum(one.strictly_right for one in legible), len(legible)),
        Share(sum(not one.right for one in sure), len(sure)),
    )


def reliability(outcomes: Iterable[Outcome]) -> list[Bin]:
    kept: list[list[Outcome]] = [[] for _ in range(_BINS)]
    for one in outcomes:
        if one.answered:
            kept[min(_BINS - 1, max(0, int(one.confidence * _BINS)))].append(one)
    return [_bin(number / _BINS, inside) for number, inside in enumerate(kept)]


def _bin(low: float, inside: Sequence[Outcome]) -> Bin:
    count = max(1, len(inside))
    mean = sum(one.confidence for one in inside) / count
    return Bin(low, len(inside), mean, sum(one.right for one in inside) / count)


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """How far confidence and share right lie apart, over all reads; None without any."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.mean - one.right) for one in bins) / total if total else None


def accepted_at(outcomes: Sequence[Outcome], threshold: float) -> Accepted:
    legible = [one for one in outcomes if one.label.text]
    taken = [one for one in legible if one.answered and one.confidence >= threshold]
    right = sum(one.right for one in taken)
    return Accepted(threshold, Share(len(taken), len(legible)), Share(right, len(taken)))


def confusions(outcomes: Iterable[Outcome]) -> Confusions:
    found = Confusions(Counter(), Counter(), [], 0)
    zero_or_o = 0
    for one in outcomes:
        if not one.answered:
            continue
        truth, read = fold(one.label.text), fold(one.text)
        steps = aligned(truth, read)
        if 2 * sum(a != b for a, b in steps) > len(truth):
            found.others.append((one.label.text, one.text))
            continue
        found.seen.update(truth)
        found.pairs.update((a, b) for a, b in steps if a != b)
        zero_or_o += one.right and not one.strictly_right
    return Confusions(found.pairs, found.seen, found.others, zero_or_o)


def aligned(truth: str, read: str) -> list[tuple[str, str]]:
    """The fewest changes that make one of the other; NOTHING stands where a side has no sign."""
    costs = _costs(truth, read)
    steps: list[tuple[str, str]] = []
    row, column = len(truth), len(read)
    while row or column:
        here = costs[row][column]
        if row and column:
            differs = truth[row - 1] != read[column - 1]
            if here == costs[row - 1][column - 1] + differs:
                row, column = row - 1, column - 1
                steps.append((truth[row], read[column]))
                continue
        if row and here == costs[row - 1][column] + 1:
            row -= 1
            steps.append((truth[row], NOTHING))
        else:
            column -= 1
            steps.append((NOTHING, read[column]))
    return steps[::-1]


def _costs(truth: str, read: str) -> list[list[int]]:
    costs = [list(range(len(read) + 1))]
    for row, sign in enumerate(truth, start=1):
        above, line = costs[-1], [row]
        for column, other in enumerate(read, start=1):
            changed = above[column - 1] + (sign != other)
            line.append(min(above[column] + 1, line[-1] + 1, changed))
        costs.append(line)
    return costs

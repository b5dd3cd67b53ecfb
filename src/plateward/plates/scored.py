"""Compare reads with the entries they met, many at once, and weigh what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from plateward.plates import likeness
from plateward.plates.likeness import KINDS, Codes, How, decoded
from plateward.plates.sighting import Character
from plateward.plates.text import LONGEST

Numbers = npt.NDArray[np.intp]
NOWHERE: Final[Numbers] = np.empty(0, np.intp)
_FOLDED: Final = LONGEST + 1


@dataclass(frozen=True, slots=True)
class Hits:
    """One a place in each array. `how` is a place in `likeness.KINDS`."""

    read: Numbers
    entry: Numbers
    how: Codes
    likelihood: npt.NDArray[np.float32]
    other_state: npt.NDArray[np.bool_]

    def moved(self, rows: int) -> "Hits":
        """The same hits of reads that stand so much later."""
        return Hits(self.read + rows, self.entry, self.how, self.likelihood, self.other_state)


def alike(read: Numbers, entry: Numbers, how: How, likelihood: float) -> Hits:
    """All of one kind and one likelihood."""
    return _hits(read, entry, how, np.full(len(read), likelihood, np.float32))


def joined(parts: Sequence[Hits]) -> Hits:
    return Hits(
        read=np.concatenate([part.read for part in parts]),
        entry=np.concatenate([part.entry for part in parts]),
        how=np.concatenate([part.how for part in parts]),
        likelihood=np.concatenate([part.likelihood for part in parts]),
        other_state=np.concatenate([part.other_state for part in parts]),
    )


def compared(  # noqa: PLR0917 -- the columns of what met, beside both sides
    row: Numbers,
    entry: Numbers,
    asked: Numbers,
    kept: Numbers,
    reads: Codes,
    entries: Codes,
) -> Hits:
    """Hits among pairs that met; `asked` and `kept` say which character each side left out.

    A look-alike in one place meets twice, and counts as a look-alike.
    """
    listed, seen = entries[entry], np.zeros((len(row), LONGEST), np.uint8)
    seen[:, : reads.shape[1]] = reads[row]
    both = (asked == kept) & (asked != _FOLDED)
    parts = [
        _folded(row, entry, seen, listed, asked == _FOLDED),
        _whole(row, entry, seen, listed, both & (asked == 0)),
        _other(row, entry, seen, listed, (both & (asked > 0), asked)),
        _longer(row, entry, seen, listed, ((asked == 0) & (kept > 0), kept), How.ONE_MISSING),
        _longer(row, entry, listed, seen, ((asked > 0) & (kept == 0), asked), How.ONE_TOO_MANY),
    ]
    return joined(parts)


def doubtful(row: Numbers, entry: Numbers, reads: Codes, entries: Codes) -> Hits:
    """Entries that a read's alternatives lead to, each once, where two characters or more differ
    and not all are look-alikes: the rest is found without alternatives."""
    if not row.size:
        return alike(NOWHERE, NOWHERE, How.DOUBTFUL, 0.0)
    row, entry = np.unique(np.stack([row, entry]), axis=1)
    seen, listed, fold = reads[row], entries[entry], likeness.folded_codes()
    differing = np.count_nonzero(seen != listed, axis=1)
    kept = (differing > 1) & (fold[seen] != fold[listed]).any(axis=1)
    likely = likeness.weights()[seen[kept], listed[kept]].prod(axis=1)
    return _hits(row[kept], entry[kept], How.DOUBTFUL, likely)


def weigh_by(
    told: Mapping[int, Sequence[Character]], hits: Hits, reads: Codes, entries: Codes
) -> None:
    """Weigh again, in place, what differs from reads that say how sure they are."""
    if not told:
        return
    wild = KINDS.index(How.WILDCARD)
    of_told = np.isin(hits.read, list(told)) & (hits.how != 0) & (hits.how != wild)
    for at in np.flatnonzero(of_told).tolist():
        row = int(hits.read[at])
        texts = decoded(reads[row]), decoded(entries[hits.entry[at]])
        weights = [likeness.weighed(each, told[row]) for each in likeness.differences(*texts)]
        hits.likelihood[at] = np.prod(weights)


def _hits(read: Numbers, entry: Numbers, how: How, likely: npt.NDArray[np.float32]) -> Hits:
    kind = np.full(len(read), KINDS.index(how), np.uint8)
    return Hits(read, entry, kind, likely, np.zeros(len(read), np.bool_))


def _whole(
    row: Numbers, entry: Numbers, seen: Codes, listed: Codes, among: npt.NDArray[np.bool_]
) -> Hits:
    at = np.flatnonzero(among)
    at = at[(seen[at] == listed[at]).all(axis=1)]
    return alike(row[at], entry[at], How.EXACT, 1.0)


def _folded(
    row: Numbers, entry: Numbers, seen: Codes, listed: Codes, among: npt.NDArray[np.bool_]
) -> Hits:
    at, fold = np.flatnonzero(among), likeness.folded_codes()
    same = (fold[seen[at]] == fold[listed[at]]).all(axis=1)
    at = at[same & (seen[at] != listed[at]).any(axis=1)]
    likely = likeness.weights()[seen[at], listed[at]].prod(axis=1)
    return _hits(row[at], entry[at], How.LOOK_ALIKE, likely)


def _other(
    row: Numbers,
    entry: Numbers,
    seen: Codes,
    listed: Codes,
    among: tuple[npt.NDArray[np.bool_], Numbers],
) -> Hits:
    """One character is another; the same one was left out on both sides."""
    at = np.flatnonzero(among[0])
    place, fold = among[1][at] - 1, likeness.folded_codes()
    one, other = seen[at, place], listed[at, place]
    suits = (np.count_nonzero(seen[at] != listed[at], axis=1) == 1) & (fold[one] != fold[other])
    kept = at[suits & (other != 0)]
    likely = likeness.weights()[one, other][suits & (other != 0)]
    return _hits(row[kept], entry[kept], How.ONE_OTHER, likely)


def _longer(  # noqa: PLR0917 -- the columns of what met, beside both sides
    row: Numbers,
    entry: Numbers,
    short: Codes,
    long: Codes,
    among: tuple[npt.NDArray[np.bool_], Numbers],
    how: How,
) -> Hits:
    """`long` has one character more; of a run of the same ones the first counts as that one."""
    at = np.flatnonzero(among[0])
    place = among[1][at] - 1
    columns = np.arange(LONGEST)
    behind = np.minimum(columns + (columns >= place[:, None]), LONGEST - 1)
    without = np.take_along_axis(long[at], behind, axis=1)
    without[:, -1] = 0
    first = (place == 0) | (long[at, place - 1] != long[at, place])
    at = at[(without == short[at]).all(axis=1) & first]
    return alike(row[at], entry[at], how, likeness.weight("", "A"))

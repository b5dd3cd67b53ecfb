"""Find, among millions of plates, those that a read may be: in memory, in microseconds.

Each entry is kept under its text, under what is left when any one character is taken out, and under
its look-alike spelling; a read asks for the same. Where both meet, the plates are compared, so the
table may be coarse: a bucket names entries by 23 bits, how they came there by 5, and 4 bits of the
number sort out most of what only shares a bucket. (The idea of taking characters out of both sides:
Mor and Fraenkel 1982; of doing so once, beforehand: SymSpell.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from plateward.plates import likeness, scored
from plateward.plates.likeness import Codes, Difference, How, Match, decoded, encoded, region_of
from plateward.plates.scored import NOWHERE, Hits
from plateward.plates.sighting import Character
from plateward.plates.text import LONGEST, fold
from plateward.plates.wildcards import Patterns, is_pattern

MOST: Final = 1 << 23
_WHOLE: Final = 0  # else 1 + the place of the character that was taken out
_FOLDED: Final = LONGEST + 1
_BASE: Final = np.uint64(37)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_NO_ENTRYS: Final = -1  # a state that none of the entries is of
_CODES: Final = {sign: code for code, sign in enumerate(likeness.ALPHABET, start=1)}
_ROWS: Final = 4096
_BUILT_AT_ONCE: Final = 1 << 17
_IN_ONE_PART: Final = 1 << 24

Numbers = npt.NDArray[np.intp]
Words = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]


class TooMany(ValueError):
    """More plates than one index holds."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Bucket `b` is `named[starts[b]:starts[b + 1]]`."""

    bits: int
    starts: Words
    named: Words


@dataclass(frozen=True, slots=True)
class _Met:
    """Where a read's spelling and an entry's meet: row, entry, and the character each lacks."""

    row: Numbers
    entry: Numbers
    asked: Numbers
    kept: Numbers


class Index:
    """Plates looked for, by their place in what it was built from; `?` and `*` are wildcards.

    `regions`: for each plate the state it is of, empty where the list names none. It never changes;
    a list that grows is several of these. Raises TooMany, NotAPattern, and ValueError for a text
    that is no plate.
    """

    def __init__(
        self,
        plates: Sequence[str] | npt.NDArray[np.bytes_],
        regions: Sequence[str] | npt.NDArray[np.bytes_] | None = None,
    ) -> None:
        if len(plates) > MOST:
            raise TooMany(f"{len(plates):,} plates; one index holds {MOST:,}.")
        plain, patterned, patterns = _apart(plates)
        self._codes = encoded(plain)
        self._plain, self._patterned = patterned
        self._patterns = Patterns(patterns)
        self._known: dict[str, int] = {"": 0}
        self._regions = self._coded(regions, len(plates))
        self._table = _built(self._codes)
        self._length = len(plates)

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """What it holds in memory, patterns and what Python adds left out."""
        held = (self._codes, self._regions, self._table.starts, self._table.named)
        return sum(array.nbytes for array in held)

    def match(
        self, plate: str, *, region: str | None = None, characters: Sequence[Character] = ()
    ) -> list[Match]:
        """Every entry that the read may be, the likeliest first.

        `characters`: as read, with their alternatives; they count where they spell the plate.
        """
        told = characters if "".join(each.text for each in characters) == plate else ()
        near = self._near_one(plate, [_WHOLE, *range(1, len(plate) + 1), _FOLDED])
        found = [(entry, likeness.compared(plate, listed)) for entry, listed in near.items()]
        if told:
            found += self._doubtful_one(plate, told)
        matches = [
            self._match(entry, how, differing, told) for entry, (how, differing) in found if how
        ]
        base = len(self._codes)
        matches += [
            Match(base + number, How.WILDCARD, (), likeness.WILDCARD, False)
            for number in self._patterns.fitting(plate)
        ]
        seen_in = region_of(region)
        state = self._known.get(seen_in, _NO_ENTRYS) if seen_in else 0
        return sorted(
            (self._placed_one(match, state) for match in matches),
            key=lambda match: (-match.likelihood, match.entry),
        )

    def match_many(
        self,
        plates: Sequence[str] | npt.NDArray[np.bytes_],
        *,
        regions: Sequence[str] | None = None,
        characters: Mapping[int, Sequence[Character]] | None = None,
    ) -> Hits:
        """The same for many reads at once; `characters` by the read's place, each spelling it."""
        codes = encoded(plates)
        states = self._coded(regions, len(codes))
        told = characters or {}
        width = max(1, int(np.count_nonzero(codes, axis=1).max(initial=1)))
        parts = [
            self._near(codes[start : start + _ROWS, :width]).moved(start)
            for start in range(0, len(codes), _ROWS)
        ]
        parts += [self._wild(codes), self._doubtful(codes, told)]
        hits = scored.joined(parts)
        scored.weigh_by(told, hits, codes, self._codes)
        return self._placed(hits, states)

    def explained(self, hits: Hits, at: int, plate: str) -> Match:
        """One hit in full; `plate` is the read it is of."""
        how = likeness.KINDS[hits.how[at]]
        entry = int(hits.entry[at])
        differing: tuple[Difference, ...] = ()
        if how is not How.WILDCARD:
            row = entry if self._plain is None else int(np.searchsorted(self._plain, entry))
            differing = likeness.differences(plate, decoded(self._codes[row]))
        other = bool(hits.other_state[at])
        return Match(entry, how, differing, float(hits.likelihood[at]), other)

    def _near_one(self, plate: str, slots: Sequence[int]) -> dict[int, str]:
        """Entries that meet one read, with their texts; not all are near."""
        table, found = self._table, dict[int, str]()
        for slot in slots:
            mixed = (_number(_without(plate, slot)) * int(_SPREAD)) & (2**64 - 1)
            bucket = mixed >> (64 - table.bits)
            first, last = table.starts[bucket : bucket + 2].tolist()
            proof = (mixed >> (60 - table.bits)) & 15
            for word in table.named[first:last].tolist():
                kept = (word >> 4) & 31
                suits = slot == kept or (_WHOLE in (slot, kept) and _FOLDED not in (slot, kept))
                if suits and word & 15 == proof and word >> 9 not in found:
                    found[word >> 9] = decoded(self._codes[word >> 9])
        return found

    def _doubtful_one(
        self, plate: str, told: Sequence[Character]
    ) -> list[tuple[int, likeness.Compared]]:
        found = {
            entry: listed
            for other in likeness.spellings(told)
            for entry, listed in self._near_one(other, [_FOLDED]).items()
            if fold(other) == fold(listed)
        }
        told_apart = {entry: likeness.differences(plate, text) for entry, text in found.items()}
        return [
            (entry, (How.DOUBTFUL, differing))
            for entry, differing in told_apart.items()
            if len(differing) > 1 and fold(found[entry]) != fold(plate)
        ]

    def _match(
        self,
        entry: int,
        how: How,
        differing: tuple[Difference, ...],
        told: Sequence[Character],
    ) -> Match:
        likely = likeness.likelihood(differing, told)
        return Match(entry, how, differing, likely, other_state=False)

    def _placed_one(self, match: Match, state: int) -> Match:
        """By the caller's number, with the states compared."""
        entry = match.entry
        if self._plain is not None:
            base = len(self._codes)
            of = self._plain if entry < base else self._patterned
            entry = int(of[entry if entry < base else entry - base])
        wanted = int(self._regions[entry])
        other = bool(wanted and state and wanted != state)
        lower = likeness.OTHER_STATE if other else 1.0
        return replace(match, entry=entry, likelihood=match.likelihood * lower, other_state=other)

    def _coded(self, regions: Sequence[str] | npt.NDArray[np.bytes_] | None, count: int) -> Codes:
        """Each region as a number, 0 for one that is not known."""
        if regions is None or not count:
            return np.zeros(count, np.uint8)
        written = np.ascontiguousarray(np.asarray(regions, "S8"))
        # As numbers, because sorting texts takes ten times as long.
        names, places = np.unique(written.view(np.uint64), return_inverse=True)
        numbers = [
            self._known.setdefault(region_of(each.decode()), len(self._known))
            for each in names.view("S8").tolist()
        ]
        return np.array(numbers, np.uint8)[places]

    def _near(self, reads: Codes) -> Hits:
        """Exact, look-alike and one character away."""
        width = reads.shape[1]
        slots = np.array([_WHOLE, *range(1, width + 1), _FOLDED])
        met = self._meeting(*_spelled(reads), slots)
        return scored.compared(met.row, met.entry, met.asked, met.kept, reads, self._codes)

    def _meeting(self, keys: Keys, valid: npt.NDArray[np.bool_], slots: Numbers) -> _Met:
        table = self._table
        mixed = (keys * _SPREAD).ravel()
        bucket = (mixed >> np.uint64(64 - table.bits)).view(np.intp)
        start = table.starts[bucket]
        many = table.starts[bucket + 1] - start
        many[~valid.ravel()] = 0
        asked = np.flatnonzero(many)
        many = many[asked]
        at = np.repeat(asked, many)
        ends = np.cumsum(many, dtype=np.intp)
        offset = np.arange(at.size) - np.repeat(ends - many, many)
        named = table.named[start[at] + offset]
        kept = ((named >> np.uint32(4)) & np.uint32(31)).astype(np.intp)
        slot = slots[at % len(slots)]
        suits = (slot == kept) | ((slot == _WHOLE) | (kept == _WHOLE)) & (
            (slot != _FOLDED) & (kept != _FOLDED)
        )
        suits &= (named & np.uint32(15)) == _proof(mixed, table.bits)[at]
        at, named, kept = at[suits], named[suits], kept[suits]
        entry = (named >> np.uint32(9)).astype(np.intp)
        return _Met(at // len(slots), entry, slots[at % len(slots)], kept)

    def _wild(self, reads: Codes) -> Hits:
        pairs = self._patterns.find(reads)
        rows = np.array([row for row, _ in pairs], np.intp)
        # Beyond the plain ones, for `_placed` to tell them apart.
        entries = np.array([number for _, number in pairs], np.intp) + len(self._codes)
        return scored.alike(rows, entries, How.WILDCARD, likeness.WILDCARD)

    def _doubtful(self, reads: Codes, told: Mapping[int, Sequence[Character]]) -> Hits:
        """What the reads themselves say they may be, in more than one place."""
        spelled = [(row, other) for row in told for other in likeness.spellings(told[row])]
        if not spelled:
            return scored.alike(NOWHERE, NOWHERE, How.DOUBTFUL, 0.0)
        rows = np.array([row for row, _ in spelled], np.intp)
        others = encoded([other for _, other in spelled])
        keys, valid = _spelled(others)
        met = self._meeting(keys[:, -1:], valid[:, -1:], np.array([_FOLDED]))
        fold = likeness.folded_codes()
        entries = self._codes[met.entry]
        same = (fold[entries] == fold[others[met.row]]).all(axis=1)
        row, entry = rows[met.row[same]], met.entry[same]
        return scored.doubtful(row, entry, reads, self._codes)

    def _placed(self, hits: Hits, states: Codes) -> Hits:
        """Entries by the caller's numbers, states compared, and the likeliest of a read first."""
        entry = hits.entry
        if self._plain is not None:
            entry = np.concatenate([self._plain, self._patterned])[entry]
        wanted, seen = self._regions[entry], states[hits.read]
        other = (wanted != 0) & (seen != 0) & (wanted != seen)
        likely = hits.likelihood * np.where(other, np.float32(likeness.OTHER_STATE), np.float32(1))
        order = np.lexsort((entry, -likely, hits.read))
        return Hits(
            read=hits.read[order],
            entry=entry[order],
            how=hits.how[order],
            likelihood=likely[order],
            other_state=other[order],
        )


def _apart(
    plates: Sequence[str] | npt.NDArray[np.bytes_],
) -> tuple[Sequence[str] | npt.NDArray[np.bytes_], tuple[Numbers | None, Numbers], Sequence[str]]:
    """The plain plates and the patterns, with the numbers of each; None: all are plain."""
    if isinstance(plates, np.ndarray):
        raw = np.ascontiguousarray(plates.astype(f"S{LONGEST}", copy=False))
        signs = raw.view(np.uint8).reshape(-1, LONGEST)
        wild = ((signs == ord("?")) | (signs == ord("*"))).any(axis=1)
    else:
        wild = np.fromiter((is_pattern(each) for each in plates), np.bool_, len(plates))
    if not wild.any():
        return plates, (None, NOWHERE), []
    plain, patterned = np.flatnonzero(~wild), np.flatnonzero(wild)
    if isinstance(plates, np.ndarray):
        return plates[plain], (plain, patterned), [each.decode() for each in plates[patterned]]
    return (
        [plates[at] for at in plain.tolist()],
        (plain, patterned),
        [plates[at] for at in patterned.tolist()],
    )


def _spelled(codes: Codes) -> tuple[Keys, npt.NDArray[np.bool_]]:
    """(n, width + 2): the text, the text without each character, its look-alikes; which are real.

    A text of up to 12 characters has a number of its own; longer ones may share one.
    """
    width = codes.shape[1]
    powers = _BASE ** np.arange(width, dtype=np.uint64)
    wide = codes.astype(np.uint64)
    here = wide * powers
    upto = np.cumsum(here, axis=1)
    closer = wide[:, 1:] * powers[:-1]  # each character moved up by one place
    after = np.zeros_like(wide)
    after[:, :-1] = np.cumsum(closer[:, ::-1], axis=1)[:, ::-1]
    keys = np.empty((len(codes), width + 2), np.uint64)
    keys[:, 0] = upto[:, -1]
    keys[:, 1:-1] = upto - here + after
    keys[:, -1] = (likeness.folded_codes()[codes] * powers).sum(axis=1, dtype=np.uint64)
    valid = np.ones(keys.shape, np.bool_)
    valid[:, 1:-1] = codes != 0
    return keys, valid


def _without(plate: str, slot: int) -> str:
    """What a read asks for: the whole, its look-alikes, or the rest without one character."""
    if slot == _FOLDED:
        return fold(plate)
    return plate if slot == _WHOLE else plate[: slot - 1] + plate[slot:]


def _number(text: str) -> int:
    """As `_spelled` has it; it wraps where that does."""
    total = 0
    for sign in reversed(text):
        total = total * 37 + _CODES[sign]
    return total & (2**64 - 1)


def _proof(mixed: Keys, bits: int) -> Words:
    """Four bits of the number below those that say the bucket."""
    shifted: Words = ((mixed >> np.uint64(60 - bits)) & np.uint64(15)).astype(np.uint32)
    return shifted


def _built(codes: Codes) -> _Table:
    """In parts, so that building takes little more memory than what is built."""
    total = int(np.count_nonzero(codes)) + 2 * len(codes)
    bits = max(8, (total // 2).bit_length())
    starts = np.zeros((1 << bits) + 1, np.uint32)
    named = np.empty(total, np.uint32)
    parts = 1 << max(0, (total // _IN_ONE_PART)).bit_length()
    filled, size = 0, (1 << bits) // parts
    for part in range(parts):
        found = np.concatenate([*_in_part(codes, bits, part * size, size), np.empty(0, np.uint64)])
        found.sort()
        upper = (found >> np.uint64(32)).astype(np.intp)
        counted = np.cumsum(np.bincount(upper, minlength=size))
        starts[part * size + 1 : (part + 1) * size + 1] = counted + filled
        named[filled : filled + found.size] = found.astype(np.uint32)
        filled += found.size
    return _Table(bits, starts, named)


def _in_part(codes: Codes, bits: int, first: int, size: int) -> Iterator[Keys]:
    """Bucket (from `first`) in the upper half, entry, slot and proof in the lower."""
    for begin in range(0, len(codes), _BUILT_AT_ONCE):
        some = codes[begin : begin + _BUILT_AT_ONCE]
        width = max(1, int(np.count_nonzero(some, axis=1).max()))
        keys, valid = _spelled(some[:, :width])
        mixed = keys * _SPREAD
        bucket = (mixed >> np.uint64(64 - bits)).astype(np.intp) - first
        valid &= (bucket >= 0) & (bucket < size)
        slots = np.array([_WHOLE, *range(1, width + 1), _FOLDED], np.uint64)
        numbers = np.arange(begin, begin + len(some), dtype=np.uint64)
        low = (numbers[:, None] << np.uint64(9)) | (slots << np.uint64(4))
        low = low | _proof(mixed, bits).astype(np.uint64)
        yield ((bucket.astype(np.uint64) << np.uint64(32)) | low)[valid]

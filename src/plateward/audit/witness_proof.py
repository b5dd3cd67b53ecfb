"""That a log only grew, proven from where it was and what came since; nothing older is read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from plateward.audit import tree

HASH_BYTES = 32


class TooFewLeaves(ValueError):
    """The log holds fewer entries than the size that was asked for."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """A tree of `size` leaves as `tree.grow` keeps it: the root of each perfect subtree."""

    size: int
    hashes: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        return tree.frontier_root(self.hashes)


NOTHING = Peaks(0, ())


def grown(since: Peaks, leaves: Iterable[bytes]) -> Peaks:
    """`since` after more leaves. Streams."""
    size, hashes = since.size, since.hashes
    for leaf in leaves:
        hashes = tree.grow(hashes, size, leaf)
        size += 1
    return Peaks(size, hashes)


def prove(old: Peaks, size: int, new_leaves: Iterable[bytes]) -> tuple[list[bytes], Peaks]:
    """The RFC 6962 consistency proof from `old` to `size`, and the peaks at `size`.

    `new_leaves` are those from `old.size` on, in order; they are read once and not kept. A tree of
    no leaves is consistent with every other: its proof is empty.
    """
    coming = map(bytes, new_leaves)
    if not old.size:
        now = grown(old, islice(coming, size))
        _check(now, size)
        return [], now
    known = starts(old)
    proof, now = [], old
    for start, end in spans(old.size, size):
        if end <= old.size:
            proof.append(known[start, end])
            continue
        apart, now = _grown_both(now, islice(coming, end - start))
        proof.append(apart.root)
    _check(now, size)
    return proof, now


def spans(old_size: int, size: int) -> list[tuple[int, int]]:
    """Which leaves each hash of the proof covers, lowest first, from start up to end."""
    found: list[tuple[int, int]] = []
    start, end, known = 0, size, True  # known: the checker holds this subtree's root already
    while old_size != end:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if old_size <= split:
            found.append((split, end))
            end = split
        else:
            found.append((start, split))
            start, known = split, False
    return ([] if known else [(start, end)]) + found[::-1]


def packed(hashes: Sequence[bytes]) -> bytes:
    return b"".join(hashes)


def unpacked(size: int, written: bytes) -> Peaks:
    """`NOTHING` for what cannot be the peaks of a tree of that size."""
    starts = range(0, len(written), HASH_BYTES)
    if size < 0 or len(written) != HASH_BYTES * size.bit_count():
        return NOTHING
    return Peaks(size, tuple(written[start : start + HASH_BYTES] for start in starts))


def _grown_both(now: Peaks, leaves: Iterable[bytes]) -> tuple[Peaks, Peaks]:
    """The same leaves as a tree of their own, and after `now`: one pass, nothing kept."""
    apart: tuple[bytes, ...] = ()
    size, hashes, count = now.size, now.hashes, 0
    for leaf in leaves:
        apart, hashes = tree.grow(apart, count, leaf), tree.grow(hashes, size + count, leaf)
        count += 1
    return Peaks(count, apart), Peaks(size + count, hashes)


def starts(old: Peaks) -> dict[tuple[int, int], bytes]:
    """Each peak by the leaves that it covers."""
    found, start = {}, 0
    for peak, bit in zip(old.hashes, _bits(old.size), strict=True):
        found[start, start + bit] = peak
        start += bit
    return found


def _bits(size: int) -> Iterator[int]:
    for place in range(size.bit_length() - 1, -1, -1):
        if size >> place & 1:
            yield 1 << place


def _check(now: Peaks, size: int) -> None:
    if now.size != size:
        raise TooFewLeaves(f"The log holds {now.size} entries, and {size} were signed.")

"""RFC 6962 hashing and proofs. Pure: no database, no Django."""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[bytes, ...]:
    """The frontier of a tree of `size` leaves after one more leaf: O(log n), nothing rehashed.

    The frontier holds the root of each perfect subtree, largest first: one for each set bit of
    `size`. It is all a writer has to keep.
    """
    hashes = list(frontier)
    while size & 1:
        leaf = node_hash(hashes.pop(), leaf)
        size >>= 1
    return (*hashes, leaf)


def frontier_root(frontier: Sequence[bytes]) -> bytes:
    """The root of the whole tree from its frontier."""
    if not frontier:
        return EMPTY
    *rest, root = frontier
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def root(leaves: Sequence[bytes]) -> bytes:
    """The root as RFC 6962 section 2.1 defines it."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root, lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(index, left), root(right)]
    return [*inclusion_proof(index - split, right), root(left)]


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that show that the tree's first `old_size` leaves are what they were."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"no tree of {old_size} inside a tree of {len(leaves)}")
    return _consistency(old_size, leaves, known=True)


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to; raises ValueError for a proof of wrong length."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    if size == 1:
        if proof:
            raise ValueError("the proof is too long")
        return leaf
    if not proof:
        raise ValueError("the proof is too short")
    *lower, top = proof
    split = _split(size)
    if index < split:
        return node_hash(root_from_inclusion(index, split, leaf, lower), top)
    return node_hash(top, root_from_inclusion(index - split, size - split, leaf, lower))


def roots_from_consistency(
    old_size: int, size: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to."""
    if not 0 < old_size <= size:
        raise ValueError(f"no tree of {old_size} inside a tree of {size}")
    roots, rest = _roots(old_size, size, old_root, proof, known=True)
    if rest:
        raise ValueError("the proof is too long")
    return roots


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _consistency(old_size: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """`known`: the checker holds this subtree's root already, as the old root."""
    if old_size == len(leaves):
        return [] if known else [root(leaves)]
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*_consistency(old_size, left, known=known), root(right)]
    return [*_consistency(old_size - split, right, known=False), root(left)]


def _roots(
    old_size: int, size: int, old_root: bytes, proof: Sequence[bytes], *, known: bool
) -> tuple[tuple[bytes, bytes], Sequence[bytes]]:
    """The roots of this subtree, then and now, and what is left of the proof: read from its end."""
    if old_size == size and known:
        return (old_root, old_root), proof
    if not proof:
        raise ValueError("the proof is too short")
    top, rest = proof[-1], proof[:-1]
    if old_size == size:
        return (top, top), rest
    split = _split(size)
    if old_size <= split:
        (old, new), rest = _roots(old_size, split, old_root, rest, known=known)
        return (old, node_hash(new, top)), rest
    (old, new), rest = _roots(old_size - split, size - split, old_root, rest, known=False)
    return (node_hash(top, old), node_hash(top, new)), rest

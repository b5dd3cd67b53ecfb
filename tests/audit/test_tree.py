"""The tree is RFC 6962's, to the byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import tree

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors/audit/rfc6962.json").read_text()
)
LEAVES = [tree.leaf_hash(bytes.fromhex(text)) for text in VECTORS["inputs"]]
ROOTS = [bytes.fromhex(text) for text in VECTORS["roots"]]


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def leaves(size: int) -> list[bytes]:
    return [tree.leaf_hash(b"%d" % number) for number in range(size)]


def frontier(of: list[bytes]) -> tuple[bytes, ...]:
    grown: tuple[bytes, ...] = ()
    for size, leaf in enumerate(of):
        grown = tree.grow(grown, size, leaf)
    return grown


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert tree.root(LEAVES[:size]) == ROOTS[size]
    assert tree.frontier_root(frontier(LEAVES[:size])) == ROOTS[size]


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_the_inclusion_proof_is_the_published_one(vector: dict[str, Any]) -> None:
    index, size, proof = vector["index"], vector["size"], hashes(vector["proof"])
    assert tree.inclusion_proof(index, LEAVES[:size]) == proof
    assert tree.root_from_inclusion(index, size, LEAVES[index], proof) == ROOTS[size]


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_the_consistency_proof_is_the_published_one(vector: dict[str, Any]) -> None:
    old, size, proof = vector["old"], vector["size"], hashes(vector["proof"])
    assert tree.consistency_proof(old, LEAVES[:size]) == proof
    assert tree.roots_from_consistency(old, size, ROOTS[old], proof) == (ROOTS[old], ROOTS[size])


@given(st.integers(0, 300))
def test_the_frontier_gives_the_root_of_the_whole_tree(size: int) -> None:
    grown = frontier(leaves(size))
    assert tree.frontier_root(grown) == tree.root(leaves(size))
    assert len(grown) == size.bit_count()


@given(st.integers(1, 64).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
def test_every_leaf_has_a_proof_that_no_other_leaf_passes(case: tuple[int, int]) -> None:
    size, index = case
    all_leaves = leaves(size)
    proof = tree.inclusion_proof(index, all_leaves)
    root = tree.root(all_leaves)
    assert tree.root_from_inclusion(index, size, all_leaves[index], proof) == root
    assert tree.root_from_inclusion(index, size, tree.leaf_hash(b"other"), proof) != root


@given(st.integers(1, 64).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_every_older_tree_has_a_proof_that_a_rewritten_one_fails(case: tuple[int, int]) -> None:
    size, old = case
    all_leaves = leaves(size)
    proof = tree.consistency_proof(old, all_leaves)
    was, now = tree.root(all_leaves[:old]), tree.root(all_leaves)
    assert tree.roots_from_consistency(old, size, was, proof) == (was, now)
    rewritten = tree.root([tree.leaf_hash(b"other"), *all_leaves[1:old]])
    assert tree.roots_from_consistency(old, size, rewritten, proof) != (rewritten, now)


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [(0, 1, [b"x"]), (0, 2, []), (0, 2, [b"x", b"y"]), (2, 2, [b"x"]), (-1, 2, [b"x"])],
)
def test_an_inclusion_proof_of_wrong_length_is_refused(
    index: int, size: int, proof: list[bytes]
) -> None:
    with pytest.raises(ValueError, match=r"proof is too|no leaf"):
        tree.root_from_inclusion(index, size, LEAVES[0], proof)


@pytest.mark.parametrize(
    ("old", "size", "proof"),
    [(0, 2, []), (3, 2, []), (1, 2, []), (1, 2, [b"x", b"y"]), (2, 2, [b"x"]), (3, 4, [b"x"])],
)
def test_a_consistency_proof_of_wrong_length_is_refused(
    old: int, size: int, proof: list[bytes]
) -> None:
    with pytest.raises(ValueError, match=r"proof is too|no tree"):
        tree.roots_from_consistency(old, size, ROOTS[1], proof)


def test_there_is_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(IndexError):
        tree.inclusion_proof(8, LEAVES)
    with pytest.raises(IndexError):
        tree.consistency_proof(9, LEAVES)

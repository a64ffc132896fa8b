"""The tree of RFC 6962: its known vectors, and every proof of every small tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from points.checkpoints.merkle import (
    EMPTY_ROOT,
    Edge,
    consistency_path,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    nodes_of,
    root_of_inclusion,
    subtree,
)
from points.checkpoints.models import STEP

# The vectors of RFC 6962's reference implementation (certificate-transparency, merkle_tree_test): eight leaves, the roots
# of the trees of one to eight, and proofs in them.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [bytes.fromhex(text) for text in (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
INCLUSION = {  # (leaf, size), both counted from 0 and 1: the path
    (0, 1): [],
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip
CONSISTENCY = {
    (1, 1): [],
    (1, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 5): ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH as the RFC writes it down."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(slow_root(leaves[:middle]), slow_root(leaves[middle:]))


def proof(leaves: list[bytes], path: list[tuple[int, int]]) -> list[bytes]:
    return [slow_root(leaves[begin:end]) for begin, end in path]


def test_an_empty_tree_and_a_single_leaf_are_what_the_rfc_says() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Edge().root() == EMPTY_ROOT


def test_the_roots_of_the_reference_implementation_come_out() -> None:
    edge = Edge()
    for size, leaf in enumerate(LEAVES, 1):
        list(edge.append(leaf_hash(leaf)))
        assert edge.root() == ROOTS[size - 1] == slow_root(LEAVES[:size])


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_inclusion_proofs_of_the_reference_implementation_come_out(index: int, size: int) -> None:
    found = proof(LEAVES, inclusion_path(index, size))
    assert [one.hex() for one in found] == INCLUSION[index, size]
    assert root_of_inclusion(leaf_hash(LEAVES[index]), index, size, found) == ROOTS[size - 1]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_consistency_proofs_of_the_reference_implementation_come_out(old: int, new: int) -> None:
    found = proof(LEAVES, consistency_path(old, new))
    assert [one.hex() for one in found] == CONSISTENCY[old, new]
    assert is_consistent(old, new, ROOTS[old - 1], ROOTS[new - 1], found)


def test_every_proof_of_every_small_tree_holds_and_no_other_does() -> None:
    leaves = [bytes([n]) for n in range(20)]
    roots = [slow_root(leaves[:size]) for size in range(21)]
    for new in range(1, 21):
        for index in range(new):
            path = proof(leaves, inclusion_path(index, new))
            assert root_of_inclusion(leaf_hash(leaves[index]), index, new, path) == roots[new]
            for wrong in (path[:-1], [*path, roots[0]]):
                assert (
                    root_of_inclusion(leaf_hash(leaves[index]), index, new, wrong) != roots[new]
                    or wrong == path
                )
        for old in range(1, new + 1):
            path = proof(leaves, consistency_path(old, new))
            assert is_consistent(old, new, roots[old], roots[new], path)
            assert not is_consistent(old, new, roots[old - 1], roots[new], path)
            assert not is_consistent(old, new, roots[old], roots[new - 1], path)
            assert not is_consistent(old, new, roots[old], roots[new], [*path, roots[0]])
            if path:
                assert not is_consistent(old, new, roots[old], roots[new], path[:-1])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_proof_of_one_entry_is_none_of_another_and_a_changed_entry_has_none(data: st.DataObject) -> None:
    leaves = data.draw(st.lists(st.binary(max_size=4), min_size=1, max_size=70))
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root = proof(leaves, inclusion_path(index, len(leaves))), slow_root(leaves)
    assert root_of_inclusion(leaf_hash(leaves[index]), index, len(leaves), path) == root
    changed = data.draw(st.binary(max_size=4).filter(lambda leaf: leaf != leaves[index]))
    assert root_of_inclusion(leaf_hash(changed), index, len(leaves), path) != root
    other = data.draw(st.integers(-1, len(leaves)))
    if other != index and not (0 <= other < len(leaves) and leaves[other] == leaves[index]):
        assert root_of_inclusion(leaf_hash(leaves[index]), other, len(leaves), path) != root


@given(st.integers(0, 700), st.integers(0, 40))
@settings(max_examples=30, deadline=None)
def test_a_tree_goes_on_from_its_kept_nodes_as_if_it_had_never_stopped(size: int, more: int) -> None:
    whole, kept = Edge(), {}
    for n in range(size):
        kept |= {node: value for node, value in whole.append(leaf_hash(b"%d" % n)) if node[0] % STEP == 0}
    peaks = [subtree(node, STEP, kept.__getitem__) for node in nodes_of((0, size))]
    again = Edge(size, peaks)
    assert again.root() == whole.root()
    for n in range(size, size + more):
        assert list(again.append(leaf_hash(b"%d" % n))) == list(whole.append(leaf_hash(b"%d" % n)))
    assert again.root() == whole.root()

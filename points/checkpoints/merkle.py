"""Merkle trees as in RFC 6962, section 2.1. Pure: hashes in, hashes out, no storage.

A *node* ``(level, index)`` is the complete subtree over the leaves from ``index << level`` on, ``1 << level`` of them; it
never changes once it is complete. A *range* ``(begin, end)`` is a part of the tree as the RFC cuts it; its hash is made
of the nodes that ``nodes_of`` names. Proofs are first told as ranges, so that whoever stores nodes can read all of them
at once, and then as hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

Node = tuple[int, int]
Range = tuple[int, int]

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(line: bytes) -> bytes:
    """Hash of an entry; its first byte keeps a leaf from being taken for a node."""
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def nodes_of(part: Range) -> list[Node]:
    """The complete subtrees of a range, from left to right, each smaller than the one before."""
    begin, end = part
    nodes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a range from the hashes of its ``nodes_of``; without any, that of the empty tree."""
    if not hashes:
        return EMPTY_ROOT
    result = hashes[-1]
    for one in reversed(hashes[:-1]):
        result = node_hash(one, result)
    return result


def range_hash(part: Range, hashes: Mapping[Node, bytes]) -> bytes:
    """The hash of a range; ``hashes`` holds at least its nodes."""
    return fold([hashes[node] for node in nodes_of(part)])


def inclusion_path(index: int, size: int) -> list[Range]:
    """PATH(index, D[size]): what has to be hashed together with a leaf, from the leaf up to the root.

    Raises ValueError for a leaf that is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Range]:
    """PROOF(old, D[new]): shows that the tree of ``new`` leaves began as the tree of ``old``.

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency from {old} to {new}")
    begin, end, path = 0, new, []
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    if begin:
        path.append((begin, end))
    return path[::-1]


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to (RFC 9162, 2.1.3.2), or None for a proof of the wrong length."""
    if not 0 <= index < size:
        return None
    at, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            result = node_hash(sibling, result)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        at, last = at >> 1, last >> 1
    return result if last == 0 else None


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the newer tree began as the older one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Edge:
    """The right edge of a growing tree: one hash for each complete subtree, so memory grows with the logarithm.

    ``size`` leaves stand already, ``hashes`` are those of ``nodes_of((0, size))``.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf: bytes) -> Iterator[tuple[Node, bytes]]:
        """Adds a leaf; yields every node that it completes, the leaf itself first."""
        level, index, result = 0, self.size, leaf
        complete = [((0, index), leaf)]
        while index & 1:
            result = node_hash(self._hashes.pop(), result)
            level, index = level + 1, index >> 1
            complete.append(((level, index), result))
        self._hashes.append(result)
        self.size += 1
        return iter(complete)

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        return fold(self._hashes)


def subtree(node: Node, base: int, read: Callable[[Node], bytes]) -> bytes:
    """Hash of a node from those ``base`` or fewer levels below it, which ``read`` knows."""
    level, index = node
    below = level - level % base
    row = [read((below, at)) for at in range(index << (level - below), (index + 1) << (level - below))]
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]

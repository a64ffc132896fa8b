"""The stored tree: reading its nodes in as few statements as it has levels that are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.checkpoints.merkle import Edge, Node, Range, nodes_of, range_hash, subtree
from points.checkpoints.models import STEP, SealedLeaf, SealedNode
from points.errors import Conflict

leaf, node = SealedLeaf.__table__, SealedNode.__table__
MOST_AT_ONCE = 2000


def size_of(session: Session, community_id: int) -> int:
    """How many entries are sealed."""
    last = session.scalar(sa.select(sa.func.max(leaf.c.position)).where(leaf.c.community_id == community_id))
    return 0 if last is None else last + 1


def hashes_of(session: Session, community_id: int, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """Hashes of complete subtrees. Raises Conflict ``sealed_tree_damaged`` when rows of the tree are missing."""
    wanted = set(nodes)
    below: dict[int, set[int]] = {}
    for level, index in wanted:
        kept = level - level % STEP
        first, last = index << (level - kept), (index + 1) << (level - kept)
        below.setdefault(kept, set()).update(range(first, last))
    stored = dict(_read(session, community_id, below))
    try:
        return {one: subtree(one, STEP, stored.__getitem__) for one in wanted}
    except KeyError as error:
        raise Conflict("sealed_tree_damaged") from error


def _read(
    session: Session, community_id: int, below: Mapping[int, Collection[int]]
) -> Iterator[tuple[Node, bytes]]:
    """Leaves in one statement and kept nodes of all levels in another, for two thousand at a time."""
    for some in _chunks(sorted(below.get(0, ()))):
        rows = session.execute(
            sa.select(leaf.c.position, leaf.c.hash).where(
                leaf.c.community_id == community_id, leaf.c.position.in_(some)
            )
        )
        yield from (((0, position), value) for position, value in rows)
    for some in _chunks(
        sorted((level, at) for level, positions in below.items() if level for at in positions)
    ):
        yield from kept_nodes(session, community_id, some)


def kept_nodes(session: Session, community_id: int, nodes: Sequence[Node]) -> Iterator[tuple[Node, bytes]]:
    """Nodes at the levels that are kept, in one statement; some thousands at most."""
    levels: dict[int, list[int]] = {}
    for level, index in nodes:
        levels.setdefault(level, []).append(index)
    # One SELECT for each level: an OR over them is read without the index.
    parts = (
        sa.select(node.c.level, node.c.position, node.c.hash).where(
            node.c.community_id == community_id, node.c.level == level, node.c.position.in_(positions)
        )
        for level, positions in levels.items()
    )
    yield from (
        ((level, position), value) for level, position, value in session.execute(sa.union_all(*parts))
    )


def _chunks(wanted: list) -> Iterator[list]:
    return (wanted[at : at + MOST_AT_ONCE] for at in range(0, len(wanted), MOST_AT_ONCE))


def range_hashes(session: Session, community_id: int, ranges: Iterable[Range]) -> dict[Range, bytes]:
    """Hashes of ranges of the tree: roots of a size ``(0, size)``, or the steps of proofs."""
    wanted = set(ranges)
    hashes = hashes_of(session, community_id, {one for part in wanted for one in nodes_of(part)})
    return {part: range_hash(part, hashes) for part in wanted}


def edge_of(session: Session, community_id: int) -> Edge:
    """Where the tree goes on growing."""
    size = size_of(session, community_id)
    nodes = nodes_of((0, size))
    hashes = hashes_of(session, community_id, nodes)
    return Edge(size, [hashes[one] for one in nodes])

"""The stored tree: reading its nodes in as few statements as it has levels that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    stored: dict[Node, bytes] = {}
    for level, positions in below.items():
        for position, value in read_level(session, community_id, level, sorted(positions)):
            stored[level, position] = value
    try:
        return {one: subtree(one, STEP, stored.__getitem__) for one in wanted}
    except KeyError as error:
        raise Conflict("sealed_tree_damaged") from error


def read_level(session: Session, community_id: int, level: int, positions: Sequence[int]) -> Iterator[sa.Row]:
    """Position and hash of kept nodes: of leaves (level 0) or of every ``STEP``-th level."""
    table = node if level else leaf
    query = sa.select(table.c.position, table.c.hash).where(table.c.community_id == community_id)
    if level:
        query = query.where(node.c.level == level)
    for at in range(0, len(positions), MOST_AT_ONCE):
        yield from session.execute(query.where(table.c.position.in_(positions[at : at + MOST_AT_ONCE])))


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

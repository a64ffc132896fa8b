"""Reading what was sealed: checkpoints, entries with their proofs, and the lines as the records say them now."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.checkpoints.leaves import facts_of, sealed_facts, unsealed_facts
from points.checkpoints.lines import Facts, Line, line_of, subjects_of
from points.checkpoints.merkle import consistency_path, inclusion_path
from points.checkpoints.models import Checkpoint, SealedLeaf, SealSalt
from points.checkpoints.notes import mark_of, read_mark
from points.checkpoints.trees import range_hashes, size_of
from points.errors import NotFound

leaf, checkpoint, salt_table = SealedLeaf.__table__, Checkpoint.__table__, SealSalt.__table__
MOST_AT_ONCE = 1000
FIRST = uuid.UUID(int=0)


@dataclass(frozen=True)
class CheckpointView:
    """A signed note about the first ``size`` entries."""

    size: int
    root: bytes
    note: str
    verifier: str
    sealed_at: datetime

    @property
    def mark(self) -> str:
        """What is printed of it."""
        return mark_of(self.size, self.root)


CHECKPOINTS = sa.select(
    checkpoint.c.size, checkpoint.c.root, checkpoint.c.note, checkpoint.c.verifier, checkpoint.c.sealed_at
)


def newest_checkpoint(
    session: Session, community_id: int, *, cut_off: datetime | None = None
) -> CheckpointView | None:
    """The last note (of those sealed by ``cut_off``), or None before the first sealing."""
    found = checkpoints(session, community_id, cut_off=cut_off, limit=1)
    return found[0] if found else None


def first_checkpoint_since(session: Session, community_id: int, since: datetime) -> CheckpointView | None:
    """The first note sealed at ``since`` or later: its root was nobody's to choose, and nobody knew it before."""
    row = session.execute(
        CHECKPOINTS.where(checkpoint.c.community_id == community_id, checkpoint.c.sealed_at >= since)
        .order_by(checkpoint.c.size)
        .limit(1)
    ).one_or_none()
    return CheckpointView(*row) if row else None


def checkpoints(
    session: Session,
    community_id: int,
    *,
    below: int | None = None,
    cut_off: datetime | None = None,
    limit: int = 50,
) -> list[CheckpointView]:
    """Notes, newest first, of a size below ``below``, sealed by ``cut_off``."""
    query = CHECKPOINTS.where(checkpoint.c.community_id == community_id)
    if below is not None:
        query = query.where(checkpoint.c.size < below)
    if cut_off is not None:
        query = query.where(checkpoint.c.sealed_at <= cut_off)
    return [
        CheckpointView(*row) for row in session.execute(query.order_by(checkpoint.c.size.desc()).limit(limit))
    ]


def is_anything_signed(session: Session) -> bool:
    """Whether any community of the site has a note already."""
    query = sa.select(checkpoint.c.id).limit(1)
    return session.execute(query, execution_options={"across_communities": True}).first() is not None


def checkpoint_of_size(session: Session, community_id: int, size: int) -> CheckpointView | None:
    """The note about exactly so many entries."""
    row = session.execute(
        CHECKPOINTS.where(checkpoint.c.community_id == community_id, checkpoint.c.size == size)
    ).one_or_none()
    return CheckpointView(*row) if row else None


def checkpoint_of_mark(session: Session, community_id: int, text: str) -> CheckpointView:
    """The note that a printed mark stands for. NotFound ``checkpoint_not_found``: there is none of that size and root."""
    mark = read_mark(text)
    found = checkpoint_of_size(session, community_id, mark[0]) if mark else None
    if found is None or not found.mark.partition("-")[2].startswith(mark[1]):
        raise NotFound("checkpoint_not_found")
    return found


def consistency(session: Session, community_id: int, old: int, new: int) -> list[bytes]:
    """Shows that the first ``new`` entries begin with the first ``old``. NotFound ``checkpoint_not_found`` where there is
    no note of that size."""
    if not all(checkpoint_of_size(session, community_id, size) for size in (old, new)) or old > new:
        raise NotFound("checkpoint_not_found")
    path = consistency_path(old, new)
    hashes = range_hashes(session, community_id, path)
    return [hashes[part] for part in path]


@dataclass(frozen=True)
class Batch:
    """Final entries of a kind that were not in the tree when it had ``size`` leaves, in the order of their ids."""

    kind: str
    facts: dict[uuid.UUID, Facts]
    size: int


def unsealed(
    session: Session, community_id: int, kind: str, *, after: uuid.UUID = FIRST, limit: int = MOST_AT_ONCE
) -> Batch:
    """The next entries to seal, after one of them."""
    size = size_of(session, community_id)
    return Batch(kind, unsealed_facts(session, community_id, kind, after=after, limit=limit), size)


def salts_of(
    session: Session, community_id: int, subjects: Collection[uuid.UUID]
) -> dict[uuid.UUID, bytes | None]:
    """Salts by subject; None for one that was taken away, nothing for one that never had any."""
    found: dict[uuid.UUID, bytes | None] = {}
    wanted = list(subjects)
    for at in range(0, len(wanted), MOST_AT_ONCE):
        rows = session.execute(
            sa.select(salt_table.c.id, salt_table.c.salt).where(
                salt_table.c.community_id == community_id,
                salt_table.c.id.in_(wanted[at : at + MOST_AT_ONCE]),
            )
        )
        found |= {row.id: row.salt for row in rows}
    return found


def erased_count(session: Session, community_id: int) -> int:
    """How many people, households and words were taken out of the sealed lines: whom such a line meant, nothing can tell
    any more, so the number belongs beside every check."""
    query = sa.select(sa.func.count()).select_from(salt_table)
    return session.scalar(
        query.where(salt_table.c.community_id == community_id, salt_table.c.erased_at.is_not(None))
    )


@dataclass(frozen=True)
class Entry:
    """A sealed entry. ``line`` as the records say it now, None when the record is gone; ``hash`` as it was sealed."""

    id: uuid.UUID
    kind: str
    position: int
    hash: bytes
    line: Line | None


def entries(session: Session, community_id: int, begin: int, end: int) -> Iterator[Entry]:
    """Sealed entries from one position to below another, a batch at a time: memory does not grow with their number."""
    while begin < end:
        stop = min(begin + MOST_AT_ONCE, end)
        rows = session.execute(
            sa.select(leaf)
            .where(leaf.c.community_id == community_id, leaf.c.position >= begin, leaf.c.position < stop)
            .order_by(leaf.c.position)
        ).all()
        if not rows:
            return
        facts = sealed_facts(session, community_id, {row.kind for row in rows}, begin, stop)
        yield from _with_lines(session, community_id, rows, facts)
        begin = stop


def _with_lines(
    session: Session, community_id: int, rows: Sequence[sa.Row], facts: dict[uuid.UUID, Facts]
) -> list[Entry]:
    salts = salts_of(session, community_id, subjects_of(facts.values()))
    return [
        Entry(
            row.id, row.kind, row.position, row.hash,
            line_of(row.kind, row.id, facts[row.id], salts, row.commitments) if row.id in facts else None,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Proven:
    """A sealed entry with the way from its leaf up to the root of a checkpoint."""

    entry: Entry
    path: list[bytes]


def proofs(
    session: Session, community_id: int, entry_ids: Collection[uuid.UUID], size: int
) -> dict[uuid.UUID, Proven]:
    """Proofs that entries are among the first ``size``, by id; what is not (yet) among them is left out.

    The number of statements grows with the logarithm of the tree, and by one thousand entries asked for.
    """
    found: dict[uuid.UUID, Proven] = {}
    wanted = list(entry_ids)
    for at in range(0, len(wanted), MOST_AT_ONCE):
        some = wanted[at : at + MOST_AT_ONCE]
        rows = session.execute(
            sa.select(leaf).where(
                leaf.c.community_id == community_id, leaf.c.id.in_(some), leaf.c.position < size
            )
        ).all()
        paths = {row.id: inclusion_path(row.position, size) for row in rows}
        hashes = range_hashes(session, community_id, {part for path in paths.values() for part in path})
        facts = facts_of(session, community_id, [(row.kind, row.id) for row in rows])
        for entry in _with_lines(session, community_id, rows, facts):
            found[entry.id] = Proven(entry, [hashes[part] for part in paths[entry.id]])
    return found


def proof_of(session: Session, community_id: int, entry_id: uuid.UUID) -> tuple[Proven, CheckpointView]:
    """One entry with its proof in the newest checkpoint. NotFound ``entry_not_sealed``: not there, or not yet."""
    newest = newest_checkpoint(session, community_id)
    found = proofs(session, community_id, [entry_id], newest.size) if newest else {}
    if newest is None or entry_id not in found:
        raise NotFound("entry_not_sealed")
    return found[entry_id], newest

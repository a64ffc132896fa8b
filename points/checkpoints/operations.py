"""Sealing: entries become leaves in batches, then a note is signed. Each step is safe to repeat and to interrupt."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.checkpoints.lines import COMMITMENT_BYTES, Facts, Line, Salts, line_of, subjects_of
from points.checkpoints.merkle import leaf_hash
from points.checkpoints.models import STEP, Checkpoint, SealedLeaf, SealedNode, SealSalt
from points.checkpoints.notes import Head, Signer
from points.checkpoints.queries import Batch, CheckpointView, newest_checkpoint, salts_of
from points.checkpoints.trees import edge_of, range_hashes, size_of
from points.errors import Conflict
from points.people.models import Community
from points.prepared import put_many

leaf, node, salt_table, checkpoint = (
    SealedLeaf.__table__, SealedNode.__table__, SealSalt.__table__, Checkpoint.__table__,
)  # fmt: skip
SALT_BYTES = 16
_LEAF = ("community_id", "id", "kind", "position", "hash", "commitments")
_NODE = ("community_id", "id", "level", "position", "hash")


@dataclass(frozen=True)
class SealEntries:
    """Entries that ``queries.unsealed`` found. Their facts are final, so they are read before the lock is taken."""

    community_id: int
    batch: Batch


def seal_entries(session: Session, command: SealEntries, *, now: datetime) -> int:  # noqa: ARG001 - the note says when
    """Adds leaves to the tree; what another sealer took meanwhile is left out. Returns how many were added.

    Raises Conflict ``sealed_tree_damaged``.
    """
    community_id, batch = command.community_id, command.batch
    _lock_tree(session, community_id)
    facts = batch.facts
    if size_of(session, community_id) != batch.size:
        done = session.scalars(
            sa.select(leaf.c.id).where(leaf.c.community_id == community_id, leaf.c.id.in_(list(facts)))
        )
        facts = {entry_id: facts[entry_id] for entry_id in facts.keys() - set(done)}
    salts = _salts_for(session, community_id, subjects_of(facts.values()))
    lines = {
        entry_id: line_of(batch.kind, entry_id, facts[entry_id], salts, _to_nothing(facts[entry_id], salts))
        for entry_id in sorted(facts)
    }
    _write(session, community_id, batch.kind, lines)
    return len(lines)


def _lock_tree(session: Session, community_id: int) -> None:
    """One sealer at a time. NO KEY UPDATE: rows that only point at the community need not wait."""
    session.execute(
        sa.select(Community.id).where(Community.id == community_id).with_for_update(key_share=True)
    )


def _to_nothing(facts: Facts, salts: Salts) -> bytes:
    """Commitments that nobody can open, for people who were erased before the entry was sealed."""
    is_needed = any(value is not None and salts[value.subject] is None for value in facts.hidden.values())
    return secrets.token_bytes(COMMITMENT_BYTES * len(facts.hidden)) if is_needed else b""


def _salts_for(
    session: Session, community_id: int, subjects: Collection[uuid.UUID]
) -> dict[uuid.UUID, bytes | None]:
    """Salts of all subjects, made for those that have none yet."""
    salts = salts_of(session, community_id, subjects)
    fresh = {subject: secrets.token_bytes(SALT_BYTES) for subject in subjects if subject not in salts}
    if fresh:
        session.execute(
            sa.insert(salt_table),
            [
                {"community_id": community_id, "id": subject, "salt": salt, "erased_at": None}
                for subject, salt in fresh.items()
            ],
        )
    return salts | fresh


def _write(session: Session, community_id: int, kind: str, lines: dict[uuid.UUID, Line]) -> None:
    edge = edge_of(session, community_id)
    leaves, nodes = [], []
    for entry_id, line in lines.items():
        value = leaf_hash(line.text.encode())
        leaves.append((community_id, entry_id, kind, edge.size, value, line.commitments))
        nodes += [
            (community_id, new_id(), level, index, inner)
            for (level, index), inner in edge.append(value)
            if level and level % STEP == 0
        ]
    put_many(session.connection(), leaf, _LEAF, leaves)
    put_many(session.connection(), node, _NODE, nodes)


@dataclass(frozen=True)
class SignCheckpoint:
    """Sign what is sealed so far."""

    community_id: int
    signer: Signer


def sign_checkpoint(session: Session, command: SignCheckpoint, *, now: datetime) -> CheckpointView | None:
    """Signs a note about the tree as it stands; None when nothing was sealed since the last one.

    Raises Conflict ``sealed_tree_damaged`` when the tree no longer begins as the last note says: then nothing is signed.
    """
    community_id = command.community_id
    _lock_tree(session, community_id)
    size, last = size_of(session, community_id), newest_checkpoint(session, community_id)
    if last is not None and last.size > size:
        raise Conflict("sealed_tree_damaged")
    if size == (last.size if last else 0):
        return None
    parts = [(0, size), *([(0, last.size)] if last else [])]
    roots = range_hashes(session, community_id, parts)
    if last is not None and roots[0, last.size] != last.root:
        raise Conflict("sealed_tree_damaged")
    head = Head(command.signer.origin, size, roots[0, size], now)
    row = Checkpoint(
        community_id=community_id, id=new_id(), size=size, root=head.root, note=command.signer.sign(head),
        verifier=command.signer.verifier(), sealed_at=now,
    )  # fmt: skip
    session.add(row)
    return CheckpointView(row.size, row.root, row.note, row.verifier, row.sealed_at)


def erase_salts(
    session: Session, community_id: int, subjects: Collection[uuid.UUID], *, now: datetime
) -> int:
    """Takes the salts of people, households or entries away for ever; returns how many were there.

    For operations that erase a person or withdraw words: every line and every proof stays as it is, and nobody can tell
    any more whom or what a line meant. The name, or the words, are the caller's to blank in the same transaction.
    """
    known = salts_of(session, community_id, subjects)
    unknown = [subject for subject in dict.fromkeys(subjects) if subject not in known]
    if unknown:
        session.execute(
            sa.insert(salt_table),
            [
                {"community_id": community_id, "id": subject, "salt": None, "erased_at": now}
                for subject in unknown
            ],
        )
    there = [subject for subject, salt in known.items() if salt is not None]
    if there:
        session.execute(
            sa.update(salt_table)
            .where(salt_table.c.community_id == community_id, salt_table.c.id.in_(there))
            .values(salt=None, erased_at=now)
        )
    return len(there)

"""Counting the seals again: each line made anew from the records, each node and root from the leaves.

For the night and the auditor, not for a request. Nothing is taken on trust: a record that changed alone shows against its
leaf, one that changed together with its leaf shows against the first checkpoint above it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from points.checkpoints.merkle import Edge, Node, leaf_hash
from points.checkpoints.models import STEP, Checkpoint
from points.checkpoints.notes import key_of, read_note
from points.checkpoints.queries import CHECKPOINTS, CheckpointView, Entry, entries, newest_checkpoint
from points.checkpoints.trees import kept_nodes, size_of

checkpoint = Checkpoint.__table__
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Finding:
    """What does not hold. ``position`` of the entry or size of the checkpoint; ``entry``: kind and id, where one is meant.

    ``problem``: entry_changed, entry_missing, leaf_missing, words_without_salt, node_differs, root_differs,
    note_not_signed, note_differs, key_unknown.
    """

    problem: str
    position: int
    entry: str = ""


def check_seals(
    session: Session, community_id: int, keys: Collection[bytes] | None = None
) -> Iterator[Finding]:
    """Everything about the sealed entries of a community that does not hold, in the order of the tree.

    ``keys``: the public keys that may have signed; None: whichever each checkpoint names.
    """
    newest = newest_checkpoint(session, community_id)
    notes = _notes(session, community_id)
    note = next(notes, None)
    nodes = _Nodes(session, community_id)
    edge, size = Edge(), max(size_of(session, community_id), newest.size if newest else 0)
    for entry in entries(session, community_id, 0, size):
        if entry.position != edge.size:
            break  # without this leaf no later root can be made
        yield from _check_entry(entry)
        yield from nodes.check(edge.append(entry.hash))
        while note is not None and note.size == edge.size:
            yield from _check_note(note, edge.root(), keys)
            note = next(notes, None)
    yield from nodes.rest()
    if edge.size < size:
        yield Finding("leaf_missing", edge.size)


def _notes(session: Session, community_id: int) -> Iterator[CheckpointView]:
    """All checkpoints, oldest first, a few at a time."""
    above = 0
    while True:
        rows = session.execute(
            CHECKPOINTS.where(checkpoint.c.community_id == community_id, checkpoint.c.size > above)
            .order_by(checkpoint.c.size)
            .limit(100)
        ).all()
        if not rows:
            return
        for row in rows:
            yield CheckpointView(*row)
        above = rows[-1].size


def _check_entry(entry: Entry) -> Iterator[Finding]:
    name = f"{entry.kind} {entry.id}"
    if entry.line is None:
        yield Finding("entry_missing", entry.position, name)
        return
    if leaf_hash(entry.line.text.encode()) != entry.hash:
        yield Finding("entry_changed", entry.position, name)
    if entry.line.unsalted:
        yield Finding("words_without_salt", entry.position, name)


class _Nodes:
    """The kept nodes, compared some hundreds at a time with what the leaves make of them."""

    def __init__(self, session: Session, community_id: int) -> None:
        self._session, self._community_id = session, community_id
        self._made: dict[Node, bytes] = {}

    def check(self, complete: Iterator[tuple[Node, bytes]]) -> Iterator[Finding]:
        """Takes the nodes that one leaf completed."""
        self._made |= {one: value for one, value in complete if one[0] and one[0] % STEP == 0}
        if len(self._made) >= MOST_AT_ONCE:
            yield from self.rest()

    def rest(self) -> Iterator[Finding]:
        """Compares those that were taken and not compared yet."""
        if not self._made:
            return
        stored = dict(kept_nodes(self._session, self._community_id, list(self._made)))
        for (level, index), value in self._made.items():
            if stored.get((level, index)) != value:
                yield Finding("node_differs", (index + 1 << level) - 1)
        self._made = {}


def _check_note(note: CheckpointView, root: bytes, keys: Collection[bytes] | None) -> Iterator[Finding]:
    head = read_note(note.note, note.verifier)
    if keys is not None and key_of(note.verifier) not in keys:
        yield Finding("key_unknown", note.size)
    if head is None:
        yield Finding("note_not_signed", note.size)
    elif (head.size, head.root) != (note.size, note.root):
        yield Finding("note_differs", note.size)
    if note.root != root or (head is not None and head.root != root):
        yield Finding("root_differs", note.size)

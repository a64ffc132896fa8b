"""Taking a list of relations in: what the register knows of its people, what is new; twice changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid
from points.people.models import Relation
from points.people.named import NamedPerson, Register
from points.people.operations import lock_community, write_act
from points.people.relation_sheet import RelationRow
from points.people.relations import Pair, check_pair, pair_of, rows_of_pairs
from points.sheets import RowError


@dataclass(frozen=True)
class ImportRelations:
    """Rows that were read without error. The caller decided whether bad rows may be left out."""

    community_id: int
    actor_id: uuid.UUID | None
    rows: tuple[RelationRow, ...]


@dataclass(frozen=True)
class RelationsImported:
    """How many were written down, and how many stood there already (or twice in the file)."""

    added: int
    unchanged: int


def check_relations(session: Session, community_id: int, rows: Sequence[RelationRow]) -> list[RowError]:
    """What only the register knows: ``person_not_here``, ``person_ambiguous`` (``name``), ``relation_to_self``,
    ``relation_in_household``."""
    _pairs, errors = _resolved(session, community_id, rows)
    return errors


def preview_relations(session: Session, community_id: int, rows: Sequence[RelationRow]) -> RelationsImported:
    """What ``import_relations`` would do with these rows, without doing it."""
    pairs, _errors = _resolved(session, community_id, rows)
    fresh = _fresh(session, community_id, pairs)
    return RelationsImported(len(fresh), len(rows) - len(fresh))


def import_relations(session: Session, command: ImportRelations, *, now: datetime) -> RelationsImported:
    """Adds what is not known yet, with one line on the public list that says how many. None is ended.

    Raises Conflict with the first error of ``check_relations`` and its ``line``.
    """
    lock_community(session, command.community_id)
    pairs, errors = _resolved(session, command.community_id, command.rows)
    if errors:
        raise Conflict(errors[0].code, line=errors[0].line, **errors[0].facts)
    fresh = _fresh(session, command.community_id, pairs)
    if fresh:
        session.execute(
            sa.insert(Relation.__table__),
            [
                {"community_id": command.community_id, "id": new_id(), "member_a": one, "member_b": other, "kind": kind,
                 "times": times, "source": "import", "declared_by": command.actor_id, "declared_at": now}
                for (one, other, kind), times in fresh.items()
            ],
        )  # fmt: skip
        write_act(session, command, "relations_imported", str(len(fresh)), "", now=now)
    return RelationsImported(len(fresh), len(command.rows) - len(fresh))


def _resolved(
    session: Session, community_id: int, rows: Sequence[RelationRow]
) -> tuple[list[tuple[Pair, str]], list[RowError]]:
    """The pairs of the rows that name two people, and the errors of the others."""
    register = Register(session, community_id, {person.name for row in rows for person in (row.a, row.b)})
    pairs: list[tuple[Pair, str]] = []
    errors: list[RowError] = []
    for row in rows:
        field, person = "name_a", row.a
        try:
            one = register.find(person)
            field, person = "name_b", row.b
            other = register.find(person)
            check_pair(one, other)
        except Invalid as refusal:
            errors.append(_error(row, field, person, refusal))
            continue
        pairs.append((pair_of(one.id, other.id), row.relation_kind))
    return pairs, errors


def _error(row: RelationRow, field: str, person: NamedPerson, refusal: Invalid) -> RowError:
    return RowError(row.line, field, refusal.code, {"value": person.name, **refusal.facts})


def _fresh(
    session: Session, community_id: int, pairs: Sequence[tuple[Pair, str]]
) -> dict[tuple[uuid.UUID, uuid.UUID, str], int]:
    """Pairs and kinds that are not in force, with how often they were declared by then."""
    known = rows_of_pairs(session, community_id, [pair for pair, _kind in pairs])
    fresh = {}
    for pair, kind in pairs:
        row = known.get((*pair, kind))
        if row is None or row.ended_at is not None:
            fresh[(*pair, kind)] = row.times + 1 if row else 1
    return fresh

"""Relations as the two people concerned, the steward and the supervision group read them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid
from points.people.models import Household, Member, Relation
from points.people.queries import SHORTEST_SEARCH

relation = Relation.__table__
one, other, declarer = (Member.__table__.alias(name) for name in ("one", "other", "declarer"))
home_one, home_other = Household.__table__.alias("home_one"), Household.__table__.alias("home_other")


@dataclass(frozen=True)
class OwnRelation:
    """A relation of the reader. ``is_mine``: declared by the reader, who may end it."""

    id: uuid.UUID
    name: str
    kind: str
    source: str
    declared_at: datetime
    is_mine: bool


@dataclass(frozen=True)
class RelationLine:
    """A relation in the steward's list, with the household numbers that tell namesakes apart."""

    id: uuid.UUID
    name_a: str
    household_a: str
    name_b: str
    household_b: str
    kind: str
    source: str
    declared_by: str | None
    declared_at: datetime
    ended_at: datetime | None
    ended_why: str | None


def _same(table: sa.FromClause, key: sa.Column) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.community_id == relation.c.community_id, table.c.id == key)


def own_relations(session: Session, community_id: int, member_id: uuid.UUID) -> list[OwnRelation]:
    """The relations of one person that have not ended, newest first."""
    rows = session.execute(
        sa.select(
            relation, one.c.name.label("name_a"), other.c.name.label("name_b")
        )
        .join(one, _same(one, relation.c.member_a))
        .join(other, _same(other, relation.c.member_b))
        .where(
            relation.c.community_id == community_id, relation.c.ended_at.is_(None),
            sa.or_(relation.c.member_a == member_id, relation.c.member_b == member_id),
        )
        .order_by(relation.c.id.desc())
    )  # fmt: skip
    return [
        OwnRelation(
            row.id, row.name_b if row.member_a == member_id else row.name_a, row.kind, row.source, row.declared_at,
            (row.source, row.declared_by) == ("self", member_id),
        )
        for row in rows
    ]  # fmt: skip


def relations_page(
    session: Session, community_id: int, *, ended: bool = False, text: str = "", after: uuid.UUID | None = None,
    limit: int = 50,
) -> list[RelationLine]:  # fmt: skip
    """Relations, newest first, from the one after ``after``; ``text``: the beginning of a name or household number.

    Raises Invalid ``search_too_short``.
    """
    query = (
        sa.select(
            relation, one.c.name.label("name_a"), other.c.name.label("name_b"), declarer.c.name.label("declarer"),
            home_one.c.number.label("household_a"), home_other.c.number.label("household_b"),
        )
        .join(one, _same(one, relation.c.member_a))
        .join(other, _same(other, relation.c.member_b))
        .join(home_one, _same(home_one, one.c.household_id))
        .join(home_other, _same(home_other, other.c.household_id))
        .outerjoin(declarer, _same(declarer, relation.c.declared_by))
        .where(
            relation.c.community_id == community_id,
            relation.c.ended_at.is_not(None) if ended else relation.c.ended_at.is_(None),
        )
    )  # fmt: skip
    if text:
        query = query.where(_begins(text))
    if after is not None:
        query = query.where(relation.c.id < after)
    rows = session.execute(query.order_by(relation.c.id.desc()).limit(limit))
    return [
        RelationLine(
            row.id, row.name_a, row.household_a, row.name_b, row.household_b, row.kind, row.source, row.declarer,
            row.declared_at, row.ended_at, row.ended_why,
        )
        for row in rows
    ]  # fmt: skip


def _begins(text: str) -> sa.ColumnElement[bool]:
    if len(text) < SHORTEST_SEARCH:
        raise Invalid("search_too_short", least=SHORTEST_SEARCH)
    columns = (one.c.name, other.c.name, home_one.c.number, home_other.c.number)
    return sa.or_(*(column.startswith(text, autoescape=True) for column in columns))

"""What the register holds of one person, for that person's own eyes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Grid, Household, Member

member, household, grid = Member.__table__, Household.__table__, Grid.__table__


@dataclass(frozen=True)
class OwnData:
    """A row of the register; ``phone`` unmasked, ``birth_year`` without a day."""

    name: str
    relation: str
    gender: str | None
    birth_year: int | None
    phone: str | None
    employer: str | None
    is_party_member: bool
    household_number: str
    address: str | None
    grid: str


def own_data(session: Session, community_id: int, member_id: uuid.UUID) -> OwnData:
    """The person's own row. NotFound ``member_not_found``."""
    row = session.execute(
        sa.select(
            member.c.name, member.c.relation, member.c.gender, member.c.birth_year, member.c.phone,
            member.c.employer, member.c.is_party_member, household.c.number.label("household_number"),
            household.c.address, grid.c.name.label("grid"),
        )
        .join(household, sa.and_(household.c.community_id == member.c.community_id,
                                 household.c.id == member.c.household_id))
        .join(grid, sa.and_(grid.c.community_id == household.c.community_id, grid.c.id == household.c.grid_id))
        .where(member.c.community_id == community_id, member.c.id == member_id, member.c.left_at.is_(None))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("member_not_found")
    return OwnData(**row._mapping)

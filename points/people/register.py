"""The register as those who keep it see it: pages of people, one household, one person, who gets a card.

Least data: a list shows no phone and no age. ``MemberFile`` holds the phone for the page that masks it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid, NotFound
from points.people.models import Card, Grid, Household, Member, Role
from points.people.queries import MemberBrief, members_of_household

member, household, grid = Member.__table__, Household.__table__, Grid.__table__
role, card = Role.__table__, Card.__table__


@dataclass(frozen=True)
class RegisterLine:
    """A person in the register's list."""

    id: uuid.UUID
    name: str
    household_id: uuid.UUID
    household_number: str
    grid: str

    @property
    def cursor(self) -> str:
        """Where the next page goes on: ``register_page(after=...)``."""
        return f"{self.household_number}/{self.id}"


@dataclass(frozen=True)
class GridLine:
    """A grid and how many people live in it."""

    id: uuid.UUID
    name: str
    members: int


@dataclass(frozen=True)
class HouseholdFile:
    """A household with everybody in it."""

    id: uuid.UUID
    number: str
    address: str | None
    grid: str
    members: tuple[MemberBrief, ...]


@dataclass(frozen=True)
class RoleHeld:
    """A role of somebody; ``scope_id`` names a shop or a grid."""

    role: str
    scope_id: uuid.UUID | None
    granted_at: datetime
    granted_by: str | None


@dataclass(frozen=True)
class MemberFile:
    """What the register holds of one person."""

    id: uuid.UUID
    name: str
    relation: str
    gender: str | None
    birth_year: int | None
    phone: str | None
    employer: str | None
    is_party_member: bool
    joined_at: datetime
    household_id: uuid.UUID
    household_number: str
    address: str | None
    grid_id: uuid.UUID
    grid: str
    card_version: int | None
    card_issued_at: datetime | None
    roles: tuple[RoleHeld, ...]


@dataclass(frozen=True)
class CardHolder:
    """Who a card is for; ``code`` is empty until one is issued."""

    id: uuid.UUID
    name: str
    household_number: str
    grid: str
    code: str | None
    issued_at: datetime | None
    version: int | None


_people = (
    sa.select(member.c.id, member.c.name, member.c.household_id, household.c.number, grid.c.name.label("grid"))
    .join(household, sa.and_(household.c.community_id == member.c.community_id,
                             household.c.id == member.c.household_id))
    .join(grid, sa.and_(grid.c.community_id == household.c.community_id, grid.c.id == household.c.grid_id))
    .where(member.c.left_at.is_(None))
)  # fmt: skip
_card_in_use = sa.and_(
    card.c.community_id == member.c.community_id, card.c.member_id == member.c.id, card.c.revoked_at.is_(None)
)


def register_page(
    session: Session, community_id: int, *, after: str = "", grid_id: uuid.UUID | None = None, limit: int = 50
) -> list[RegisterLine]:
    """The register by household number, from the person after ``after`` (a line's ``cursor``).

    Raises Invalid ``bad_cursor``.
    """
    query = _people.where(member.c.community_id == community_id)
    if grid_id is not None:
        query = query.where(household.c.grid_id == grid_id)
    if after:
        number, last = _place(after)
        query = query.where(
            sa.or_(household.c.number > number,
                   sa.and_(household.c.number == number, member.c.id > last))
        )  # fmt: skip
    rows = session.execute(query.order_by(household.c.number, member.c.id).limit(limit))
    return [RegisterLine(row.id, row.name, row.household_id, row.number, row.grid) for row in rows]


def _place(cursor: str) -> tuple[str, uuid.UUID]:
    number, _, last = cursor.rpartition("/")
    try:
        return number, uuid.UUID(last)
    except ValueError:
        raise Invalid("bad_cursor") from None


def roles_by_member(
    session: Session, community_id: int, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, ...]]:
    """Role names of several people; who has none is left out."""
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    if not ids:
        return found
    rows = session.execute(
        sa.select(role.c.member_id, role.c.role)
        .where(role.c.community_id == community_id, role.c.member_id.in_(ids))
        .order_by(role.c.role)
    )
    for row in rows:
        found[row.member_id] = (*found.get(row.member_id, ()), row.role)
    return found


def grids_of(session: Session, community_id: int) -> list[GridLine]:
    """The grids in the order they came in, with the people who live there now."""
    rows = session.execute(
        sa.select(grid.c.id, grid.c.name, sa.func.count(member.c.id).label("members"))
        .outerjoin(household, sa.and_(household.c.community_id == grid.c.community_id,
                                      household.c.grid_id == grid.c.id))
        .outerjoin(member, sa.and_(member.c.community_id == household.c.community_id,
                                   member.c.household_id == household.c.id, member.c.left_at.is_(None)))
        .where(grid.c.community_id == community_id)
        .group_by(grid.c.id, grid.c.name)
        .order_by(grid.c.id)
    )  # fmt: skip
    return [GridLine(row.id, row.name, row.members) for row in rows]


def grid_by_id(session: Session, community_id: int, grid_id: uuid.UUID) -> GridLine:
    """One grid. NotFound ``grid_not_found``, also for another community's."""
    for line in grids_of(session, community_id):
        if line.id == grid_id:
            return line
    raise NotFound("grid_not_found")


def household_file(session: Session, community_id: int, household_id: uuid.UUID) -> HouseholdFile:
    """One household. NotFound ``household_not_found``, also for another community's."""
    row = session.execute(
        sa.select(household.c.id, household.c.number, household.c.address, grid.c.name.label("grid"))
        .join(
            grid, sa.and_(grid.c.community_id == household.c.community_id, grid.c.id == household.c.grid_id)
        )
        .where(household.c.community_id == community_id, household.c.id == household_id)
    ).one_or_none()
    if row is None:
        raise NotFound("household_not_found")
    people = members_of_household(session, community_id, household_id)
    return HouseholdFile(row.id, row.number, row.address, row.grid, tuple(people))


def member_file(session: Session, community_id: int, member_id: uuid.UUID) -> MemberFile:
    """One person. NotFound ``member_not_found``, also for another community's and for who has left."""
    row = session.execute(
        _people.add_columns(
            member.c.relation, member.c.gender, member.c.birth_year, member.c.phone, member.c.employer,
            member.c.is_party_member, member.c.joined_at, household.c.address, household.c.grid_id,
            card.c.version, card.c.issued_at,
        )
        .outerjoin(card, _card_in_use)
        .where(member.c.community_id == community_id, member.c.id == member_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("member_not_found")
    return MemberFile(
        row.id, row.name, row.relation, row.gender, row.birth_year, row.phone, row.employer, row.is_party_member,
        row.joined_at, row.household_id, row.number, row.address, row.grid_id, row.grid, row.version, row.issued_at,
        _roles_held(session, community_id, member_id),
    )  # fmt: skip


def _roles_held(session: Session, community_id: int, member_id: uuid.UUID) -> tuple[RoleHeld, ...]:
    giver = member.alias("giver")
    rows = session.execute(
        sa.select(role.c.role, role.c.scope_id, role.c.granted_at, giver.c.name)
        .outerjoin(
            giver, sa.and_(giver.c.community_id == role.c.community_id, giver.c.id == role.c.granted_by)
        )
        .where(role.c.community_id == community_id, role.c.member_id == member_id)
        .order_by(role.c.role)
    )
    return tuple(RoleHeld(row.role, row.scope_id, row.granted_at, row.name) for row in rows)


def card_holders(
    session: Session, community_id: int, *, grid_id: uuid.UUID | None = None,
    member_ids: Collection[uuid.UUID] | None = None, limit: int = 500,
) -> list[CardHolder]:  # fmt: skip
    """Who lives in a grid, or these members, with the code on the card in use; by household number."""
    query = (
        _people.add_columns(card.c.token, card.c.issued_at, card.c.version)
        .outerjoin(card, _card_in_use)
        .where(member.c.community_id == community_id)
    )
    if grid_id is not None:
        query = query.where(household.c.grid_id == grid_id)
    if member_ids is not None:
        query = query.where(member.c.id.in_(member_ids))
    rows = session.execute(query.order_by(household.c.number, member.c.id).limit(limit))
    return [
        CardHolder(row.id, row.name, row.number, row.grid, row.token, row.issued_at, row.version)
        for row in rows
    ]

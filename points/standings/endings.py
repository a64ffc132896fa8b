"""Whose points end soon, for those who call on people that have no phone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import WALLET_KINDS, Account, Lot
from points.ledger.policy import FIRST_NOTICE
from points.people.models import Household, Member

lot, account = Lot.__table__, Account.__table__
household, member = Household.__table__, Member.__table__


@dataclass(frozen=True)
class Ending:
    """Points of one wallet that end on ``day``. ``name``: whose wallet it is, or the first of the household;
    ``has_phone``: somebody there can be called."""

    household_number: str
    name: str
    has_phone: bool
    day: date
    points: int


def endings_in(
    session: Session, community_id: int, grid_id: uuid.UUID, *, today: date, days: int = FIRST_NOTICE
) -> list[Ending]:
    """Points of a grid's wallets that end within ``days`` days, soonest first; what lies in wallets, not what open orders
    hold. Two statements."""
    own = member.alias("own")
    rows = session.execute(
        sa.select(lot.c.expires_on, lot.c.points, household.c.id, household.c.number, own.c.id.label("member_id"))
        .join(account, sa.and_(account.c.community_id == lot.c.community_id, account.c.id == lot.c.account_id))
        .outerjoin(own, sa.and_(own.c.community_id == account.c.community_id, own.c.id == account.c.owner_id))
        .join(household, sa.and_(
            household.c.community_id == account.c.community_id,
            household.c.id == sa.func.coalesce(own.c.household_id, account.c.owner_id)))
        .where(lot.c.community_id == community_id, lot.c.points > 0,
               lot.c.expires_on.between(today, today + timedelta(days=days)), account.c.kind.in_(WALLET_KINDS),
               account.c.closed_at.is_(None), household.c.grid_id == grid_id)
        .order_by(lot.c.expires_on, household.c.number)
    ).all()  # fmt: skip
    people: dict[uuid.UUID, list[sa.Row]] = {}
    for one in session.execute(
        sa.select(member.c.id, member.c.household_id, member.c.name, member.c.phone)
        .where(member.c.community_id == community_id, member.c.household_id.in_({row.id for row in rows}),
               member.c.left_at.is_(None))
        .order_by(member.c.id)
    ):  # fmt: skip
        people.setdefault(one.household_id, []).append(one)
    found = []
    for row in rows:
        owners = [one for one in people.get(row.id, []) if row.member_id in (None, one.id)]
        name = owners[0].name if owners else ""
        found.append(
            Ending(row.number, name, any(one.phone for one in owners), row.expires_on, int(row.points))
        )
    return found

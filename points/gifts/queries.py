"""Reading gifts: one's own, the supervisor's circles, and what the care pool took in and gave by the month."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import local_day, period_of
from points.gifts.models import Gift
from points.gifts.policy import LOOKED_AT
from points.ledger.accounts import account_id_of
from points.ledger.models import Transfer
from points.ledger.queries import balance_of
from points.people.models import Household, Member
from points.people.queries import community_by_id

gift, transfer, household = Gift.__table__, Transfer.__table__, Household.__table__
giver, taker = Member.__table__.alias("giver"), Member.__table__.alias("taker")
giver_home, taker_home = household.alias("giver_home"), household.alias("taker_home")
BACK = ("annul", "refund")  # what came back from a shop was not given
MONTHS = 12


@dataclass(frozen=True)
class GiftView:
    """A gift as one side sees it. ``is_mine``: this wallet gave it; ``other`` is None for the care pool."""

    id: uuid.UUID
    is_mine: bool
    other: str | None
    other_number: str | None
    points: int
    note: str
    given_at: datetime
    thanked_at: datetime | None


def _home(home: sa.FromClause, person: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(home.c.community_id == gift.c.community_id, home.c.id == person.c.household_id)


_rows = (
    sa.select(
        gift, giver.c.name.label("giver"), giver_home.c.number.label("giver_number"), taker.c.name.label("taker"),
        taker_home.c.number.label("taker_number"),
    )
    .join(giver, sa.and_(giver.c.community_id == gift.c.community_id, giver.c.id == gift.c.from_member_id))
    .join(giver_home, _home(giver_home, giver))
    .outerjoin(taker, sa.and_(taker.c.community_id == gift.c.community_id, taker.c.id == gift.c.to_member_id))
    .outerjoin(taker_home, _home(taker_home, taker))
)  # fmt: skip


def gifts_of_wallet(
    session: Session, community_id: int, wallet_id: uuid.UUID, *, before: uuid.UUID | None = None, limit: int = 20
) -> list[GiftView]:  # fmt: skip
    """What a wallet gave and got, newest first, after the one ``before``."""
    query = _rows.where(
        gift.c.community_id == community_id,
        sa.or_(gift.c.from_wallet_id == wallet_id, gift.c.to_wallet_id == wallet_id),
    )
    if before is not None:
        query = query.where(gift.c.id < before)
    return [
        _seen_by(wallet_id, row) for row in session.execute(query.order_by(gift.c.id.desc()).limit(limit))
    ]


def _seen_by(wallet_id: uuid.UUID, row: sa.Row) -> GiftView:
    is_mine = row.from_wallet_id == wallet_id
    other = (row.taker, row.taker_number) if is_mine else (row.giver, row.giver_number)
    return GiftView(row.id, is_mine, *other, row.points, row.note, row.given_at, row.thanked_at)


@dataclass(frozen=True)
class Circle:
    """Two wallets that gave each other within the last thirty days, as (name, household number); points each way."""

    one: tuple[str, str]
    other: tuple[str, str]
    there: int
    back: int
    last_at: datetime


def circles(session: Session, community_id: int, *, now: datetime) -> list[Circle]:
    """Pairs with both directions, the latest first. No accusation: neighbours do help each other in turn."""
    query = _rows.where(
        gift.c.community_id == community_id,
        gift.c.given_at > now - LOOKED_AT,
        gift.c.to_member_id.is_not(None),
    )
    rows = session.execute(query.order_by(gift.c.given_at, gift.c.id)).all()

    def pair(row: sa.Row) -> tuple[uuid.UUID, uuid.UUID]:
        return tuple(sorted((row.from_wallet_id, row.to_wallet_id)))

    found = []
    for _wallets, group in groupby(sorted(rows, key=pair), key=pair):
        gifts = list(group)
        first = gifts[0]
        there = sum(row.points for row in gifts if row.from_wallet_id == first.from_wallet_id)
        back = sum(row.points for row in gifts) - there
        if back:
            sides = (first.giver, first.giver_number), (first.taker, first.taker_number)
            found.append(Circle(*sides, there, back, gifts[-1].given_at))
    return sorted(found, key=lambda circle: circle.last_at, reverse=True)


@dataclass(frozen=True)
class PoolMonth:
    """What came into the care pool and what was given out of it in a month, in points."""

    month: date
    came_in: int
    given_out: int


@dataclass(frozen=True)
class PoolFigures:
    """The care pool for everybody: sums only. ``months``: newest first, the running one always there."""

    balance: int
    months: tuple[PoolMonth, ...]


def pool_figures(session: Session, community_id: int, *, now: datetime) -> PoolFigures:
    """Balance, and in and out of the last twelve months in which something moved."""
    pool, zone = (
        account_id_of(session, community_id, "care_pool"),
        community_by_id(session, community_id).zone,
    )
    this_month = period_of(local_day(now, zone), "month")[0]
    rows = session.execute(
        sa.select(transfer.c.credit_account_id, transfer.c.amount, transfer.c.code, transfer.c.effective_at).where(
            transfer.c.community_id == community_id, transfer.c.kind.in_(("posted", "post")),
            sa.or_(transfer.c.credit_account_id == pool, transfer.c.debit_account_id == pool),
        )
    )  # fmt: skip
    sums: dict[date, list[int]] = {this_month: [0, 0]}
    for row in rows:
        month = sums.setdefault(period_of(local_day(row.effective_at, zone), "month")[0], [0, 0])
        if row.credit_account_id != pool:
            month[1] += row.amount
        elif row.code in BACK:
            month[1] -= row.amount
        else:
            month[0] += row.amount
    months = [PoolMonth(month, *sums[month]) for month in sorted(sums, reverse=True)[:MONTHS]]
    there = balance_of(session, community_id, pool, now=now) if pool else None
    return PoolFigures(there.available if there else 0, tuple(months))

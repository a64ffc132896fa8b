"""Reading what is lent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import UtcDateTime
from points.errors import NotFound
from points.people.models import Household, Member
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import points_now
from shop.lending.models import Loan
from shop.lending.policy import DAYS, may_keep
from shop.stock.models import Stock

loan, item, shop = Loan.__table__, Item.__table__, Shop.__table__
member, household, stock = Member.__table__, Household.__table__, Stock.__table__
AT_ONCE = 200


@dataclass(frozen=True)
class LoanView:
    """A thing in somebody's hands, or that was. ``is_late``: out, and the day has passed; ``may_keep``: long enough ago."""

    id: uuid.UUID
    item_id: uuid.UUID
    item_code: str
    name_zh: str
    name_en: str
    shop_id: uuid.UUID
    shop: str
    household_id: uuid.UUID
    household_number: str
    member: str
    points: int
    state: str
    lent_at: datetime
    due_at: datetime
    ended_at: datetime | None
    note: str
    is_late: bool
    may_keep: bool


@dataclass(frozen=True)
class LendableView:
    """A thing a shop lends: ``free`` pieces lie there, ``points`` is the deposit for one, for ``days`` days."""

    id: uuid.UUID
    code: str
    name_zh: str
    name_en: str
    points: int
    free: int
    days: int


def things_to_lend(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime
) -> list[LendableView]:
    """What a shop lends and has, or has lent out, at today's deposit. One statement."""
    out = sa.exists().where(
        loan.c.community_id == community_id, loan.c.shop_id == shop_id, loan.c.item_id == item.c.id,
        loan.c.state == "out",
    )  # fmt: skip
    rows = session.execute(
        sa.select(item.c.id, item.c.code, item.c.name_zh, item.c.name_en,
                  points_now(sa.literal(now, UtcDateTime)).label("points"),
                  (stock.c.on_hand - stock.c.held).label("free"),
                  sa.func.coalesce(item.c.voucher_days, DAYS).label("days"))
        .join(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id))
        .where(item.c.community_id == community_id, item.c.kind == "loan", stock.c.shop_id == shop_id, stock.c.is_sold,
               sa.or_(stock.c.on_hand > 0, out))
        .order_by(item.c.code)
    )  # fmt: skip
    return [LendableView(**row._mapping) for row in rows]


def _same(other: sa.FromClause, key: sa.ColumnElement) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == loan.c.community_id, other.c.id == key)


_views = (
    sa.select(
        loan, item.c.code.label("item_code"), item.c.name_zh, item.c.name_en, shop.c.name.label("shop"),
        household.c.number.label("household_number"), member.c.name.label("member"),
    )
    .join(item, _same(item, loan.c.item_id))
    .join(shop, _same(shop, loan.c.shop_id))
    .join(household, _same(household, loan.c.household_id))
    .join(member, _same(member, loan.c.member_id))
)  # fmt: skip


def _views_of(session: Session, community_id: int, query: sa.Select, now: datetime) -> list[LoanView]:
    rows = session.execute(query.where(loan.c.community_id == community_id))
    names = [name for name in LoanView.__dataclass_fields__ if name not in ("is_late", "may_keep")]
    return [
        LoanView(
            **{name: getattr(row, name) for name in names}, is_late=row.state == "out" and row.due_at <= now,
            may_keep=row.state == "out" and may_keep(row.due_at, now),
        )
        for row in rows
    ]  # fmt: skip


def loan_by_id(session: Session, community_id: int, loan_id: uuid.UUID, *, now: datetime) -> LoanView:
    """NotFound ``loan_not_found``."""
    found = _views_of(session, community_id, _views.where(loan.c.id == loan_id), now)
    if not found:
        raise NotFound("loan_not_found")
    return found[0]


def loans_out(session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime) -> list[LoanView]:
    """What a shop has lent out, what is due first first."""
    query = _views.where(loan.c.shop_id == shop_id, loan.c.state == "out")
    return _views_of(session, community_id, query.order_by(loan.c.due_at, loan.c.id).limit(AT_ONCE), now)


def loans_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, limit: int = 20
) -> list[LoanView]:
    """A household's, what is still out first, then the newest."""
    query = _views.where(loan.c.household_id == household_id)
    newest = query.order_by(sa.case((loan.c.state == "out", 0), else_=1), loan.c.id.desc())
    return _views_of(session, community_id, newest.limit(limit), now)


def loans_page(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 30,
) -> list[LoanView]:  # fmt: skip
    """A household's, newest first, after the one ``before``."""
    query = _views.where(loan.c.household_id == household_id)
    if before is not None:
        query = query.where(loan.c.id < before)
    return _views_of(session, community_id, query.order_by(loan.c.id.desc()).limit(limit), now)


def deposits_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, since: datetime, now: datetime
) -> list[LoanView]:
    """Deposits of a household that wait for their thing, what is due first first, then those kept since a moment."""
    query = _views.where(
        loan.c.household_id == household_id, loan.c.points > 0,
        sa.or_(loan.c.state == "out", sa.and_(loan.c.state == "kept", loan.c.ended_at >= since)),
    )  # fmt: skip
    ordered = query.order_by(sa.case((loan.c.state == "out", 0), else_=1), loan.c.due_at, loan.c.id)
    return _views_of(session, community_id, ordered.limit(AT_ONCE), now)

"""The resident's own word for points that leave the wallet at a counter: one rule for what is sold and what is lent.

A card spends up to the community's daily cap, a phone's code up to a limit each time; above it a PIN is asked. Who confirmed on
the own phone has said it already.
"""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import day_begins
from points.prepared import Prepared
from shop.codes.pins import check_pin
from shop.counter.models import Redemption
from shop.counter.payers import Payer
from shop.lending.models import Loan

redemption, loan = Redemption.__table__, Loan.__table__
hold = redemption.alias("hold")


def _by_card(told: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    """What cards were good for since the day began."""
    return (
        told.c.community_id == sa.bindparam("community"),
        told.c.scanned_at >= sa.bindparam("since"), told.c.means == "card", told.c.status == "ok",
        told.c.annulled_at.is_(None),
    )  # fmt: skip


_of_member = sa.bindparam("member")
# A loan's line in the counter's book has no points, since they are not the shop's: its deposit counts until it is free.
_deposits = (
    sa.select(sa.func.coalesce(sa.func.sum(loan.c.points), 0))
    .where(
        loan.c.community_id == sa.bindparam("community"), loan.c.household_id == sa.bindparam("household"),
        loan.c.lent_at >= sa.bindparam("since"), loan.c.state != "returned",
        sa.exists().where(*_by_card(hold), hold.c.member_id == _of_member, hold.c.transfer_id == loan.c.transfer_id),
    )
    .scalar_subquery()
)  # fmt: skip
_spent_today = Prepared(
    sa.select((sa.func.coalesce(sa.func.sum(redemption.c.points), 0) + _deposits).label("points")).where(
        *_by_card(redemption), redemption.c.member_id == _of_member
    )
)
_sold_today = (
    sa.select(redemption.c.member_id, sa.func.sum(redemption.c.points).label("points"))
    .where(*_by_card(redemption))
    .group_by(redemption.c.member_id)
)
_lent_today = (
    sa.select(hold.c.member_id, sa.func.sum(loan.c.points).label("points"))
    .join(loan, sa.and_(loan.c.community_id == hold.c.community_id, loan.c.transfer_id == hold.c.transfer_id))
    .where(*_by_card(hold), loan.c.state != "returned")
    .group_by(hold.c.member_id)
)  # fmt: skip


def needs_word(session: Session, community_id: int, payer: Payer, points: int, *, at: datetime) -> bool:
    """Whether so many points ask for a PIN, or a word on the own phone."""
    return payer.means != "own_phone" and points > _free_of_pin(session, community_id, payer, at)


def word_given(session: Session, community_id: int, payer: Payer, pin: str | None, *, now: datetime) -> str:
    """Where a word is needed: ``asked`` when no PIN came, else what ``check_pin`` says of it (``ok`` for a good one), which
    counts a wrong one only when the caller commits."""
    if pin is None:
        return "asked"
    return check_pin(session, community_id, payer.row.member_id, pin, now=now)


def _free_of_pin(session: Session, community_id: int, payer: Payer, at: datetime) -> int:
    """Points this means may still spend without a PIN."""
    row = payer.row
    if payer.means != "card":
        return row.confirm_above
    keys = {
        "community": community_id, "member": row.member_id, "household": row.household_id,
        "since": day_begins(at, row.zone),
    }  # fmt: skip
    (spent,) = _spent_today.rows(session.connection(), keys)
    return row.card_daily_cap - int(spent.points)


def spent_by_card(session: Session, community_id: int, *, since: datetime) -> dict[uuid.UUID, int]:
    """Points that each member's card was good for since the day began; whose card was not used is left out."""
    keys = {"community": community_id, "since": since}
    spent: dict[uuid.UUID, int] = {}
    for query in (_sold_today, _lent_today):
        for row in session.execute(query, keys):
            spent[row.member_id] = spent.get(row.member_id, 0) + int(row.points)
    return spent

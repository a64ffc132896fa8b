"""The sums a community answers for: what was promised, what waits, what ends soon.

Points are a promise, and the steward has to see how much of it is out. Nothing here adds up transfers: the community's
own accounts are stored balances, and every point outside of them lies in some wallet. What time has resolved and
nobody has written down yet (``policy.due``) is counted as if it had been.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import WALLET_KINDS, Account, Lot, LotUse, OpenPending, Transfer
from points.people.models import Member

account, transfer, open_pending = Account.__table__, Transfer.__table__, OpenPending.__table__
lot, lot_use, member = Lot.__table__, LotUse.__table__, Member.__table__

SOON_DAYS = 90


@dataclass(frozen=True)
class LedgerFigures:
    """All in points.

    ``issued``: awards that reached wallets, less what was taken back. ``outstanding``: what wallets hold and goods must
    cover, ``held`` for orders included. ``on_notice``: awards that are still public (an objection's too).
    ``expiring_soon``: usable points that end within 90 days. ``granted``: all budgets so far; ``budget_left``: what
    awards may still take. ``redeemed``: what shops and partners have taken in. ``expired``: points whose day has passed,
    whether or not they were written off.
    """

    granted: int
    issued: int
    outstanding: int
    held: int
    on_notice: int
    expiring_soon: int
    redeemed: int
    expired: int
    budget_left: int


@dataclass(frozen=True)
class Grant:
    """Points a steward put into the budget, and where they come from."""

    points: int
    reason: str
    granted_at: datetime
    actor: str | None


def ledger_figures(session: Session, community_id: int, *, now: datetime, today: date) -> LedgerFigures:
    """The figures of one community at ``now``; ``today`` is its calendar day."""
    own = _own_accounts(session, community_id)
    waiting = _waiting(session, community_id, own["budget"].id, now)
    lots = _lots(session, community_id, today)
    late = _late(session, community_id, now, today)
    granted = own["issue"].debits - own["issue"].credits
    budget = own["budget"]
    # Money is never lost: what is in no account of the community's own is in somebody's wallet.
    in_wallets = -sum(sums.credits - sums.debits for sums in own.values())
    lapsed = lots.lapsed + late.lapsed
    return LedgerFigures(
        granted=granted,
        issued=granted - (budget.credits - budget.debits) + waiting.matured,
        outstanding=in_wallets + waiting.matured - lapsed,
        held=waiting.held,
        on_notice=waiting.on_notice,
        expiring_soon=lots.soon + late.soon,
        redeemed=sum(own[kind].credits - own[kind].debits for kind in ("shop", "partner") if kind in own),
        expired=(own["expired"].credits - own["expired"].debits if "expired" in own else 0) + lapsed,
        budget_left=budget.credits - budget.debits - budget.debits_pending,
    )


def grants_of(session: Session, community_id: int, *, limit: int = 12) -> list[Grant]:
    """The latest grants of budget, newest first, by the number of the statement line."""
    budget_id, issue_id = (
        sa.select(account.c.id)
        .where(account.c.community_id == community_id, account.c.kind == kind, account.c.unit == "points")
        .scalar_subquery()
        for kind in ("budget", "issue")
    )
    rows = session.execute(
        sa.select(transfer.c.amount, transfer.c.reason, transfer.c.recorded_at, member.c.name)
        .outerjoin(
            member, sa.and_(member.c.community_id == transfer.c.community_id, member.c.id == transfer.c.actor_id)
        )
        .where(transfer.c.community_id == community_id, transfer.c.credit_account_id == budget_id,
               transfer.c.debit_account_id == issue_id, transfer.c.credit_seq.is_not(None))
        .order_by(transfer.c.credit_seq.desc())
        .limit(limit)
    )  # fmt: skip
    return [Grant(row.amount, row.reason or "", row.recorded_at, row.name) for row in rows]


def expiry_calendar(session: Session, community_id: int, *, today: date) -> list[tuple[date, int]]:
    """Every coming day on which points of the community's wallets end, soonest first; stored lots only."""
    rows = session.execute(
        sa.select(lot.c.expires_on, sa.func.sum(lot.c.points).label("points"))
        .where(lot.c.community_id == community_id, lot.c.points > 0, lot.c.expires_on >= today)
        .group_by(lot.c.expires_on)
        .order_by(lot.c.expires_on)
    )
    return [(row.expires_on, int(row.points)) for row in rows]


@dataclass(frozen=True)
class _Sums:
    id: uuid.UUID
    credits: int
    debits: int
    debits_pending: int


def _own_accounts(session: Session, community_id: int) -> dict[str, _Sums]:
    """Stored balances of everything that is no wallet, by kind; shops and partners added up."""
    rows = session.execute(
        sa.select(account.c.kind, account.c.id, account.c.credits_posted, account.c.debits_posted,
                  account.c.debits_pending)
        .where(account.c.community_id == community_id, account.c.unit == "points",
               account.c.kind.not_in(WALLET_KINDS))
    )  # fmt: skip
    sums: dict[str, _Sums] = {}
    for row in rows:
        before = sums.get(row.kind, _Sums(row.id, 0, 0, 0))
        sums[row.kind] = _Sums(
            row.id, before.credits + row.credits_posted, before.debits + row.debits_posted,
            before.debits_pending + row.debits_pending,
        )  # fmt: skip
    return sums


def _whole(value: sa.ColumnElement) -> sa.ColumnElement:
    return sa.cast(sa.func.coalesce(sa.func.sum(value), 0), sa.BigInteger)


def _when(condition: sa.ColumnElement[bool], value: sa.ColumnElement) -> sa.ColumnElement:
    return _whole(sa.case((condition, value), else_=0))


def _waiting(session: Session, community_id: int, budget_id: uuid.UUID, now: datetime) -> sa.Row:
    """Open pending transfers: awards whose notice has ended, awards still on notice, points held for orders."""
    award = open_pending.c.debit_account_id == budget_id
    matured = sa.and_(award, sa.func.coalesce(open_pending.c.posts_at <= now, sa.false()))
    holds = sa.and_(~award, open_pending.c.expires_at > now)
    return session.execute(
        sa.select(
            _when(matured, open_pending.c.amount).label("matured"),
            _when(sa.and_(award, ~matured), open_pending.c.amount).label("on_notice"),
            _when(holds, open_pending.c.amount).label("held"),
        ).where(open_pending.c.community_id == community_id)
    ).one()


def _lots(session: Session, community_id: int, today: date) -> sa.Row:
    soon = lot.c.expires_on.between(today, today + timedelta(days=SOON_DAYS))
    return session.execute(
        sa.select(
            _when(soon, lot.c.points).label("soon"),
            _when(lot.c.expires_on < today, lot.c.points).label("lapsed"),
        ).where(lot.c.community_id == community_id, lot.c.points > 0)
    ).one()


@dataclass(frozen=True)
class _Late:
    soon: int
    lapsed: int


def _late(session: Session, community_id: int, now: datetime, today: date) -> _Late:
    """The days of points that time has moved and nobody has written down: matured awards, holds that lapsed."""
    of_awards = (
        sa.select(transfer.c.points_expire_on.label("day"), open_pending.c.amount.label("points"))
        .select_from(open_pending)
        .join(transfer, sa.and_(transfer.c.community_id == open_pending.c.community_id,
                                transfer.c.id == open_pending.c.id))
        .where(open_pending.c.community_id == community_id, open_pending.c.posts_at <= now)
    )  # fmt: skip
    of_holds = (
        sa.select(lot_use.c.expires_on.label("day"), lot_use.c.points.label("points"))
        .select_from(open_pending)
        .join(lot_use, sa.and_(lot_use.c.community_id == open_pending.c.community_id,
                               lot_use.c.transfer_id == open_pending.c.id))
        .where(open_pending.c.community_id == community_id, open_pending.c.expires_at <= now)
    )  # fmt: skip
    soon = lapsed = 0
    for row in session.execute(sa.union_all(of_awards, of_holds)):
        if row.day is not None and row.day < today:
            lapsed += row.points
        elif row.day is not None and row.day <= today + timedelta(days=SOON_DAYS):
            soon += row.points
    return _Late(soon, lapsed)

"""The community's points as they stood at a moment: the monthly board, its print and the book say one sum.

A cut-off counts everything up to and with its moment, and what it says never changes again: entries are never changed,
and what time alone has resolved is counted from its moment on, whether or not somebody has written it down by then
(``policy.due``; the settling entry carries that moment as ``effective_at``). Points whose last day has passed count as
expired from the entry that writes them off.

Stored balances less what moved afterwards: the newest month, which everybody reads, costs least. The moments asked for
must not lie in the future.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import WALLET_KINDS, Account, OpenPending, Transfer

account, transfer, open_pending = Account.__table__, Transfer.__table__, OpenPending.__table__
POSTED = ("posted", "post")


@dataclass(frozen=True)
class PointsMoved:
    """Points of a span of time. ``granted``: into the budget; ``issued``: from the budget to wallets, less what was
    taken back; ``redeemed``: to shops, less what came back; ``expired``: written off."""

    granted: int
    issued: int
    redeemed: int
    expired: int


@dataclass(frozen=True)
class PointsStanding(PointsMoved):
    """The same from the first day to a moment; ``outstanding``: in wallets, held for orders included; ``on_notice``:
    awards that are public; ``budget_left``: what awards may still take; ``care_pool``: what residents gave to it, which is
    owed to the care list."""

    outstanding: int
    on_notice: int
    budget_left: int
    care_pool: int

    @property
    def owed(self) -> int:
        """What goods must be there for: points of residents and of the care pool."""
        return self.outstanding + self.care_pool


def moved_between(session: Session, community_id: int, since: datetime, cut_off: datetime) -> PointsMoved:
    """What moved from ``since`` to ``cut_off``, both counted."""
    entries = entries_between(community_id, since, cut_off)
    return _moved(_net(session, community_id, _both_sides(entries, 1)))


def standing_at(session: Session, community_id: int, cut_off: datetime) -> PointsStanding:
    """What stood in the book at ``cut_off``."""
    later = (
        sa.select(transfer.c.debit_account_id, transfer.c.credit_account_id, transfer.c.amount)
        .where(transfer.c.community_id == community_id, transfer.c.effective_at > cut_off,
               transfer.c.kind.in_(POSTED))
        .cte("later")
    )  # fmt: skip
    due = (
        sa.select(open_pending.c.debit_account_id, open_pending.c.credit_account_id, open_pending.c.amount)
        .where(open_pending.c.community_id == community_id, open_pending.c.posts_at <= cut_off)
        .cte("due")
    )
    stored = sa.select(
        account.c.id.label("account_id"), (account.c.credits_posted - account.c.debits_posted).label("points")
    ).where(account.c.community_id == community_id, account.c.kind.not_in(WALLET_KINDS))
    net = _net(session, community_id, [stored, *_both_sides(later, -1), *_both_sides(due, 1)])
    moved, on_notice = _moved(net), _on_notice(session, community_id, cut_off)
    # Money is never lost: what is in no account of the community's own is in somebody's wallet.
    return PointsStanding(
        moved.granted, moved.issued, moved.redeemed, moved.expired, outstanding=-sum(net.values()), on_notice=on_notice,
        budget_left=net.get("budget", 0) - on_notice, care_pool=net.get("care_pool", 0),
    )  # fmt: skip


def entries_between(community_id: int, since: datetime, cut_off: datetime) -> sa.CTE:
    """What was posted in a span, by an entry or by time alone: both accounts, amount, code and what it is about."""
    award = transfer.alias("award")
    written = sa.select(
        transfer.c.debit_account_id, transfer.c.credit_account_id, transfer.c.amount, transfer.c.code,
        transfer.c.ref_kind, transfer.c.ref_id, transfer.c.reason, transfer.c.actor_id,
        transfer.c.effective_at.label("at"),
    ).where(
        transfer.c.community_id == community_id, transfer.c.effective_at.between(since, cut_off),
        transfer.c.kind.in_(POSTED),
    )  # fmt: skip
    by_time = (
        sa.select(
            open_pending.c.debit_account_id, open_pending.c.credit_account_id, open_pending.c.amount,
            open_pending.c.code, award.c.ref_kind, award.c.ref_id, award.c.reason, award.c.actor_id,
            open_pending.c.posts_at.label("at"),
        )
        .join(award, sa.and_(award.c.community_id == open_pending.c.community_id, award.c.id == open_pending.c.id))
        .where(open_pending.c.community_id == community_id, open_pending.c.posts_at.between(since, cut_off))
    )  # fmt: skip
    return sa.union_all(written, by_time).cte("entries")


def _both_sides(entries: sa.CTE, sign: int) -> list[sa.Select]:
    """Each entry as two signed amounts."""
    return [
        sa.select(side.label("account_id"), (entries.c.amount * factor).label("points"))
        for side, factor in ((entries.c.credit_account_id, sign), (entries.c.debit_account_id, -sign))
    ]


def _net(session: Session, community_id: int, parts: list[sa.Select]) -> dict[str, int]:
    """Credits less debits of the community's own accounts in points, by kind. One statement: nothing is counted twice
    while somebody settles."""
    sides = sa.union_all(*parts).subquery("sides")
    rows = session.execute(
        sa.select(account.c.kind, sa.cast(sa.func.sum(sides.c.points), sa.BigInteger).label("points"))
        .select_from(sides)
        .join(account, account.c.id == sides.c.account_id)
        .where(account.c.community_id == community_id, account.c.unit == "points",
               account.c.kind.not_in(WALLET_KINDS))
        .group_by(account.c.kind)
    )  # fmt: skip
    return {row.kind: row.points for row in rows}


def _moved(net: dict[str, int]) -> PointsMoved:
    granted = -net.get("issue", 0)
    return PointsMoved(granted, granted - net.get("budget", 0), net.get("shop", 0), net.get("expired", 0))


def _on_notice(session: Session, community_id: int, cut_off: datetime) -> int:
    """Awards out of the budget that were pending then: those that still are, and those that ended later."""
    pending, ending = transfer.alias("pending"), transfer.alias("ending")
    of_budget = sa.and_(
        account.c.community_id == community_id, account.c.id == pending.c.debit_account_id,
        account.c.kind == "budget", pending.c.community_id == community_id, pending.c.recorded_at <= cut_off,
    )  # fmt: skip
    still_open = (
        sa.select(pending.c.amount)
        .select_from(open_pending)
        .join(pending, pending.c.id == open_pending.c.id)
        .join(account, of_budget)
        .where(open_pending.c.community_id == community_id,
               sa.or_(open_pending.c.posts_at.is_(None), open_pending.c.posts_at > cut_off))
    )  # fmt: skip
    ended_later = (
        sa.select(pending.c.amount)
        .select_from(ending)
        .join(pending, pending.c.id == ending.c.pending_id)
        .join(account, of_budget)
        .where(ending.c.community_id == community_id, ending.c.effective_at > cut_off)
    )
    then = sa.union_all(still_open, ended_later).subquery("then_pending")
    return int(session.scalar(sa.select(sa.func.coalesce(sa.func.sum(then.c.amount), 0))))

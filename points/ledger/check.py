"""Counting everything again: is each stored balance the sum of its rows? For the night and the auditor, not a request."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import WALLET_KINDS, Account, Lot, OpenPending, Transfer

account, transfer, lot, open_pending = (
    Account.__table__, Transfer.__table__, Lot.__table__, OpenPending.__table__,
)  # fmt: skip
community = sa.bindparam("community")


@dataclass(frozen=True)
class Finding:
    """A number of an account that is not what its rows say."""

    account_id: uuid.UUID
    kind: str
    owner_id: uuid.UUID
    field: str
    stored: int
    counted: int


def check_ledger(session: Session, community_id: int) -> Iterator[Finding]:
    """Every number of an account that differs from the sum of its rows.

    The four balances, the count of statement lines (``entries``), what is open on each side (``open_debits``,
    ``open_credits``), and for a wallet the points in its ``lots``, which must be its free balance. One statement, so
    that points on their way while it counts raise no alarm.
    """
    for row in session.execute(_counted(), {"community": community_id}):
        pairs = {
            "credits_posted": (row.credits_posted, row.credit_posted),
            "debits_posted": (row.debits_posted, row.debit_posted),
            "credits_pending": (row.credits_pending, row.credit_pending),
            "debits_pending": (row.debits_pending, row.debit_pending),
            "entries": (row.entries, row.credit_lines + row.debit_lines),
            "open_credits": (row.credits_pending, row.credit_open),
            "open_debits": (row.debits_pending, row.debit_open),
        }
        if row.kind in WALLET_KINDS:
            pairs["lots"] = (row.credits_posted - row.debits_posted - row.debits_pending, row.in_lots)
        for field, (stored, counted) in pairs.items():
            if stored != counted:
                yield Finding(row.id, row.kind, row.owner_id, field, stored, int(counted))


@cache
def _counted() -> sa.Select:
    """Accounts beside what their rows add up to."""
    parts = [_side("debit"), _side("credit"), _open("debit"), _open("credit"), _lots()]
    sums = [
        sa.func.coalesce(column, 0).label(column.name)
        for part in parts
        for column in part.c
        if column.name != "of"
    ]
    source = account
    for part in parts:
        source = source.outerjoin(part, part.c.of == account.c.id)
    return (
        sa.select(account, *sums)
        .select_from(source)
        .where(account.c.community_id == community)
        .order_by(account.c.id)
    )


def _side(side: str) -> sa.Subquery:
    """From the rows themselves: posted, pending that no post or void names, and numbered lines."""
    resolving = transfer.alias(f"resolving_{side}")
    unresolved = ~sa.exists().where(
        resolving.c.community_id == community, resolving.c.pending_id == transfer.c.id
    )
    posted = transfer.c.kind.in_(("posted", "post"))
    of = transfer.c[f"{side}_account_id"]
    return (
        sa.select(
            of.label("of"),
            sa.func.sum(sa.case((posted, transfer.c.amount), else_=0)).label(f"{side}_posted"),
            sa.func.sum(
                sa.case((sa.and_(transfer.c.kind == "pending", unresolved), transfer.c.amount), else_=0)
            ).label(f"{side}_pending"),
            sa.func.sum(sa.case((posted, 1), else_=0)).label(f"{side}_lines"),
        )
        .where(transfer.c.community_id == community)
        .group_by(of)
        .subquery(f"by_{side}")
    )


def _open(side: str) -> sa.Subquery:
    of = open_pending.c[f"{side}_account_id"]
    return (
        sa.select(of.label("of"), sa.func.sum(open_pending.c.amount).label(f"{side}_open"))
        .where(open_pending.c.community_id == community)
        .group_by(of)
        .subquery(f"open_{side}")
    )


def _lots() -> sa.Subquery:
    return (
        sa.select(lot.c.account_id.label("of"), sa.func.sum(lot.c.points).label("in_lots"))
        .where(lot.c.community_id == community)
        .group_by(lot.c.account_id)
        .subquery("lots_of")
    )

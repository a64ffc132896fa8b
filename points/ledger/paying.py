"""Paying at the till, with points that were held or at once: the path of the ledger with a queue in front of it.

Two statements for a hold and five for a payment instead of the dozen of ``create_transfer``. The caller holds the lock of
what is paid for (an order, or the nonce of a sale), so repeats and double posts are excluded; the trigger checks it again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import Id, new_id
from points.errors import Conflict
from points.ledger.models import Account, Lot, LotUse, OpenPending, Transfer
from points.ledger.operations import create_transfer
from points.ledger.policy import take_oldest
from points.ledger.results import NewTransfer
from points.prepared import Prepared

account, transfer, open_pending, lot, lot_use = (
    Account.__table__, Transfer.__table__, OpenPending.__table__, Lot.__table__, LotUse.__table__,
)  # fmt: skip
_community, _wallet, _now = sa.bindparam("community"), sa.bindparam("wallet"), sa.bindparam("now")


def _sum(column: sa.Column, *conditions: sa.ColumnElement[bool]) -> sa.Label:
    total = sa.select(sa.func.coalesce(sa.func.sum(column), 0))
    return total.where(column.table.c.community_id == _community, *conditions).scalar_subquery()


# Both accounts under lock, in the order of their ids, and what time has changed in the wallet since somebody last wrote
# it down: awards whose notice ended, holds that lapsed, points whose last day has passed.
_lock = Prepared(
    sa.select(
        account.c.id,
        account.c.entries,
        account.c.closed_at,
        (account.c.credits_posted - account.c.debits_posted - account.c.debits_pending).label("free"),
        account.c.debits_pending,
        _sum(
            open_pending.c.amount,
            open_pending.c.credit_account_id == _wallet,
            open_pending.c.posts_at <= _now,
        ).label("matured"),
        _sum(
            open_pending.c.amount,
            open_pending.c.debit_account_id == _wallet,
            open_pending.c.expires_at <= _now,
        ).label("lapsed"),
        _sum(lot.c.points, lot.c.account_id == _wallet, lot.c.expires_on < sa.bindparam("today")).label(
            "ended"
        ),
    )
    .where(
        account.c.community_id == _community,
        account.c.id.in_([_wallet, sa.bindparam("till", type_=Id)]),
    )
    .order_by(account.c.id)
    .with_for_update(of=account, key_share=True)
)
_post = Prepared(
    sa.insert(transfer),
    (
        "community_id", "id", "kind", "debit_account_id", "credit_account_id", "amount", "code", "pending_id", "ref_kind",
        "ref_id", "actor_id", "recorded_at", "effective_at", "debit_seq", "credit_seq",
    ),
)  # fmt: skip


_pay = Prepared(
    sa.insert(transfer),
    (
        "community_id", "id", "kind", "debit_account_id", "credit_account_id", "amount", "code", "ref_kind", "ref_id",
        "actor_id", "recorded_at", "effective_at", "debit_seq", "credit_seq",
    ),
)  # fmt: skip
_days = Prepared(
    sa.select(lot.c.expires_on, lot.c.points)
    .where(lot.c.community_id == _community, lot.c.account_id == _wallet, lot.c.points > 0)
    .order_by(lot.c.expires_on)
)
_take = Prepared(
    sa.update(lot)
    .where(
        lot.c.community_id == _community, lot.c.account_id == _wallet, lot.c.expires_on == sa.bindparam("day")
    )
    .values(points=lot.c.points - sa.bindparam("part", type_=sa.BigInteger))
)
_use = Prepared(sa.insert(lot_use), ("community_id", "id", "transfer_id", "expires_on", "points"))


@dataclass(frozen=True)
class HeldPoints:
    """A hold from a wallet to a shop that is to be posted in full."""

    community_id: int
    pending_id: uuid.UUID
    wallet_id: uuid.UUID
    shop_account_id: uuid.UUID
    points: int
    ref_kind: str
    ref_id: uuid.UUID
    actor_id: uuid.UUID


@dataclass(frozen=True)
class WalletSums:
    """What the wallet's owner sees after the post, in points: usable and still held."""

    available: int
    held: int


def post_held(
    connection: sa.Connection, held: HeldPoints, transfer_id: uuid.UUID, *, now: datetime, today: date
) -> WalletSums:
    """Posts the hold; the wallet's free balance stays as it was, since the points had left it when they were held.

    ``today`` is the calendar day where the community is. Raises Conflict ``debit_account_closed`` or
    ``credit_account_closed``.
    """
    keys = {"community": held.community_id, "wallet": held.wallet_id, "till": held.shop_account_id, "now": now,
            "today": today}  # fmt: skip
    rows = {row.id: row for row in _lock.rows(connection, keys)}
    wallet, shop = rows[held.wallet_id], rows[held.shop_account_id]
    if wallet.closed_at is not None:
        raise Conflict("debit_account_closed")
    if shop.closed_at is not None:
        raise Conflict("credit_account_closed")
    _post.run(
        connection,
        {
            "community_id": held.community_id,
            "id": transfer_id,
            "kind": "post",
            "debit_account_id": held.wallet_id,
            "credit_account_id": held.shop_account_id,
            "amount": held.points,
            "code": "redemption",
            "pending_id": held.pending_id,
            "ref_kind": held.ref_kind,
            "ref_id": held.ref_id,
            "actor_id": held.actor_id,
            "recorded_at": now,
            "effective_at": now,
            "debit_seq": wallet.entries + 1,
            "credit_seq": shop.entries + 1,
        },
    )
    # PostgreSQL adds whole numbers up to a numeric.
    available = int(wallet.free + wallet.matured + wallet.lapsed - wallet.ended)
    return WalletSums(available, int(wallet.debits_pending - held.points - wallet.lapsed))


@dataclass(frozen=True)
class Payment:
    """Points that go from a wallet to a shop at once."""

    community_id: int
    id: uuid.UUID
    wallet_id: uuid.UUID
    shop_account_id: uuid.UUID
    points: int
    ref_kind: str
    ref_id: uuid.UUID
    actor_id: uuid.UUID


def pay(session: Session, payment: Payment, *, now: datetime, today: date) -> WalletSums | None:
    """Pays with the points that end first; None, and nothing is changed, when the wallet does not hold enough.

    Raises Conflict ``debit_account_closed`` or ``credit_account_closed``.
    """
    connection = session.connection()
    keys = {"community": payment.community_id, "wallet": payment.wallet_id, "till": payment.shop_account_id,
            "now": now, "today": today}  # fmt: skip
    rows = {row.id: row for row in _lock.rows(connection, keys)}
    wallet, shop = rows[payment.wallet_id], rows[payment.shop_account_id]
    if wallet.closed_at is not None:
        raise Conflict("debit_account_closed")
    if shop.closed_at is not None:
        raise Conflict("credit_account_closed")
    available = int(wallet.free + wallet.matured + wallet.lapsed - wallet.ended)
    if payment.points > available:
        return None
    if wallet.matured or wallet.lapsed or wallet.ended:
        if not _settle_and_pay(session, payment, now):
            return None
    else:
        _pay_at_once(connection, payment, wallet.entries + 1, shop.entries + 1, now)
    return WalletSums(available - payment.points, int(wallet.debits_pending - wallet.lapsed))


def _settle_and_pay(session: Session, payment: Payment, now: datetime) -> bool:
    """Time owes the wallet something: it is written down first, by the long way. False when less is there after all: a
    lapsed hold whose points have ended meanwhile brings nothing back."""
    new = NewTransfer(
        payment.community_id, payment.id, "redemption", debit_account_id=payment.wallet_id,
        credit_account_id=payment.shop_account_id, amount=payment.points, ref_kind=payment.ref_kind,
        ref_id=payment.ref_id, actor_id=payment.actor_id,
    )  # fmt: skip
    result = create_transfer(session, new, now=now)
    if not result.ok and result.status != "exceeds_credits":
        raise Conflict(result.status)
    return result.ok


def _pay_at_once(
    connection: sa.Connection, payment: Payment, debit_seq: int, credit_seq: int, now: datetime
) -> None:
    keys = {"community": payment.community_id, "wallet": payment.wallet_id}
    days = [(row.expires_on, row.points) for row in _days.rows(connection, keys)]
    _pay.run(
        connection,
        {
            "community_id": payment.community_id, "id": payment.id, "kind": "posted",
            "debit_account_id": payment.wallet_id, "credit_account_id": payment.shop_account_id,
            "amount": payment.points, "code": "redemption", "ref_kind": payment.ref_kind, "ref_id": payment.ref_id,
            "actor_id": payment.actor_id, "recorded_at": now, "effective_at": now, "debit_seq": debit_seq,
            "credit_seq": credit_seq,
        },
    )  # fmt: skip
    for day, part in take_oldest(days, payment.points):
        _take.run(connection, {**keys, "day": day, "part": part})
        _use.run(
            connection,
            {"community_id": payment.community_id, "id": new_id(), "transfer_id": payment.id, "expires_on": day,
             "points": part},
        )  # fmt: skip

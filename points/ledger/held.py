"""Posting a hold at the till: the one path of the ledger that many people stand in a queue for.

Two statements instead of the dozen of ``create_transfer``. The caller holds the lock of the thing that owns the hold
(an order), so repeats and double posts are already excluded; the trigger checks it all again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import Id
from points.errors import Conflict
from points.ledger.models import Account, Transfer

account, transfer = Account.__table__, Transfer.__table__

_lock = (
    sa.select(
        account.c.id,
        account.c.entries,
        account.c.closed_at,
        account.c.credits_posted,
        account.c.debits_posted,
        account.c.debits_pending,
    )
    .where(
        account.c.community_id == sa.bindparam("community"),
        account.c.id.in_([sa.bindparam("a", type_=Id), sa.bindparam("b", type_=Id)]),
    )
    .order_by(account.c.id)
    .with_for_update()
)
_post = sa.insert(transfer)


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
    """Stored sums of the wallet after the post, in points: usable and still held."""

    available: int
    held: int


def post_held(session: Session, held: HeldPoints, transfer_id: uuid.UUID, *, now: datetime) -> WalletSums:
    """Posts the hold; the wallet's free balance stays as it was, since the points had left it when they were held.

    Raises Conflict ``debit_account_closed`` or ``credit_account_closed``.
    """
    rows = {
        row.id: row
        for row in session.execute(
            _lock, {"community": held.community_id, "a": held.wallet_id, "b": held.shop_account_id}
        )
    }
    wallet, shop = rows[held.wallet_id], rows[held.shop_account_id]
    if wallet.closed_at is not None:
        raise Conflict("debit_account_closed")
    if shop.closed_at is not None:
        raise Conflict("credit_account_closed")
    session.execute(
        _post,
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
    available = wallet.credits_posted - wallet.debits_posted - wallet.debits_pending
    return WalletSums(available, wallet.debits_pending - held.points)

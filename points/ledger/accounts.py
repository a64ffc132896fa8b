"""Opening, finding and locking accounts."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import NotFound
from points.ledger.models import COMMUNITY_OWNER, WALLET_KINDS, Account

account = Account.__table__

LIMITED_KINDS = (*WALLET_KINDS, "budget", "care_pool", "partner")
UNIT_OF_KIND = {"honour": "honour", "conduct": "conduct", "minutes": "minutes"}
EMPTY = dict.fromkeys(("credits_posted", "debits_posted", "credits_pending", "debits_pending", "entries"), 0)

# NO KEY UPDATE: the balances move, the key never does, so rows that only point at the account need not wait.
_lock = (
    sa.select(account)
    .where(
        account.c.community_id == sa.bindparam("community"),
        account.c.id.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(account.c.id)
    .with_for_update(key_share=True)
)

_id_of = sa.select(account.c.id).where(
    account.c.community_id == sa.bindparam("community"),
    account.c.kind == sa.bindparam("kind"),
    account.c.owner_id == sa.bindparam("owner"),
)


def open_account(
    session: Session,
    community_id: int,
    kind: str,
    owner_id: uuid.UUID = COMMUNITY_OWNER,
    *,
    now: datetime,
    unit: str | None = None,
) -> uuid.UUID:
    """Opens the account ``kind`` of an owner, or returns it when it is open already. Wallets and budgets are limited."""
    found = account_id_of(session, community_id, kind, owner_id)
    if found is not None:
        return found
    row = {
        "community_id": community_id,
        "id": new_id(),
        "kind": kind,
        "owner_id": owner_id,
        "unit": unit or UNIT_OF_KIND.get(kind, "points"),
        "debits_must_not_exceed_credits": kind in LIMITED_KINDS,
        "opened_at": now,
        **EMPTY,
    }
    session.execute(sa.insert(account), row)
    return row["id"]


def account_id_of(
    session: Session, community_id: int, kind: str, owner_id: uuid.UUID = COMMUNITY_OWNER
) -> uuid.UUID | None:
    """The id of an account by what it is for, or None."""
    return session.scalar(_id_of, {"community": community_id, "kind": kind, "owner": owner_id})


def owner_of(session: Session, community_id: int, account_id: uuid.UUID) -> uuid.UUID:
    """Whose account it is. NotFound ``account_not_found``."""
    owner = session.scalar(
        sa.select(account.c.owner_id).where(
            account.c.community_id == community_id, account.c.id == account_id
        )
    )
    if owner is None:
        raise NotFound("account_not_found")
    return owner


def lock_rows(session: Session, community_id: int, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, sa.Row]:
    """Locks accounts in the order of their ids, whatever the order asked, and reads them; unknown ids are left out."""
    if not ids:
        return {}
    rows = session.execute(_lock, {"community": community_id, "ids": sorted(ids)})
    return {row.id: row for row in rows}

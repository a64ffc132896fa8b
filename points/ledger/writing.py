"""The INSERT into ``transfer``. The trigger moves the balances, ``lots`` the days on which points end."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger import lots
from points.ledger.models import Transfer
from points.ledger.results import NewTransfer

_insert = sa.insert(Transfer.__table__)
_FIELDS = tuple(NewTransfer.__dataclass_fields__)


class Numbers:
    """Counts the lines of each account's statement on from the number its locked row holds."""

    def __init__(self, accounts: Mapping[uuid.UUID, sa.Row]) -> None:
        self._last = {account_id: row.entries for account_id, row in accounts.items()}

    def next(self, account_id: uuid.UUID) -> int:
        """Number of the next line."""
        self._last[account_id] += 1
        return self._last[account_id]


def row_of(new: NewTransfer, numbers: Numbers, *, now: datetime, effective_at: datetime) -> dict[str, Any]:
    """The row that a transfer becomes; posted lines are numbered on both sides."""
    numbered = new.kind in ("posted", "post")
    return {
        **{name: getattr(new, name) for name in _FIELDS},
        "recorded_at": now,
        "effective_at": effective_at,
        "debit_seq": numbers.next(new.debit_account_id) if numbered else None,
        "credit_seq": numbers.next(new.credit_account_id) if numbered else None,
    }


def write(
    session: Session,
    new: NewTransfer,
    accounts: Mapping[uuid.UUID, sa.Row],
    *,
    now: datetime,
    held: int | None = None,
    in_lots: Sequence[tuple[date, int]] | None = None,
) -> None:
    """Writes one transfer between locked accounts. ``held``: the amount of the pending transfer it resolves;

    ``in_lots``: the lots of the debited wallet, when the caller has read them already.
    """
    session.execute(_insert, row_of(new, Numbers(accounts), now=now, effective_at=now))
    debit, credit = accounts[new.debit_account_id], accounts[new.credit_account_id]
    lots.follow(session, new, debit_kind=debit.kind, credit_kind=credit.kind, held=held, in_lots=in_lots)


def write_rows(session: Session, rows: list[dict[str, Any]]) -> None:
    """Writes many rows made by ``row_of`` in their order; the lots are the caller's to move."""
    if rows:
        session.execute(_insert, rows)

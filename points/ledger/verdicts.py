"""Why a transfer is refused: each rule one line, in the order of ``docs/ledger.md``. The database repeats them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import FailedTransfer
from points.ledger.results import PASSING, NewTransfer

Accounts = Mapping[uuid.UUID, sa.Row]


def account_reason(new: NewTransfer, accounts: Accounts) -> str | None:
    """What is wrong with the accounts a transfer names; a post or void may leave them out."""
    debit_id, credit_id = new.debit_account_id, new.credit_account_id
    if debit_id is not None and debit_id == credit_id:
        return "accounts_must_be_different"
    if debit_id is not None and debit_id not in accounts:
        return "debit_account_not_found"
    if credit_id is not None and credit_id not in accounts:
        return "credit_account_not_found"
    if debit_id is not None and credit_id is not None and accounts[debit_id].unit != accounts[credit_id].unit:
        return "accounts_must_have_the_same_unit"
    return None


def pending_reason(new: NewTransfer, pending: sa.Row) -> str | None:
    """What is wrong with a post or void, whatever became of the transfer it names."""
    if pending.kind != "pending":
        return "pending_transfer_not_pending"
    if new.debit_account_id != pending.debit_account_id:
        return "pending_transfer_has_different_debit_account"
    if new.credit_account_id != pending.credit_account_id:
        return "pending_transfer_has_different_credit_account"
    if new.amount > pending.amount:
        return "exceeds_pending_transfer_amount"
    if new.kind == "void" and new.amount < pending.amount:
        return "pending_transfer_has_different_amount"
    return None


def closed_reason(new: NewTransfer, accounts: Accounts) -> str | None:
    """A closed account takes nothing but the void of what was pending."""
    if new.kind != "void" and accounts[new.debit_account_id].closed_at is not None:
        return "debit_account_closed"
    if new.kind != "void" and accounts[new.credit_account_id].closed_at is not None:
        return "credit_account_closed"
    return None


def funds_reason(new: NewTransfer, debit: sa.Row, spoken_for: int = 0) -> str | None:
    """A limited account gives no more than it has, less what the caller has ``spoken_for`` in the same sweep."""
    if not debit.debits_must_not_exceed_credits:
        return None
    free = debit.credits_posted - debit.debits_posted - debit.debits_pending - spoken_for
    return "exceeds_credits" if new.amount > free else None


def remember_refusals(session: Session, refused: Sequence[tuple[NewTransfer, str]], now: datetime) -> None:
    """Keeps the ids refused for a passing reason: a retry must not succeed when nobody stands at the counter."""
    rows = [
        {"community_id": new.community_id, "id": new.id, "result": status, "recorded_at": now}
        for new, status in refused
        if status in PASSING
    ]
    if rows:
        session.execute(sa.insert(FailedTransfer.__table__), rows)

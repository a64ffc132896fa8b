"""Many pending transfers at once: what a closed session decided goes on notice in one sweep."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid
from points.ledger.models import WALLET_KINDS, FailedTransfer, Transfer
from points.ledger.results import NewTransfer, TransferResult, compare, form_error
from points.ledger.settling import Accounts, lock_settled
from points.ledger.verdicts import account_reason, closed_reason, funds_reason, remember_refusals
from points.ledger.writing import Numbers, row_of, write_rows

transfer, failed_transfer = Transfer.__table__, FailedTransfer.__table__
AT_ONCE = 1000  # ids in one statement


def create_pending_batch(
    session: Session, news: Sequence[NewTransfer], *, now: datetime
) -> list[TransferResult]:
    """Writes pending transfers of one community from its budgets or sources to many accounts; one result for each.

    Each is answered as ``create_transfer`` would answer it, in the given order: repeats ``exists``, what the budget no
    longer covers ``exceeds_credits``. Accounts are locked in one sweep and rows written in one go.

    Raises Invalid for the first form error; ValueError when one is not pending, debits a wallet, or is of another
    community than the first: such a batch is a mistake of the caller.
    """
    if not news:
        return []
    community_id = news[0].community_id
    for new in news:
        if new.kind != "pending" or new.community_id != community_id:
            raise ValueError("a batch holds pending transfers of one community")
        wrong = form_error(new)
        if wrong:
            raise Invalid(wrong)
    debits = {new.debit_account_id for new in news}
    accounts = lock_settled(
        session, community_id, debits | {new.credit_account_id for new in news}, settle_for=debits, now=now
    )
    if any(accounts[debit].kind in WALLET_KINDS for debit in debits & accounts.keys()):
        raise ValueError("a batch debits budgets, not wallets")
    # Asked under the locks: the same batch may have been served while this one waited.
    return _write_fresh(session, news, _answers(session, community_id, news), accounts, now)


def _answers(
    session: Session, community_id: int, news: Sequence[NewTransfer]
) -> dict[uuid.UUID, sa.Row | None]:
    """What is stored under the ids already: the transfer, or None where the id was refused before."""
    answers: dict[uuid.UUID, sa.Row | None] = {}
    ids = [new.id for new in news]
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        refused = sa.select(failed_transfer.c.id).where(
            failed_transfer.c.community_id == community_id, failed_transfer.c.id.in_(part)
        )
        answers.update(dict.fromkeys(session.scalars(refused)))
        stored = sa.select(transfer).where(transfer.c.community_id == community_id, transfer.c.id.in_(part))
        answers.update({row.id: row for row in session.execute(stored)})
    return answers


def _write_fresh(
    session: Session,
    news: Sequence[NewTransfer],
    answers: dict[uuid.UUID, sa.Row | None],
    accounts: Accounts,
    now: datetime,
) -> list[TransferResult]:
    spoken_for: dict[uuid.UUID, int] = {}
    written: dict[uuid.UUID, NewTransfer] = {}
    refused: dict[uuid.UUID, str] = {}
    results = []
    for new in news:
        if new.id in answers or new.id in written or new.id in refused:
            results.append(_repeat(new, answers.get(new.id) or written.get(new.id), now))
            continue
        debit_id = new.debit_account_id
        reason = account_reason(new, accounts) or closed_reason(new, accounts)
        reason = reason or funds_reason(new, accounts[debit_id], spoken_for.get(debit_id, 0))
        if reason is None:
            written[new.id] = new
            spoken_for[debit_id] = spoken_for.get(debit_id, 0) + new.amount
        else:
            refused[new.id] = reason
        results.append(TransferResult(reason) if reason else TransferResult("created", now))
    numbers = Numbers(accounts)
    write_rows(session, [row_of(new, numbers, now=now, effective_at=now) for new in written.values()])
    by_id = {new.id: new for new in news}
    remember_refusals(session, [(by_id[key], reason) for key, reason in refused.items()], now)
    return results


def _repeat(new: NewTransfer, there: sa.Row | NewTransfer | None, now: datetime) -> TransferResult:
    if there is None:
        return TransferResult("id_already_failed")
    return TransferResult(compare(new, there, pending_amount=None), getattr(there, "recorded_at", now))

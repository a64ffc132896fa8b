"""The named outcomes of a transfer, in the order in which they are looked for (after TigerBeetle's)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime

# A refusal for a reason that may pass (a low balance, an account not opened yet): the id is refused for ever.
PASSING = frozenset(
    {
        "debit_account_not_found",
        "credit_account_not_found",
        "pending_transfer_not_found",
        "debit_account_closed",
        "credit_account_closed",
        "exceeds_credits",
    }
)


@dataclass(frozen=True)
class NewTransfer:
    """What a caller asks for. ``amount`` in the unit of the accounts; None on ``post``/``void`` means all of it.

    On ``post`` and ``void`` the accounts may be left out: they are the pending transfer's.
    """

    community_id: int
    id: uuid.UUID
    code: str
    kind: str = "posted"
    debit_account_id: uuid.UUID | None = None
    credit_account_id: uuid.UUID | None = None
    amount: int | None = None
    pending_id: uuid.UUID | None = None
    expires_at: datetime | None = None
    posts_at: datetime | None = None
    points_expire_on: date | None = None
    ref_kind: str | None = None
    ref_id: uuid.UUID | None = None
    reverses_id: uuid.UUID | None = None
    done_on: date | None = None
    actor_id: uuid.UUID | None = None
    second_actor_id: uuid.UUID | None = None
    reason: str | None = None


@dataclass(frozen=True)
class TransferResult:
    """``status`` is ``created``, ``exists`` or the first reason that applies; ``recorded_at`` the original time."""

    status: str
    recorded_at: datetime | None = None

    @property
    def ok(self) -> bool:
        """True when the transfer stands in the ledger, now or already before."""
        return self.status in ("created", "exists")


def form_error(new: NewTransfer) -> str | None:
    """What is wrong with the request itself, whatever the ledger holds."""
    resolving = new.kind in ("post", "void")
    if new.kind not in ("posted", "pending", "post", "void"):
        return "kind_must_be_known"
    if resolving != (new.pending_id is not None):
        return "pending_id_must_be_set" if resolving else "pending_id_must_be_empty"
    if new.pending_id == new.id:
        return "pending_id_must_be_different"
    if new.kind != "pending" and (new.expires_at is not None or new.posts_at is not None):
        return "clock_reserved_for_pending_transfer"
    if new.expires_at is not None and new.posts_at is not None:
        return "only_one_clock"
    if not resolving and (new.debit_account_id is None or new.credit_account_id is None):
        return "accounts_must_be_set"
    if new.amount is None:
        return None if resolving else "amount_must_be_set"
    if isinstance(new.amount, bool) or not isinstance(new.amount, int):
        return "amount_must_be_whole"
    if new.amount < 0 or (new.amount == 0 and new.kind != "post"):
        return "amount_must_be_positive"
    return "amount_too_large" if new.amount >= 2**53 else None


COMPARED = tuple(
    field.name
    for field in fields(NewTransfer)
    if field.name
    not in ("community_id", "id", "posts_at", "points_expire_on", "actor_id", "second_actor_id", "reason")
)


def compare(new: NewTransfer, stored: object, *, pending_amount: int | None) -> str:
    """``exists``, or ``exists_with_different_<field>`` for the first field that differs."""
    for name in COMPARED:
        asked, there = getattr(new, name), getattr(stored, name)
        if asked is None and new.kind in ("post", "void"):
            if name in ("debit_account_id", "credit_account_id"):
                continue  # taken from the pending transfer
            if name == "amount":
                asked = pending_amount
        if asked != there:
            return f"exists_with_different_{name.removesuffix('_account_id').removesuffix('_id')}"
    return "exists"

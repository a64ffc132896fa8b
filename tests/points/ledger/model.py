"""The ledger once more in plain Python, without a database: what every answer and every balance has to be.

Written after ``docs/ledger.md`` and not after the code. Time works at once here (the real ledger writes it down when it
has to), so whatever a reader sees there must be what stands here.
"""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from points.ledger.results import NewTransfer

NEVER = date(9999, 12, 31)
LIMITED = ("household", "budget")
FORGOTTEN_BY_REPEATS = {
    "community_id", "id", "posts_at", "points_expire_on", "actor_id", "second_actor_id", "reason",
}  # fmt: skip
Days = dict[date, int]


@dataclass
class ModelAccount:
    """Four sums, and for a wallet the points by the day they end."""

    kind: str
    unit: str = "points"
    closed: bool = False
    credits_posted: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    debits_pending: int = 0
    lots: Days = field(default_factory=dict)

    @property
    def free(self) -> int:
        return self.credits_posted - self.debits_posted - self.debits_pending

    def gain(self, days: Days) -> None:
        if self.kind == "household":
            for day, points in days.items():
                self.lots[day] = self.lots.get(day, 0) + points

    def give(self, points: int) -> Days:
        """Takes the oldest points out of the lots."""
        taken: Days = {}
        for day in sorted(self.lots if self.kind == "household" else ()):
            taken[day] = min(self.lots[day], points)
            points -= taken[day]
            self.lots[day] -= taken[day]
        return {day: part for day, part in taken.items() if part}


@dataclass
class Model:
    """All accounts, all transfers that stand, all ids that were refused."""

    now: datetime
    accounts: dict[uuid.UUID, ModelAccount] = field(default_factory=dict)
    transfers: dict[uuid.UUID, NewTransfer] = field(default_factory=dict)
    refused: set[uuid.UUID] = field(default_factory=set)
    open: dict[uuid.UUID, NewTransfer] = field(default_factory=dict)
    resolved: dict[uuid.UUID, str] = field(default_factory=dict)
    days: dict[uuid.UUID, Days] = field(default_factory=dict)
    expired: int = 0

    def wait(self, seconds: float) -> None:
        """Time passes, and does what it does."""
        self.now += timedelta(seconds=seconds)
        self._tick()

    def chain(self, news: list[NewTransfer]) -> list[str]:
        """All or none."""
        before = copy.deepcopy(self)
        results: list[str] = []
        for new in news:
            results.append(self.send(new))
            if results[-1] not in ("created", "exists"):
                refused = self.refused & {new.id}
                self.__dict__.update(before.__dict__)
                self.refused |= refused
                at = len(results) - 1
                return [results[at] if place == at else "linked_event_failed" for place in range(len(news))]
        return results

    def send(self, new: NewTransfer) -> str:
        """The answer; the first reason wins."""
        if new.id in self.transfers:
            return self._repeat(new)
        if new.id in self.refused:
            return "id_already_failed"
        reason = self._resolve(new) if new.pending_id else self._move(new)
        if reason is None:
            self._tick()
            return "created"
        if reason.endswith(("not_found", "_closed")) or reason == "exceeds_credits":
            self.refused.add(new.id)
        return reason

    def _repeat(self, new: NewTransfer) -> str:
        stored = self.transfers[new.id]
        for name in NewTransfer.__dataclass_fields__:
            asked = getattr(new, name)
            if name in FORGOTTEN_BY_REPEATS or asked == getattr(stored, name):
                continue
            if asked is None and new.kind in ("post", "void") and name != "pending_id":
                whole = self.transfers.get(new.pending_id)
                if name != "amount" or (whole and whole.amount == stored.amount):
                    continue
            return "exists_with_different_" + name.removesuffix("_account_id").removesuffix("_id")
        return "exists"

    def _wrong_accounts(self, new: NewTransfer) -> str | None:
        debit, credit = new.debit_account_id, new.credit_account_id
        if debit is not None and debit == credit:
            return "accounts_must_be_different"
        if debit is not None and debit not in self.accounts:
            return "debit_account_not_found"
        if credit is not None and credit not in self.accounts:
            return "credit_account_not_found"
        if debit and credit and self.accounts[debit].unit != self.accounts[credit].unit:
            return "accounts_must_have_the_same_unit"
        return None

    def _closed(self, new: NewTransfer) -> str | None:
        if self.accounts[new.debit_account_id].closed:
            return "debit_account_closed"
        return "credit_account_closed" if self.accounts[new.credit_account_id].closed else None

    def _move(self, new: NewTransfer) -> str | None:
        reason = self._wrong_accounts(new) or self._closed(new)
        if reason:
            return reason
        debit, credit = self.accounts[new.debit_account_id], self.accounts[new.credit_account_id]
        if debit.kind in LIMITED and new.amount > debit.free:
            return "exceeds_credits"
        self._drop_ended(debit)
        if debit.kind in LIMITED and new.amount > debit.free:
            return "exceeds_credits"
        self.transfers[new.id] = new
        days = debit.give(new.amount) or {new.points_expire_on or NEVER: new.amount}
        if new.kind == "pending":
            debit.debits_pending += new.amount
            credit.credits_pending += new.amount
            self.open[new.id], self.days[new.id] = new, days
        else:
            debit.debits_posted += new.amount
            credit.credits_posted += new.amount
            credit.gain(days)
        return None

    def _resolve(self, new: NewTransfer) -> str | None:
        pending = self.transfers.get(new.pending_id)
        if pending is not None:
            new = replace(
                new,
                debit_account_id=new.debit_account_id or pending.debit_account_id,
                credit_account_id=new.credit_account_id or pending.credit_account_id,
                amount=pending.amount if new.amount is None else new.amount,
            )
        reason = self._wrong_accounts(new) or self._wrong_resolution(new, pending)
        if reason is None and new.kind == "post":
            reason = self._closed(new)
        if reason is None:
            self.transfers[new.id] = new
            self._finish(
                pending, "posted" if new.kind == "post" else "voided", new.amount if new.kind == "post" else 0
            )
        return reason

    def _wrong_resolution(self, new: NewTransfer, pending: NewTransfer | None) -> str | None:
        if pending is None:
            return "pending_transfer_not_found"
        if pending.kind != "pending":
            return "pending_transfer_not_pending"
        for side in ("debit", "credit"):
            if getattr(new, f"{side}_account_id") != getattr(pending, f"{side}_account_id"):
                return f"pending_transfer_has_different_{side}_account"
        if new.amount > pending.amount:
            return "exceeds_pending_transfer_amount"
        if new.kind == "void" and new.amount < pending.amount:
            return "pending_transfer_has_different_amount"
        how = self.resolved.get(pending.id)
        if how is None:
            return None
        return "pending_transfer_expired" if how == "expired" else f"pending_transfer_already_{how}"

    def _finish(self, pending: NewTransfer, how: str, points: int) -> None:
        """Ends a pending transfer: ``points`` of it are posted, the rest goes back on the days that end last."""
        assert pending.id not in self.resolved, "resolved twice"
        self.resolved[pending.id] = how
        del self.open[pending.id]
        debit, credit = self.accounts[pending.debit_account_id], self.accounts[pending.credit_account_id]
        debit.debits_pending -= pending.amount
        credit.credits_pending -= pending.amount
        debit.debits_posted += points
        credit.credits_posted += points
        spent, left = {}, points
        for day, part in sorted(self.days[pending.id].items()):
            spent[day] = min(part, left)
            left -= spent[day]
        debit.gain({day: part - spent[day] for day, part in self.days[pending.id].items()})
        credit.gain(spent)

    def _tick(self) -> None:
        for pending in list(self.open.values()):
            if pending.posts_at and pending.posts_at <= self.now:
                if not self._closed(pending):
                    self._finish(pending, "posted", pending.amount)
            elif pending.expires_at and pending.expires_at <= self.now:
                self._finish(pending, "expired", 0)

    def close(self, account_id: uuid.UUID) -> None:
        """Awards on a closed account no longer post by themselves."""
        self.accounts[account_id].closed = True

    def _drop_ended(self, wallet: ModelAccount) -> None:
        """Points end with their day in Shanghai, eight hours ahead of UTC."""
        today = (self.now + timedelta(hours=8)).date()
        for day in [day for day in wallet.lots if day < today]:
            self.expired += wallet.lots[day]
            wallet.debits_posted += wallet.lots.pop(day)

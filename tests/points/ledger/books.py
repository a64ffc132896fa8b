"""A community with a few accounts, for the tests of the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from points.base import new_id
from points.ledger.check import check_ledger
from points.ledger.operations import create_chain, create_transfer, open_account
from points.ledger.queries import Balance, Wallet, balance_of, wallet
from points.ledger.results import NewTransfer
from points.people.models import Area, Community

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in Shanghai
COMMUNITY = 7
THIS_YEAR, NEXT_YEAR, LATER = date(2026, 12, 31), date(2027, 12, 31), date(2028, 12, 31)


def found_community(session: Session, community_id: int, *, now: datetime) -> None:
    """An area and a community in it."""
    session.add(Area(id=community_id, parent_id=None, kind="county", name=f"县{community_id}"))
    session.flush()
    session.add(
        Community(
            id=community_id,
            area_id=community_id,
            code=f"village-{community_id}",
            name="义田村",
            founded_at=now,
        )
    )
    session.flush()


@dataclass
class Books:
    """Accounts by name; times in seconds after ``START``; every call is a transaction of its own."""

    session: Session
    transact: Callable[..., Any]
    set_clock: Callable[[datetime], None]
    community_id: int = COMMUNITY
    now: datetime = START

    def __post_init__(self) -> None:
        self.set_clock(self.now)
        self.transact(
            lambda session, number, *, now: found_community(session, number, now=now), self.community_id
        )
        self.accounts: dict[str, uuid.UUID] = {}

    def open(self, name: str, kind: str = "issue") -> uuid.UUID:
        """Opens an account; ``issue`` and ``shop`` are unlimited, ``household`` is a limited wallet with lots."""
        self.accounts[name] = self.transact(
            lambda session, owner, *, now: open_account(session, self.community_id, kind, owner, now=now),
            new_id(),
        )
        return self.accounts[name]

    def wait(self, seconds: float = 0, *, days: int = 0, until: datetime | None = None) -> None:
        """Moves the clock."""
        self.now = until or self.now + timedelta(seconds=seconds, days=days)
        self.set_clock(self.now)

    def transfer(
        self, debit: str | None = None, credit: str | None = None, amount: int | None = None, **more: Any
    ) -> NewTransfer:
        """A request. ``expires`` in seconds from now."""
        if (expires := more.pop("expires", None)) is not None:
            more["expires_at"] = self.now + timedelta(seconds=expires)
        if (posts := more.pop("posts", None)) is not None:
            more["posts_at"] = self.now + timedelta(seconds=posts)
        return NewTransfer(
            self.community_id, more.pop("id", None) or new_id(), more.pop("code", "award"),
            debit_account_id=self.accounts.get(debit), credit_account_id=self.accounts.get(credit), amount=amount, **more,
        )  # fmt: skip

    def send(self, new: NewTransfer, **changes: Any) -> str:
        """Creates it; returns the status."""
        return self.transact(create_transfer, replace(new, **changes)).status

    def create(self, *args: Any, **more: Any) -> NewTransfer:
        """Creates a transfer that must succeed."""
        new = self.transfer(*args, **more)
        assert self.send(new) == "created"
        return new

    def resolve(self, kind: str, pending: NewTransfer, amount: int | None = None, **more: Any) -> str:
        """Posts or voids a pending transfer under a new id; returns the status."""
        return self.send(self.transfer(amount=amount, kind=kind, pending_id=pending.id, **more))

    def chain(self, *news: NewTransfer) -> list[str]:
        """Creates a chain; returns the statuses."""
        return [result.status for result in self.transact(create_chain, news)]

    def balance(self, name: str) -> Balance:
        """As a reader sees it now."""
        self.session.rollback()
        return balance_of(self.session, self.community_id, self.accounts[name], now=self.now)

    def debits(self, name: str) -> tuple[int, int]:
        """(pending, posted)"""
        balance = self.balance(name)
        return balance.debits_pending, balance.debits_posted

    def credits(self, name: str) -> tuple[int, int]:
        """(pending, posted)"""
        balance = self.balance(name)
        return balance.credits_pending, balance.credits_posted

    def wallet(self, name: str, today: date | None = None) -> Wallet:
        """As its owner sees it now."""
        self.session.rollback()
        day = today or (self.now + timedelta(hours=8)).date()
        return wallet(self.session, self.community_id, self.accounts[name], now=self.now, today=day)

    def wrong_numbers(self) -> list[Any]:
        """What ``check_ledger`` finds."""
        self.session.rollback()
        return list(check_ledger(self.session, self.community_id))

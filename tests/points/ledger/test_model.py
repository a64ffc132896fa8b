"""Ten thousand operations against the plain model: repeats, reordered deliveries, chains, closings, and time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from points.base import new_id
from points.ledger.models import COMMUNITY_OWNER
from points.ledger.operations import account_id_of, close_account, create_chain, create_transfer
from points.ledger.queries import balance_of, wallet
from points.ledger.results import NewTransfer
from tests.points.ledger.books import LATER, NEXT_YEAR, START, THIS_YEAR, Books
from tests.points.ledger.model import Model, ModelAccount

KINDS = {
    "issue": "issue", "budget": "budget", "li": "household", "wang": "household", "zhao": "household", "shop": "shop",
    "honour": "honour",
}  # fmt: skip
BYTES, OPERATIONS, CHAINS, REPEATS = 7, 150, 10, 60
EXAMPLES, STEPS = 46, 7
AT_LEAST = 10_000


class Drawn:
    """An operation as seven bytes, which Hypothesis draws, repeats and shrinks well."""

    def __init__(self, raw: bytes) -> None:
        self.what, self.debit, self.credit, self.amount, self.clock, self.which, self.twist = raw


class LedgerMachine(RuleBasedStateMachine):
    """Sends the same requests to the ledger and to the model and compares every answer and every balance."""

    books: Books  # set by the test: one database for all examples
    done = 0

    @initialize()
    def open_books(self) -> None:
        """A community of its own for each example."""
        self.books.community_id += 1
        self.books.now = START
        self.books.__post_init__()
        self.model = Model(self.books.now)
        for name, kind in KINDS.items():
            unit = "honour" if kind == "honour" else "points"
            self.model.accounts[self.books.open(name, kind)] = ModelAccount(kind, unit)
        self.ids = [*self.books.accounts.values(), new_id()]
        self.sent: list[NewTransfer] = [self.books.transfer("issue", "budget", 500, code="grant")]
        self._deliver(self.sent)

    @rule(
        drawn=st.binary(min_size=BYTES * OPERATIONS, max_size=BYTES * OPERATIONS), seconds=st.integers(0, 20)
    )
    def deliver(self, drawn: bytes, seconds: int) -> None:
        """Many requests, some in each transaction, with pauses."""
        for part in self._parts(drawn, 25):
            self._wait(seconds)
            self._deliver([self._request(one) for one in part])

    @rule(drawn=st.binary(min_size=BYTES * 3 * CHAINS, max_size=BYTES * 3 * CHAINS))
    def deliver_chains(self, drawn: bytes) -> None:
        """Three requests at a time that stand or fall together."""
        for part in self._parts(drawn, 3):
            chain = [self._request(one) for one in part]
            answers = self.books.transact(create_chain, chain)
            assert [answer.status for answer in answers] == self.model.chain(chain)
            LedgerMachine.done += len(chain)

    @rule(seed=st.integers(0, 2**16))
    def deliver_again(self, seed: int) -> None:
        """Old requests arrive once more, in another order."""
        self._deliver(random.Random(seed).sample(self.sent, min(len(self.sent), REPEATS)))

    @rule(days=st.sampled_from([1, 300]))
    @precondition(lambda self: self.books.now.year < 2030)
    def a_long_time_passes(self, days: int) -> None:
        """Points end."""
        self._wait(days * 86400)

    @rule(which=st.sampled_from(["zhao", "wang", "shop", "budget"]), luck=st.integers(0, 9))
    def close(self, which: str, luck: int) -> None:
        """Now and then an account is closed."""
        account_id = self.books.accounts[which]
        if luck == 9 and not self.model.accounts[account_id].closed:
            self.books.transact(
                lambda session, one, *, now: close_account(session, self.books.community_id, one, now=now),
                account_id,
            )
            self.model.close(account_id)

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        """Every sum as a reader sees it, and as it is stored."""
        if not hasattr(self, "model"):
            return
        books, session = self.books, self.books.session
        sums = []
        for account_id, expected in self.model.accounts.items():
            there = balance_of(session, books.community_id, account_id, now=books.now)
            assert vars(there) == {name: getattr(expected, name) for name in vars(there)}
            if expected.kind in ("household", "budget"):
                assert there.available >= 0
            if expected.kind == "household":
                self._compare_wallet(account_id, expected)
            sums.append(there)
        sums.append(self._expired())
        for side in ("posted", "pending"):
            assert sum(getattr(one, f"debits_{side}") for one in sums) == sum(
                getattr(one, f"credits_{side}") for one in sums
            )
        assert books.wrong_numbers() == []

    def _compare_wallet(self, account_id, expected: ModelAccount) -> None:
        today = (self.books.now + timedelta(hours=8)).date()
        seen = wallet(
            self.books.session, self.books.community_id, account_id, now=self.books.now, today=today
        ).view
        usable = {day: points for day, points in expected.lots.items() if points and day >= today}
        assert seen.available == sum(usable.values())
        assert dict(seen.expiring) == {day: points for day, points in usable.items() if day.year < 9999}
        assert (seen.held, seen.on_notice) == (expected.debits_pending, expected.credits_pending)

    def _expired(self):
        account_id = account_id_of(self.books.session, self.books.community_id, "expired", COMMUNITY_OWNER)
        if account_id is None:
            assert self.model.expired == 0
            return balance_of(
                self.books.session, self.books.community_id, self.ids[0], now=self.books.now
            ).__class__(0, 0, 0, 0)
        there = balance_of(self.books.session, self.books.community_id, account_id, now=self.books.now)
        assert there.credits_posted == self.model.expired
        return there

    @staticmethod
    def _parts(drawn: bytes, size: int) -> list[list[Drawn]]:
        each = [Drawn(drawn[at : at + BYTES]) for at in range(0, len(drawn), BYTES)]
        return [each[at : at + size] for at in range(0, len(each), size)]

    def _wait(self, seconds: int) -> None:
        self.books.wait(seconds)
        self.model.wait(seconds)

    def _deliver(self, news: list[NewTransfer]) -> None:
        answers = self.books.transact(
            lambda session, batch, *, now: [create_transfer(session, new, now=now).status for new in batch],
            news,
        )
        for new, answer in zip(news, answers, strict=True):
            assert answer == self.model.send(new), new
        LedgerMachine.done += len(news)

    def _request(self, drawn: Drawn) -> NewTransfer:
        """A repeat, a changed repeat, a resolution, or something new."""
        if drawn.what < 40:
            old = self.sent[drawn.which % len(self.sent)]
            return replace(old, amount=1 + drawn.amount % 40) if drawn.twist < 50 else old
        new = self._resolution(drawn) if drawn.what < 130 else self._movement(drawn)
        self.sent.append(new)
        return new

    def _resolution(self, drawn: Drawn) -> NewTransfer:
        pendings = [one for one in self.sent[-60:] if one.kind == "pending"] or self.sent
        pending_id = new_id() if drawn.twist < 5 else pendings[drawn.which % len(pendings)].id
        if drawn.twist > 250:
            pending_id = self.sent[0].id
        accounts = {}
        if drawn.twist % 16 == 1:
            accounts = {
                "debit_account_id": self._account(drawn.debit),
                "credit_account_id": self._account(drawn.credit),
            }
        kind = "post" if drawn.what % 2 else "void"
        amount = drawn.amount % 30 + (kind == "void") if drawn.clock % 4 == 0 else None
        return NewTransfer(
            self.books.community_id,
            new_id(),
            "redemption",
            kind=kind,
            pending_id=pending_id,
            amount=amount,
            **accounts,
        )

    def _movement(self, drawn: Drawn) -> NewTransfer:
        clock = {}
        if drawn.what < 210:
            clock = {"kind": "pending"}
            if drawn.clock % 3:
                name = "expires_at" if drawn.clock % 3 == 1 else "posts_at"
                clock[name] = self.books.now + timedelta(seconds=drawn.clock % 40)
        return NewTransfer(
            self.books.community_id, new_id(), "award", debit_account_id=self._account(drawn.debit),
            credit_account_id=self._account(drawn.credit), amount=1 + drawn.amount % 60,
            points_expire_on=(THIS_YEAR, NEXT_YEAR, LATER, None)[drawn.twist % 4], **clock,
        )  # fmt: skip

    def _account(self, number: int):
        """Mostly budget, wallets and shop; the last of ``ids`` is nobody's."""
        return self.ids[(1, 2, 3, 4, 5, 2, 3, 0, 1, 2, 5, 3, 4, 2, 6, 7)[number % 16]]


def test_ten_thousand_operations_end_as_the_model_says(session, run, clock_at):
    LedgerMachine.books = Books(session, run, clock_at, community_id=100)
    LedgerMachine.done = 0
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=True, database=None, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert LedgerMachine.done >= AT_LEAST

"""Ordering, cancelling, handing over, undoing and time, in any order, against a model of three dictionaries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.database import db
from points.errors import DomainError
from shop.counter.operations import Outcome
from shop.orders.operations import OrderPlaced, PlaceOrder, place_order, release_lapsed
from tests.shop.till import Till, given_till

HOUSEHOLDS, POINTS, PIECES = 3, 60, 6
GOODS = (("A01", 4, None, None), ("A02", 10, 2, "month"), ("A03", 1, None, None))
PRICE = {code: points for code, points, _, _ in GOODS}
LIMIT = 2
SHELF_LIFE = timedelta(days=7)


@dataclass
class ModelOrder:
    """What the model knows of an order."""

    placed: OrderPlaced
    who: int
    lines: dict[str, int]
    placed_at: datetime
    state: str = "placed"


@dataclass
class Model:
    """Stock, wallets and states as plain numbers; orders past their time are swept whenever the clock moves."""

    free: dict[str, int]
    on_hand: dict[str, int]
    purse: list[int] = field(default_factory=lambda: [POINTS] * HOUSEHOLDS)
    orders: list[ModelOrder] = field(default_factory=list)

    def sweep(self, now: datetime) -> None:
        """What time alone does."""
        for order in self.orders:
            if order.state == "placed" and order.placed.expires_at <= now:
                self.give_back(order, "lapsed")

    def give_back(self, order: ModelOrder, state: str) -> None:
        """Points and goods of an order that was not collected."""
        order.state = state
        self.purse[order.who] += order.placed.points
        for code, pieces in order.lines.items():
            self.free[code] += pieces

    def had(self, who: int, now: datetime) -> int:
        """Pieces of the limited item this month, in the village's zone."""
        month = (now + timedelta(hours=8)).strftime("%Y-%m")
        return sum(
            order.lines.get("A02", 0)
            for order in self.orders
            if order.who == who
            and order.state in ("placed", "collected")
            and (order.placed_at + timedelta(hours=8)).strftime("%Y-%m") == month
        )

    def verdict(self, who: int, lines: dict[str, int], now: datetime) -> str:
        """What an order must be answered."""
        if lines.get("A02", 0) + self.had(who, now) > LIMIT and "A02" in lines:
            return "limit_reached"
        if any(pieces > self.free[code] for code, pieces in lines.items()):
            return "out_of_stock"
        points = sum(PRICE[code] * pieces for code, pieces in lines.items())
        return "insufficient_points" if points > self.purse[who] else "placed"


class TillMachine(RuleBasedStateMachine):
    """Sends the same acts to the shop and to the model; every answer, shelf and wallet must agree."""

    village = 0

    orders = Bundle("orders")
    scans = Bundle("scans")

    @initialize()
    def open_shop(self) -> None:
        """A community of its own for each example, in one database."""
        TillMachine.village += 1
        number = TillMachine.village
        self.till: Till = given_till(
            households=HOUSEHOLDS, points=POINTS, pieces=PIECES, goods=GOODS, code=f"till-{number}", number=number
        )  # fmt: skip
        stock = dict.fromkeys(PRICE, PIECES)
        self.model = Model(free=dict(stock), on_hand=dict(stock))

    def answer(self, act, *args, **more):
        """The result of an act, or the code of its refusal."""
        try:
            return act(*args, **more)
        except DomainError as error:
            return error.code

    @rule(
        target=orders,
        who=st.integers(0, HOUSEHOLDS - 1),
        lines=st.dictionaries(st.sampled_from(sorted(PRICE)), st.integers(1, 4), min_size=1, max_size=3),
        twice=st.booleans(),
    )
    def order(self, who, lines, twice):
        """An order, sometimes sent twice under its key."""
        till, model = self.till, self.model
        command: PlaceOrder = till.wanted(till.people[who], *lines.items())
        expected = model.verdict(who, lines, till.now)
        placed = self.answer(till.run, place_order, command)
        if twice and expected == "placed":
            assert self.answer(till.run, place_order, command) == placed
        if expected != "placed":
            assert placed == expected
            return multiple()
        assert isinstance(placed, OrderPlaced)
        model.purse[who] -= placed.points
        for code, pieces in lines.items():
            model.free[code] -= pieces
        model.orders.append(ModelOrder(placed, who, lines, till.now))
        return model.orders[-1]

    @rule(order=orders)
    def cancel(self, order):
        """The household cancels, whatever has become of the order."""
        expected = {"placed": "cancelled", "cancelled": "cancelled", "lapsed": "order_lapsed",
                    "collected": "order_collected", "annulled": "order_annulled"}[order.state]  # fmt: skip
        assert self.answer(self.till.cancel, self.till.people[order.who], order.placed) == expected
        if order.state == "placed":
            self.model.give_back(order, "cancelled")

    @rule(target=scans, order=orders, nonce=st.sampled_from(["", "", "", "n1", "n2"]), dry_run=st.booleans())
    def scan(self, order, nonce, dry_run):
        """A scan; now and then under a nonce that was used before."""
        till, model = self.till, self.model
        nonce = nonce or till.a_key()
        before = till.stored(nonce)
        outcome = self.answer(till.scan, order.placed, nonce, dry_run=dry_run)
        if before:
            same = str(before[0].order_id) == str(order.placed.id)
            assert outcome.reason == before[0].reason if same else outcome == "nonce_conflict"
            return multiple()
        expected = {"placed": None, "cancelled": "canceled", "lapsed": "invalid_time", "collected": "already_redeemed",
                    "annulled": "canceled"}[order.state]  # fmt: skip
        assert isinstance(outcome, Outcome)
        assert outcome.reason == expected
        if expected is not None or dry_run:
            return multiple()
        assert outcome.body["balance"]["available"] == model.purse[order.who]
        order.state = "collected"
        for code, pieces in order.lines.items():
            model.on_hand[code] -= pieces
        return (nonce, order, till.now)

    @rule(scanned=scans, device=st.sampled_from(["phone-1", "phone-1", "phone-2"]))
    def annul(self, scanned, device):
        """An undoing, by the right phone or another, in time or too late, perhaps again."""
        nonce, order, at = scanned
        answer = self.answer(self.till.annul, nonce, device)
        if device != "phone-1":
            assert answer == "other_device"
        elif order.state == "annulled":
            assert answer["status"] == "ok"
        elif self.till.now - at > timedelta(minutes=15):
            assert answer == "undo_time_over"
        else:
            assert answer["status"] == "ok"
            self.model.give_back(order, "annulled")
            for code, pieces in order.lines.items():
                self.model.on_hand[code] += pieces

    @rule(minutes=st.sampled_from([1, 10, 20, 60 * 24, 60 * 24 * 3, 60 * 24 * 8]))
    def wait(self, minutes):
        """Time goes by; nobody writes it down."""
        self.till.wait(minutes=minutes)
        self.model.sweep(self.till.now)

    @precondition(lambda self: self.model.orders)
    @rule()
    def tidy_up(self):
        """The nightly job runs, or not: nobody can tell."""
        self.till.run(lambda session, shop, *, now: release_lapsed(session, self.till.community_id, shop, now=now),
                      self.till.shop_id)  # fmt: skip

    @rule(code=st.sampled_from(sorted(PRICE)), pieces=st.integers(1, 3))
    def receive(self, code, pieces):
        """Goods come in."""
        self.till.receive(code, pieces)
        self.model.free[code] += pieces
        self.model.on_hand[code] += pieces

    @invariant()
    def shop_and_model_agree(self):
        """Shelves, wallets and states."""
        if not hasattr(self, "till"):
            return
        till, model = self.till, self.model
        assert {code: till.free(code) for code in PRICE} == model.free
        assert {code: till.shelf(code)[0] for code in PRICE} == model.on_hand
        assert [till.purse(person).available for person in till.people] == model.purse
        assert [till.state(order.placed) for order in model.orders] == [order.state for order in model.orders]

    def teardown(self):
        """Ledger, shelves and register add up at the end of every story."""
        if hasattr(self, "till"):
            assert self.till.wrong_numbers() == []
        db.session.rollback()


def test_any_order_of_acts_leaves_shop_and_model_in_agreement(session):
    run_state_machine_as_test(
        TillMachine,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

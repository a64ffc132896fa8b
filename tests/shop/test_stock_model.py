"""Goods coming, being ordered, handed over, annulled, spoiled, sent and counted in any order: never below zero, and the
register explains every shelf."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.database import db
from points.errors import DomainError
from shop.catalogue.operations import OpenShop, open_shop
from shop.queries import take_by_id
from shop.stock.deliveries import (
    ConfirmDelivery,
    EnterDelivery,
    LineIn,
    RejectDelivery,
    confirm_delivery,
    enter_delivery,
    reject_delivery,
)
from shop.stock.models import Stock
from shop.stock.takes import (
    BeginTake,
    CountItem,
    FinishTake,
    SignTake,
    begin_take,
    count_item,
    finish_take,
    sign_take,
)
from shop.stock.write_offs import WriteOffGoods, write_off_goods
from tests.shop.till import Till, given_till

CODES = ("A01", "A03")
few = st.integers(1, 5)
code = st.sampled_from(CODES)


class ShelfMachine(RuleBasedStateMachine):
    """Every act is tried; what is refused changes nothing, and ``books`` is what the accepted ones add up to."""

    village = 100

    @initialize()
    def open_two_shops(self) -> None:
        """Two shops of one community; the till stands in the first."""
        ShelfMachine.village += 1
        number = ShelfMachine.village
        self.till: Till = given_till(
            households=2, points=200, pieces=6, code=f"shelf-{number}", number=number
        )
        self.other = self.till.run(open_shop, OpenShop(self.till.community_id, None, "东头店"))
        self.orders, self.nonces, self.slips = [], [], []
        self.total = dict.fromkeys(CODES, 6)  # on all shelves and on the road

    def tried(self, operation, command, *, moved: tuple[str, int] | None = None):
        """The answer, or none for a refusal."""
        try:
            answer = self.till.run(operation, command)
        except DomainError:
            return None
        if moved:
            self.total[moved[0]] += moved[1]
        return answer

    @rule(code=code, pieces=few, is_transfer=st.booleans())
    def enter(self, code, pieces, is_transfer):
        """A slip; a transfer leaves the first shop at once."""
        till = self.till
        place = (
            {"shop_id": self.other, "from_shop_id": till.shop_id}
            if is_transfer
            else {"shop_id": till.shop_id}
        )
        lines = (LineIn(till.items[code], pieces),)
        source = "transfer" if is_transfer else "bought"
        slip = EnterDelivery(
            till.community_id, till.staff.id, till.a_key(), source=source, lines=lines, **place
        )
        if delivery_id := self.tried(enter_delivery, slip):
            self.slips.append((delivery_id, code, pieces, is_transfer))

    @rule(agrees=st.booleans(), arrived=st.integers(0, 6))
    def settle(self, agrees, arrived):
        """The second person finds another number, or refuses the slip."""
        if not self.slips:
            return
        till, (delivery_id, code, pieces, is_transfer) = self.till, self.slips.pop()
        if agrees:
            item = till.items[code]
            command = ConfirmDelivery(
                till.community_id, till.keeper.id, delivery_id, {item: arrived}, {item: "点到这么多"}
            )
            till.run(confirm_delivery, command)
            self.total[code] += arrived - (pieces if is_transfer else 0)
        else:
            till.run(reject_delivery, RejectDelivery(till.community_id, till.keeper.id, delivery_id, "不对"))

    @rule(code=code, pieces=few, who=st.integers(0, 1))
    def order(self, code, pieces, who):
        """Somebody wants some."""
        try:
            self.orders.append((self.till.order(self.till.people[who], (code, pieces)), code, pieces))
        except DomainError:
            return

    @rule(annuls=st.booleans())
    def hand_over(self, annuls):
        """The oldest order is collected, and perhaps the scan undone."""
        if not self.orders:
            return
        placed, code, pieces = self.orders.pop(0)
        nonce = self.till.a_key()
        if self.till.scan(placed, nonce).reason is None:
            self.total[code] -= pieces
            if annuls:
                self.till.annul(nonce)
                self.total[code] += pieces

    @rule(code=code, pieces=st.integers(1, 3))
    def spoil(self, code, pieces):
        """A few pieces are no longer good."""
        till = self.till
        slip = WriteOffGoods(
            till.community_id,
            till.staff.id,
            till.a_key(),
            till.shop_id,
            till.items[code],
            "spoiled",
            pieces,
            "受潮",
        )
        self.tried(write_off_goods, slip, moved=(code, -pieces))

    @rule(code=code, counted=st.integers(0, 9), signs=st.booleans())
    def count(self, code, counted, signs):
        """A shelf is counted; between the count and the signature somebody orders, and somebody writes off."""
        till = self.till
        take_id = till.run(begin_take, BeginTake(till.community_id, till.staff.id, till.shop_id))
        line = CountItem(till.community_id, till.staff.id, take_id, till.items[code], counted, reason="数过")
        difference = self.tried(count_item, line)
        self.order(code, 1, 0)
        self.spoil(code, 1)
        if difference is not None:
            state = self.tried(finish_take, FinishTake(till.community_id, till.staff.id, take_id))
            if state == "counted":
                self.sign(take_id, signs)
                if difference and take_by_id(db.session(), till.community_id, take_id).state == "closed":
                    assert (
                        till.shelf(code)[0] == counted
                    )  # neither the missing nor the broken pieces counted twice

    def sign(self, take_id, agrees):
        """The keeper signs; refused, it is sent back and stays open."""
        till, before = self.till, self.there()
        sign = SignTake(till.community_id, till.keeper.id, take_id, agrees)
        if self.tried(sign_take, sign) is None:
            till.run(sign_take, SignTake(till.community_id, till.keeper.id, take_id, agrees=False))
        after = self.there()
        for one in CODES:
            self.total[one] += after[one] - before[one]

    @rule(days=st.sampled_from([1, 8]))
    def wait(self, days):
        """Orders lapse by time alone."""
        self.till.wait(days=days)

    def there(self) -> dict[str, int]:
        """Pieces on the shelves of both shops."""
        db.session.rollback()
        rows = db.session.execute(
            sa.select(Stock.item_id, sa.func.sum(Stock.on_hand))
            .where(Stock.community_id == self.till.community_id)
            .group_by(Stock.item_id)
        )
        found = {item_id: int(pieces) for item_id, pieces in rows}
        db.session.rollback()
        return {one: found.get(self.till.items[one], 0) for one in CODES}

    @invariant()
    def every_shelf_is_explained(self):
        """The register, the orders and what was accepted say the same."""
        if not hasattr(self, "till"):
            return
        road = {
            one: sum(pieces for _id, code, pieces, away in self.slips if away and code == one)
            for one in CODES
        }
        assert {one: pieces + road[one] for one, pieces in self.there().items()} == self.total
        assert self.till.wrong_numbers() == []

    def teardown(self):
        """No transaction is left open."""
        db.session.rollback()


def test_any_order_of_acts_leaves_shelves_that_the_register_explains(session):
    run_state_machine_as_test(
        ShelfMachine,
        settings=settings(
            max_examples=3, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

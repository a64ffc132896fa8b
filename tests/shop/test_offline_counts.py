"""A shelf that is counted while a phone without network has sold from it: every piece leaves the book once."""

import random
from contextlib import suppress

from app.database import db
from points.errors import NotAllowed
from shop.stock.operations import CountStock, count_stock
from shop.stock.queries import moves_at
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
from tests.shop.phones import given_card, given_device, reserve, told


def test_what_a_count_found_missing_leaves_the_shelf_only_once(till):
    phone, person = given_device(till), till.people[0]
    card, order = given_card(till, person), till.order(till.people[1], ("A01", 2))
    twice = till.order(till.people[2], ("A03", 1))
    reserve(till, phone, points=20)
    till.scan(twice)
    till.wait(hours=1)  # without network: two of A01 by card, the order's two, twenty and one of A03
    till.count("A01", 16)
    till.count("A03", 0)
    till.wait(hours=1)
    sold = told(till, phone, card, ("A01", 2), nonce="sale", ago=5400)
    assert (sold.status, till.shelf("A01")) == ("ok", (16, 2))
    assert till.register("A01")[-2:] == [("handed_over", -2), ("counted", 2)]
    assert told(till, phone, order.code, ago=5400).status == "ok"
    assert till.shelf("A01") == (16, 0)
    assert told(till, phone, card, ("A01", 1), ago=5400).status == "ok"  # before the count as well
    assert told(till, phone, card, ("A01", 1), ago=60).status == "ok"  # left after the count
    assert told(till, phone, card, ("A03", 4), ago=5400).status == "ok"  # for the book none was there
    again = told(till, phone, twice.code, ago=5400)
    assert (again.reason, till.shelf("A03"), till.shelf("A01")) == ("already_redeemed", (0, 0), (15, 0))
    assert told(till, phone, card, ("A01", 2), nonce="sale", ago=5400) == sold
    moves = moves_at(db.session(), till.community_id, till.shop_id)
    assert [move.quantity for move in moves if move.was_counted] == [1, 4, 1, 2, 2]


def test_a_count_of_more_than_the_book_stays_true_too(till):
    phone, card = given_device(till), given_card(till, till.people[0])
    reserve(till, phone, points=20)
    till.wait(hours=1)  # two more stand there than the book knows; without network three are sold
    till.count("A01", 19)
    till.wait(hours=1)
    assert told(till, phone, card, ("A01", 3), ago=5400).status == "ok"
    assert till.shelf("A01") == (19, 0)


def test_a_count_that_waits_for_its_signature_hears_of_what_had_left(till):
    phone = given_device(till)
    card, order = given_card(till, till.people[0]), till.order(till.people[1], ("A01", 2))
    reserve(till, phone, points=20)
    till.wait(hours=1)  # without network: three of A01 by card, and the order's two; one is lost
    take = till.run(begin_take, BeginTake(till.community_id, till.staff.id, till.shop_id))
    line = CountItem(till.community_id, till.staff.id, take, till.items["A01"], 14, reason="少了六件")
    till.run(count_item, line)
    till.run(finish_take, FinishTake(till.community_id, till.staff.id, take))
    till.wait(hours=1)
    assert told(till, phone, card, ("A01", 3), ago=5400).status == "ok"
    assert told(till, phone, order.code, ago=5400).status == "ok"
    assert till.shelf("A01") == (15, 0)
    till.run(sign_take, SignTake(till.community_id, till.keeper.id, take, agrees=True))
    assert (till.shelf("A01"), till.register("A01")[-1]) == ((14, 0), ("counted", -1))


class Shelf:
    """What really stands on a shelf, beside what the book says of it."""

    def __init__(self, till, phone, card, chance):
        self.till, self.phone, self.card, self.chance = till, phone, card, chance
        self.pieces, self.queue, self.take = chance.randrange(17, 24), [], None

    def sell(self):
        """Without network, while there is some."""
        if self.pieces:
            self.hand_over(self.card, ("A03", 1))

    def collect(self):
        """An order placed on line, without network."""
        if self.pieces > 10:  # a count below what orders wait for is not booked
            self.hand_over(self.till.order(self.till.people[1], ("A03", 1)).code)

    def hand_over(self, code, *lines):
        self.pieces -= 1
        self.queue.append((self.till.now, code, lines))

    def tell(self):
        """Any of them: the order of telling means nothing."""
        if self.queue:
            at, code, lines = self.queue.pop(self.chance.randrange(len(self.queue)))
            ago = (self.till.now - at).total_seconds()
            assert told(self.till, self.phone, code, *lines, ago=ago).status == "ok"

    def count(self):
        """Rightly, once or once more."""
        till = self.till
        self.take = till.run(begin_take, BeginTake(till.community_id, till.staff.id, till.shop_id))
        line = CountItem(
            till.community_id, till.staff.id, self.take, till.items["A03"], self.pieces, reason="数过"
        )
        till.run(count_item, line)

    def sign(self):
        """Two of them."""
        till, take, self.take = self.till, self.take, None
        if take is not None:
            state = till.run(finish_take, FinishTake(till.community_id, till.staff.id, take))
            if state == "counted":
                till.run(sign_take, SignTake(till.community_id, till.keeper.id, take, agrees=True))

    def correct(self):
        """One shelf, by one person; not while a stock-take has counted it."""
        if self.take is None:
            till = self.till
            values = (till.staff.id, till.a_key(), till.shop_id, till.items["A03"], self.pieces, "数过")
            with suppress(NotAllowed):  # too many for one person
                till.run(count_stock, CountStock(till.community_id, *values))


ACTS = ("sell", "collect", "tell", "count", "sign", "correct")


def test_whoever_counts_and_tells_in_whatever_order_the_book_is_the_shelf_in_the_end(till):
    phone, card = given_device(till), given_card(till, till.people[0])
    reserve(till, phone, points=20, hours=24)
    chance = random.Random(8)
    shelf = Shelf(till, phone, card, chance)
    for act in chance.choices(ACTS, weights=(3, 2, 4, 2, 2, 2), k=45):
        till.wait(minutes=1)
        getattr(shelf, act)()
    till.wait(minutes=1)
    while shelf.queue:
        shelf.tell()
    shelf.sign()
    assert shelf.pieces < 15
    assert till.shelf("A03") == (shelf.pieces, 0)

"""A stock-take: in turns, blind, with reasons and two signatures, while the till goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.database import db
from points.errors import DomainError
from shop.queries import take_by_id, take_lines, write_offs_waiting
from shop.stock.deliveries import ConfirmDelivery, EnterDelivery, LineIn, confirm_delivery, enter_delivery
from shop.stock.signing import ALONE_PIECES
from shop.stock.takes import (
    BeginTake,
    CountItem,
    ExplainLine,
    FinishTake,
    SignTake,
    begin_take,
    count_item,
    explain_line,
    finish_take,
    sign_take,
)
from shop.stock.write_offs import SignWriteOff, WriteOffGoods, sign_write_off, write_off_goods


class Take:
    """A stock-take of the till's shop."""

    def __init__(self, till):
        self.till = till
        self.id = till.run(begin_take, BeginTake(till.community_id, till.staff.id, till.shop_id))

    def count(self, code, pieces, by=None, **more):
        till = self.till
        command = CountItem(
            till.community_id, (by or till.staff).id, self.id, till.items[code], pieces, **more
        )
        return till.run(count_item, command)

    def explain(self, code, reason):
        command = ExplainLine(
            self.till.community_id, self.till.staff.id, self.id, self.till.items[code], reason
        )
        self.till.run(explain_line, command)

    def finish(self, by=None):
        return self.till.run(
            finish_take, FinishTake(self.till.community_id, (by or self.till.staff).id, self.id)
        )

    def sign(self, by=None, agrees=True):
        signer = (by or self.till.keeper).id
        return self.till.run(sign_take, SignTake(self.till.community_id, signer, self.id, agrees))

    def lines(self):
        look = db.session(), self.till.community_id
        found = {line.code: line for line in take_lines(*look, take_by_id(*look, self.id))}
        db.session.rollback()
        return found


def code_of(act, *args, **more):
    with pytest.raises(DomainError) as caught:
        act(*args, **more)
    return caught.value.code


def test_sales_go_on_while_it_is_counted_and_every_later_move_stands(till):
    take = Take(till)
    waiting = till.order(till.people[0], ("A01", 2))
    assert take.count("A01", 19) == -1  # one is missing; the two that wait still stand there
    till.wait(minutes=1)
    till.scan(waiting)
    till.receive("A01", 5)
    take.explain("A01", "少了一件")
    assert take.finish() == "counted"
    till.order(till.people[1], ("A01", 4))
    assert [take.sign(), take.sign()] == ["closed", "closed"]
    assert till.shelf("A01") == (20 - 2 + 5 - 1, 4)
    assert till.register("A01")[-1] == ("counted", -1)


def test_another_person_goes_on_with_the_same_list_and_who_counts_does_not_see_the_book(till):
    first = Take(till)
    first.count("A01", 20)
    again = Take(till)
    assert again.id == first.id
    assert [again.lines()[code].booked for code in ("A01", "A02")] == [20, None]
    again.count("A02", 19, by=till.keeper)
    assert again.count("A02", 20, by=till.keeper) == 0  # looked again
    assert again.lines()["A02"].counted_name == till.keeper.name
    assert again.finish(by=till.keeper) == "closed"
    assert ("counted", 0) in till.register("A02")
    assert Take(till).id != first.id


def test_differences_need_a_reason_and_a_second_signature(till):
    take = Take(till)
    assert code_of(take.finish) == "nothing_counted"
    take.count("A01", 12)
    assert code_of(take.finish) == "take_unexplained"
    assert code_of(take.sign) == "take_not_finished"
    assert code_of(take.explain, "A01", " ") == "reason_needed"
    take.explain("A01", "漏记了一次发放")
    assert [take.finish(), take.finish()] == ["counted", "counted"]
    assert code_of(take.sign, by=till.staff) == "second_person_needed"
    assert code_of(take.sign, by=till.people[0]) == "not_of_this_shop"
    assert code_of(take.count, "A02", 20) == "take_not_open"
    assert till.shelf("A01") == (20, 0)
    assert take.sign(agrees=False) == "open"
    take.count("A01", 19, reason="漏记了一件")
    take.finish()
    assert (take.sign(), till.shelf("A01")) == ("closed", (19, 0))


def test_a_count_that_would_leave_fewer_than_orders_wait_for_is_not_booked(till):
    take = Take(till)
    take.count("A01", 3, reason="进水了")
    take.finish()
    till.order(till.people[0], ("A01", 4))
    assert code_of(take.sign) == "take_below_held"
    till.wait(days=8)
    assert (take.sign(), till.shelf("A01")) == ("closed", (3, 0))


@pytest.mark.parametrize("pieces", [2, 5])
def test_what_a_count_found_missing_is_not_written_off_as_well(till, pieces):
    def written_off(pieces):
        command = WriteOffGoods(
            till.community_id, till.staff.id, till.a_key(), till.shop_id, till.items["A01"], "spoiled", pieces, "碎了"
        )  # fmt: skip
        return till.run(write_off_goods, command)

    take = Take(till)
    take.count("A01", 20 - pieces, reason="碎了，扔了")
    assert code_of(written_off, pieces) == "take_running"
    take.finish()
    assert code_of(written_off, pieces) == "take_running"
    assert (take.sign(), till.shelf("A01")) == ("closed", (20 - pieces, 0))
    assert written_off(1) == "confirmed"


def test_nothing_is_counted_whose_slip_waits_for_a_signature(till):
    take, staff, keeper = Take(till), till.staff.id, till.keeper.id
    broken = WriteOffGoods(
        till.community_id, staff, till.a_key(), till.shop_id, till.items["A01"], "spoiled", ALONE_PIECES + 1, "碎了"
    )  # fmt: skip
    till.run(write_off_goods, broken)
    assert code_of(take.count, "A01", 20 - ALONE_PIECES - 1, reason="碎了") == "slip_waiting"
    (slip,) = write_offs_waiting(db.session(), till.community_id, [till.shop_id])
    till.run(sign_write_off, SignWriteOff(till.community_id, keeper, slip.id, agrees=True))
    line = LineIn(till.items["A01"], 10)
    came = EnterDelivery(till.community_id, staff, till.a_key(), till.shop_id, "bought", (line,))
    delivery_id = till.run(enter_delivery, came)
    assert code_of(take.count, "A01", 30, reason="来货了") == "slip_waiting"
    till.run(confirm_delivery, ConfirmDelivery(till.community_id, keeper, delivery_id))
    there = 30 - ALONE_PIECES - 1
    assert (take.count("A01", there), till.shelf("A01")) == (0, (there, 0))


def test_what_breaks_after_a_count_that_found_everything_is_written_off(till):
    take = Take(till)
    take.count("A01", 20)
    command = WriteOffGoods(
        till.community_id, till.staff.id, till.a_key(), till.shop_id, till.items["A01"], "spoiled", 2, "刚打碎的"
    )  # fmt: skip
    till.run(write_off_goods, command)
    assert (take.finish(), till.shelf("A01")) == ("closed", (18, 0))


def test_goods_that_move_while_they_are_counted_are_counted_again(till):
    take, began = Take(till), till.now
    till.wait(minutes=1)
    till.scan(till.order(till.people[0], ("A01", 1)))
    assert code_of(take.count, "A01", 20, since=began) == "shelf_moved"
    assert take.count("A01", 19, since=began + timedelta(minutes=2)) == 0
    assert code_of(take.count, "A01", -1) == "amount_too_small"
    assert code_of(take.count, "A01", 10**9) == "amount_too_large"


def test_a_stock_take_of_elsewhere_is_not_found(till):
    take = Take(till)
    command = FinishTake(till.community_id + 1, till.staff.id, take.id)
    assert code_of(till.run, finish_take, command) == "take_not_found"
    assert (
        code_of(till.run, begin_take, replace(BeginTake(till.community_id, till.staff.id, take.id)))
        == "shop_not_found"
    )

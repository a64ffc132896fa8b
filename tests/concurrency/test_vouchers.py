"""A voucher on two phones in the same second, a member's code at two counters, and two gifts that together pass the limit."""

from __future__ import annotations

from collections import Counter

import pytest

from points.gifts.operations import GivePoints, give_points
from shop.lending.operations import LendItem, lend_item
from shop.vouchers.queries import VoucherView
from tests.concurrency.crowd import all_at_once
from tests.conftest import close_site, new_site
from tests.shop.lent_and_served import given_wide_till, points_on, sold, use


@pytest.fixture
def site(database_url, tmp_path):
    """As many connections as there are phones."""
    site = new_site(database_url, tmp_path, POOL_SIZE=10)
    yield site
    close_site(site)


def test_a_voucher_shown_on_many_phones_at_once_is_served_once(site, session):
    till, partner = given_wide_till()
    (voucher,) = sold(till, "S02")
    answers = all_at_once(site, [lambda: use(till, voucher, partner)] * 6)
    assert sum(isinstance(answer, VoucherView) for answer in answers) == 1
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"voucher_used": 5}
    assert (points_on(till, "shop", partner), till.wrong_numbers()) == (5, [])


def test_gifts_at_the_same_moment_do_not_pass_the_limit_together(site, session):
    till, _partner = given_wide_till()
    giver, *others = till.people

    def give(to):
        command = GivePoints(till.community_id, giver.id, till.a_key(), to.id, 12)
        return till.run(give_points, command)

    answers = all_at_once(site, [lambda to=to: give(to) for to in others])
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"gift_day_limit": 2}
    assert (till.purse(giver).available, till.wrong_numbers()) == (88, [])


def test_a_code_at_two_counters_at_once_lends_or_sells_once(site, session):
    till, _partner = given_wide_till()
    code = till.phone_of(till.people[0])()

    def lend():
        command = LendItem(
            till.community_id, till.staff.id, till.a_key(), till.shop_id, "d", till.items["L01"], code
        )
        return till.run(lend_item, command).state

    def sell():
        outcome = till.sell(code, ("A03", 1))
        return outcome.reason or outcome.status

    answers = Counter(all_at_once(site, [lend, sell] * 3))
    assert answers["out"] + answers["ok"] == 1
    assert answers["code_used_before"] + answers["already_redeemed"] == 5
    assert till.wrong_numbers() == []

"""Gifts between households and to the care pool, and goods that leave it for those on the care list."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.database import db
from points.errors import DomainError
from points.gifts.operations import GivePoints, ThankForGift, give_points, thank_for_gift
from points.gifts.policy import MONEY_WORDS, Given, money_word, over_limit
from points.gifts.queries import circles, gifts_of_wallet, pool_figures
from points.ledger.models import Account
from shop.care.listing import (
    ConfirmCare,
    DropOldCare,
    EndCare,
    ProposeCare,
    confirm_care,
    drop_old_care,
    end_care,
    propose_care,
)
from shop.care.operations import GiveCare, give_care
from shop.care.queries import care_list, is_cared_for
from shop.orders.operations import Wanted
from shop.queries import orders_of_household
from tests.shop.lent_and_served import points_on
from tests.shop.till import SOON


def give(till, giver, to, points, note="", key=""):
    command = GivePoints(
        till.community_id, giver.id, key or till.a_key(), to.id if to else None, points, note
    )
    return till.run(give_points, command)


def hand_out(till, person, *lines, nonce=""):
    pieces = tuple(Wanted(till.items[code], quantity) for code, quantity in lines)
    command = GiveCare(
        till.community_id, till.staff.id, till.shop_id, "phone-1", nonce or till.a_key(), person.id, pieces
    )
    return till.run(give_care, command)


def listed(till, person, why="elder_alone"):
    """One proposes, another confirms."""
    entry = till.run(propose_care, ProposeCare(till.community_id, till.staff.id, person.id, why))
    till.run(confirm_care, ConfirmCare(till.community_id, till.people[-1].id, entry))
    return entry


def code_of(act, *args, **more):
    with pytest.raises(DomainError) as caught:
        act(*args, **more)
    return caught.value.code


def everything(till):
    """Points in all accounts together."""
    db.session.rollback()
    rows = db.session.query(Account).filter_by(community_id=till.community_id, unit="points")
    return sum(row.credits_posted - row.debits_posted for row in rows)


def test_a_gift_keeps_its_days_and_is_thanked_for_once(till):
    giver, taker = till.people[:2]
    till.give(giver, 6, expires_on=SOON)
    gift = give(till, giver, taker, 8, "祝早日康复", key="a-gift-1")
    assert give(till, giver, taker, 8, "祝早日康复", key="a-gift-1") == gift
    assert till.purse(taker).expiring[0] == (SOON, 6)
    assert (till.purse(giver).available, till.purse(taker).available) == (98, 108)
    thanks = ThankForGift(till.community_id, taker.id, gift)
    first = till.run(thank_for_gift, thanks)
    till.wait(hours=1)
    assert till.run(thank_for_gift, thanks) == first
    assert (
        code_of(till.run, thank_for_gift, ThankForGift(till.community_id, giver.id, gift)) == "gift_not_found"
    )
    (seen,) = gifts_of_wallet(db.session(), till.community_id, till.wallet_id(giver))
    assert (seen.is_mine, seen.other, seen.points, seen.thanked_at) == (True, taker.name, 8, first)
    (got,) = gifts_of_wallet(db.session(), till.community_id, till.wallet_id(taker))
    assert (got.is_mine, got.other, got.note) == (False, giver.name, "祝早日康复")


def test_nobody_gives_more_than_the_limits_or_what_is_not_there_or_for_money(till):
    giver, taker, third, fourth = till.people
    for points in (0, -1):
        assert code_of(give, till, giver, taker, points) == "amount_too_small"
    assert code_of(give, till, giver, giver, 1) == "gift_to_oneself"
    assert code_of(give, till, giver, taker, 1, "微信转你 5 元") == "gift_speaks_of_money"
    give(till, giver, taker, 15)
    assert code_of(give, till, giver, third, 6) == "gift_day_limit"
    assert code_of(give, till, third, taker, 6) == "gift_day_limit_of_other"
    give(till, giver, third, 5)
    till.wait(days=1)
    give(till, giver, third, 20)
    till.wait(days=1)
    assert code_of(give, till, giver, fourth, 1) == "gift_month_limit"
    give(till, giver, None, 60)
    assert code_of(give, till, giver, None, 1) == "insufficient_points"
    till.wait(days=30)
    till.give(giver, 1)
    give(till, giver, fourth, 1)


def test_who_gives_each_other_in_turn_is_seen_by_the_supervisor_only_for_thirty_days(till):
    one, two, three, _four = till.people
    give(till, one, two, 5)
    give(till, one, three, 5)
    give(till, one, None, 5)
    assert circles(db.session(), till.community_id, now=till.now) == []
    till.wait(days=1)
    give(till, two, one, 4)
    (circle,) = circles(db.session(), till.community_id, now=till.now)
    assert (circle.one[0], circle.other[0], circle.there, circle.back) == (one.name, two.name, 5, 4)
    till.wait(days=29)
    assert circles(db.session(), till.community_id, now=till.now) == []


def test_the_care_list_needs_two_people_and_forgets_after_a_year(till):
    person, home = till.people[0], till.people[0].household_id
    propose = ProposeCare(till.community_id, till.staff.id, person.id, "illness")
    entry = till.run(propose_care, propose)
    assert not is_cared_for(db.session(), till.community_id, home, now=till.now)
    own = ConfirmCare(till.community_id, till.staff.id, entry)
    assert code_of(till.run, confirm_care, own) == "second_person_needed"
    confirm = ConfirmCare(till.community_id, till.people[1].id, entry)
    until = till.run(confirm_care, confirm)
    assert code_of(till.run, confirm_care, confirm) == "care_confirmed_before"
    assert is_cared_for(db.session(), till.community_id, home, now=till.now)
    till.wait(days=300)
    assert till.run(propose_care, propose) == entry
    (line,) = care_list(db.session(), till.community_id, now=till.now)
    assert (line.is_waiting, line.expires_at, line.why) == (True, until, "illness")
    db.session.rollback()
    assert till.run(drop_old_care, DropOldCare(till.community_id)) == 0
    till.wait(days=65)
    assert care_list(db.session(), till.community_id, now=till.now) == []
    assert not is_cared_for(db.session(), till.community_id, home, now=till.now)
    db.session.rollback()
    assert till.run(drop_old_care, DropOldCare(till.community_id)) == 1
    second = listed(till, person)
    till.run(end_care, EndCare(till.community_id, till.staff.id, second))
    assert code_of(till.run, end_care, EndCare(till.community_id, till.staff.id, second)) == "care_not_found"


def test_goods_leave_the_pool_once_and_the_public_reads_sums_only(till):
    cared, giver = till.people[:2]
    assert code_of(hand_out, till, cared, ("A01", 1)) == "not_on_care_list"
    listed(till, cared)
    assert code_of(hand_out, till, cared, ("A01", 1)) == "care_pool_short"
    assert till.shelf("A01") == (20, 0)
    give(till, giver, None, 30)
    before, whole = till.purse(cared), everything(till)
    given = hand_out(till, cared, ("A01", 2), ("A03", 3), nonce="care-1")
    assert hand_out(till, cared, ("A01", 2), ("A03", 3), nonce="care-1") == given
    assert code_of(hand_out, till, cared, ("A01", 1), nonce="care-1") == "nonce_conflict"
    assert (given.points, points_on(till, "care_pool"), points_on(till, "shop", till.shop_id)) == (11, 19, 11)
    assert (till.purse(cared), till.shelf("A01"), everything(till)) == (before, (18, 0), whole)
    assert till.register("A03") == [("received", 20), ("handed_over", -3)]
    assert code_of(hand_out, till, cared, ("A01", 18)) == "care_pool_short"
    assert code_of(hand_out, till, cared, ("A01", 19)) == "out_of_stock"
    assert hand_out(till, cared, ("A02", 1)).points == 10
    assert till.order(cared, ("A02", 2)).points == 20  # the limit is two a month, and the gift was not bought
    assert [
        one.from_pool
        for one in orders_of_household(db.session(), till.community_id, cared.household_id, now=till.now)
    ] == [False, True, True]
    figures = pool_figures(db.session(), till.community_id, now=till.now)
    assert (figures.balance, [(one.came_in, one.given_out) for one in figures.months]) == (9, [(30, 21)])
    db.session.rollback()
    till.annul("care-1")
    figures = pool_figures(db.session(), till.community_id, now=till.now)
    assert (figures.balance, figures.months[0].given_out, till.shelf("A01")) == (20, 10, (20, 0))


def test_words_of_money_are_found_and_their_near_misses_are_not():
    for ban in MONEY_WORDS:
        assert [text for text in ban.refuses if money_word(text) is None] == []
    assert [(text, money_word(text)) for text in MONEY_WORDS[0].passes if money_word(text)] == []


@given(st.integers(1, 50), st.tuples(*[st.integers(0, 50)] * 4))
def test_a_gift_is_refused_exactly_when_a_sum_would_pass_its_limit(points, sums):
    most = (20, 40, 20, 40)
    passed = [top - there for top, there in zip(most, sums, strict=True) if there + points > top]
    found = over_limit(points, Given(*sums))
    assert (found is None) == (not passed)
    assert found is None or found[1] == max(0, passed[0])


def test_whatever_is_given_and_handed_out_no_point_comes_or_goes(till):
    rng, whole = Random(12), everything(till)
    for person in till.people[:2]:
        listed(till, person)
    done, refused = 0, 0
    for _ in range(40):
        one, other = rng.choices(till.people, k=2)
        act = rng.choice((give, give, hand_out))
        try:
            if act is give:
                give(till, one, rng.choice((other, None)), rng.randint(1, 12))
            else:
                hand_out(till, one, (rng.choice(("A01", "A03")), rng.randint(1, 4)))
            done += 1
        except DomainError:
            refused += 1
        till.wait(hours=rng.randint(0, 30))
        purses = sum(till.purse(person).available for person in till.people)
        shared = points_on(till, "care_pool") + points_on(till, "shop", till.shop_id)
        assert (purses + shared, everything(till)) == (400, whole)
    assert done > 10
    assert refused > 3

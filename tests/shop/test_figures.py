"""Goods behind the points: what lies on the shelves, what runs out, what was handed over."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from shop.catalogue.models import Item
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.operations import RedeemCode, redeem_code
from shop.figures import low_stock, redeemed_in, shelf_figures
from shop.stock.models import Stock
from tests.builders import MONDAY, demo_items, given_counted, given_order, given_points, given_village


def handed_over(run, village, order, nonce):
    """A scan at the counter."""
    scan = RedeemCode(
        village.community_id, village.one("shop_staff").id, village.shop_id, "phone", order.code, nonce
    )
    assert run(redeem_code, scan).status == "ok"


def test_only_goods_count_at_their_reference_price_and_at_their_price_in_points(session, run):
    village = given_village(residents=1)
    goods = [item for item in demo_items() if item.kind == "goods"]
    figures = shelf_figures(session, village.community_id, now=MONDAY)
    assert figures.pieces == 20 * len(goods)
    assert figures.reference_fen == 20 * sum(item.reference_fen for item in goods)
    assert figures.points == 20 * sum(item.points for item in goods)


def test_goods_that_nobody_can_redeem_are_no_cover(session):
    village = given_village(residents=1)
    before = shelf_figures(session, village.community_id, now=MONDAY)
    of_soap = (Item.community_id == village.community_id, Item.id == village.items["I01"])
    session.execute(sa.update(Item).where(*of_soap).values(is_offered=False))
    of_shelf = (Stock.community_id == village.community_id, Stock.item_id == village.items["I02"])
    session.execute(sa.update(Stock).where(*of_shelf).values(is_sold=False))
    after = shelf_figures(session, village.community_id, now=MONDAY)
    assert before.pieces - after.pieces == 40
    session.rollback()


def test_goods_set_aside_still_count_and_goods_handed_over_do_not(session, run, clock_at):
    village = given_village(residents=1)
    before = shelf_figures(session, village.community_id, now=MONDAY)
    session.rollback()
    given_points(village, village.residents[0], 10)
    order = given_order(village, village.residents[0], code="I01")
    assert shelf_figures(session, village.community_id, now=MONDAY) == before
    session.rollback()
    clock_at(MONDAY + timedelta(days=4, hours=1))
    handed_over(run, village, order, "one")
    after = shelf_figures(session, village.community_id, now=MONDAY)
    assert (before.points - after.points, before.reference_fen - after.reference_fen) == (4, 400)


def test_goods_of_which_few_are_left_are_named_the_scarcest_first(session, run):
    village = given_village(residents=1)
    signers = village.one("shop_staff").id, village.one("steward").id
    counted = {village.items[code]: left for code, left in (("I01", 3), ("I02", 0), ("I03", 4), ("I04", 12))}
    given_counted(village.community_id, village.shop_id, signers, counted)
    assert [(item.name_zh, item.available) for item in low_stock(session, village.community_id)] == [
        ("牙刷", 0),
        ("肥皂/香皂", 3),
    ]
    towels = sa.and_(Stock.community_id == village.community_id, Stock.item_id == village.items["I04"])
    session.execute(sa.update(Stock).where(towels).values(low_at=13))
    assert [item.available for item in low_stock(session, village.community_id)] == [0, 3, 12]


def test_handed_over_points_are_added_up_by_span_without_what_was_undone(session, run, clock_at):
    village = given_village(residents=2)
    for person in village.residents:
        given_points(village, person, 10)
    orders = [given_order(village, person, code="I01") for person in village.residents]
    moment = MONDAY + timedelta(days=4, hours=1)
    clock_at(moment)
    for order, nonce in zip(orders, ("one", "two"), strict=True):
        handed_over(run, village, order, nonce)
    run(annul_redemption, AnnulRedemption(village.community_id, village.one("shop_staff").id, "phone", "two"))
    week = timedelta(days=7)
    spans = [(moment - week, moment), (moment, moment + week)]
    assert redeemed_in(session, village.community_id, spans) == [0, 4]

"""The shop's goods over the weeks: more bought, some given, vegetables of the party members' field, one stock-take."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from app import clock
from app.database import db
from app.demo.cast import SHOP
from app.demo.village import deliver
from app.transaction import transact
from shop.catalogue.models import VOUCHER_KINDS
from shop.queries import ItemView, items_at, take_by_id, take_lines
from shop.stock.deliveries import LineIn
from shop.stock.donors import SaveDonor, save_donor
from shop.stock.places import SetPlaces, set_places
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

if TYPE_CHECKING:
    from app.demo.history import Story

DONATED, HARVESTED, TAKEN = 24, 12, 8  # days before today


def goods_of_the_day(story: Story, day: date) -> None:
    """Most days nothing; on three days goods come as gifts or are counted."""
    ago = (story.today - day).days
    step = {DONATED: _donation, HARVESTED: _harvest, TAKEN: _stock_take}.get(ago)
    if step is not None:
        step(story)


def restock(story: Story) -> None:
    """What has run low is bought anew; of services the steward says that there are more."""
    low = [item for item in _items(story) if item.available < 10]
    goods = [item for item in low if item.kind not in VOUCHER_KINDS]
    if goods:
        lines = tuple(LineIn(item.id, 20, item.reference_fen * 9 // 10) for item in goods)
        _deliver(story, "bought", lines, note="补货")
    village, day = story.village, clock.now().date()
    for item in low:
        if item.kind in VOUCHER_KINDS:
            more = (village.shops[SHOP], item.id, item.on_hand + 20, "和服务的人说好的")
            key = f"demo-places-{day}-{item.code}"
            transact(set_places, SetPlaces(village.id, village.roles["steward"][0].id, key, *more))
    if low:
        story.counts["restocked"] = len(low)


def _donation(story: Story) -> None:
    """Thirty pieces of two things, by a shopkeeper who may be named, for those who need it."""
    steward = story.village.roles["steward"][0].id
    donor = SaveDonor(story.village.id, steward, "镇上的惠民粮油店", "company", is_public=True)
    donor_id = transact(save_donor, donor)
    lines = tuple(LineIn(item.id, 15) for item in _goods(story)[:2])
    _deliver(story, "donated", lines, donor_id=donor_id, wish="请先留给独居的老人")


def _harvest(story: Story) -> None:
    """Vegetables cost nothing and do not last."""
    item = _goods(story)[-1]
    lines = (LineIn(item.id, 12, best_before=clock.now().date() + timedelta(days=HARVESTED + 7)),)
    _deliver(story, "charity_field", lines, note="党员义田收的")


def _stock_take(story: Story) -> None:
    """The volunteer counts, one piece is missing and explained, the steward signs."""
    village, staff = story.village, story.village.roles["shop_staff"][0].id
    take_id = transact(begin_take, BeginTake(village.id, staff, village.shops[SHOP]))
    lines = take_lines(db.session(), village.id, take_by_id(db.session(), village.id, take_id))
    stands = {item.id: item.on_hand for item in _items(story)}
    broken = next(item.id for item in _items(story) if item.kind == "goods" and item.available > 0)
    for line in lines:
        there = stands[line.item_id] - (line.item_id == broken)
        why = "运货时摔坏一件，当时没有记" if line.item_id == broken else ""
        transact(count_item, CountItem(village.id, staff, take_id, line.item_id, there, reason=why))
    transact(finish_take, FinishTake(village.id, staff, take_id))
    transact(sign_take, SignTake(village.id, village.roles["steward"][0].id, take_id, agrees=True))


def _items(story: Story) -> list[ItemView]:
    village = story.village
    found = items_at(db.session(), village.id, village.shops[SHOP], now=clock.now())
    db.session.rollback()
    return found


def _goods(story: Story) -> list[ItemView]:
    return [item for item in _items(story) if item.kind == "goods"]


def _deliver(story: Story, source: str, lines: tuple[LineIn, ...], **more: object) -> None:
    village = story.village
    signers = village.roles["shop_staff"][0].id, village.roles["steward"][0].id
    deliver(village.id, village.shops[SHOP], signers, village.key(), source, lines, **more)

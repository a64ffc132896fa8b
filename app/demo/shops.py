"""The shops of the demo village: hours, limits for a person, a partner, a price that is coming, wishes."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from app import clock
from app.database import db
from app.demo.cast import SHOP, STATION
from app.demo.village import DemoVillage
from app.transaction import transact
from shop.catalogue.announcing import AnnouncePrice, announce_price
from shop.catalogue.editing import EditItem, ItemDetails, edit_item
from shop.catalogue.hours import Hours, monthly_days, weekly
from shop.catalogue.limits import Limit
from shop.catalogue.operations import OpenShop, open_shop
from shop.catalogue.shops import SetDoor, SetOpenings, set_door, set_openings
from shop.queries import items_at
from shop.wishes.operations import AnswerWish, BackWish, MakeWish, answer_wish, back_wish, make_wish

BARBER = "阿芳理发店"
WORKDAYS = ("MO", "TU", "WE", "TH", "FR")
OPEN_ON = {
    SHOP: (Hours(weekly(WORKDAYS), "08:30", "11:30"), Hours(monthly_days((5, 15, 25)), "14:00", "17:00")),
    STATION: (Hours(weekly(("TU", "FR")), "09:00", "16:00"),),
    BARBER: (Hours(weekly(("WE", "SA", "SU")), "09:00", "18:00"),),
}
WISHES = (("保温杯", 6), ("儿童雨衣", 3), ("磨刀服务", 2))


def arrange_shops(village: DemoVillage) -> None:
    """As the steward keeps them. The first shop's door is held open: a visitor comes at any hour."""
    steward = village.roles["steward"][0].id
    barber = OpenShop(village.id, steward, BARBER, "村口大樟树下", kind="partner")
    village.shops[BARBER] = transact(open_shop, barber)
    for name, openings in OPEN_ON.items():
        transact(set_openings, SetOpenings(village.id, steward, village.shops[name], openings))
    transact(set_door, SetDoor(village.id, steward, village.shops[SHOP], "open", "示范：随时可以试"))
    items = {
        item.code: item
        for item in items_at(
            db.session(), village.id, village.shops[SHOP], now=clock.now(), only_offered=False
        )
    }
    db.session.rollback()
    own = {one.name for one in fields(ItemDetails)}
    for code, limits, more in (
        ("I21", (), {"partner_id": village.shops[BARBER], "voucher_days": 60}),
        ("I01", (Limit("person", "day", 2),), {}),
    ):
        item = items[code]
        details = ItemDetails(**({name: getattr(item, name) for name in own} | more))
        transact(edit_item, EditItem(village.id, steward, item.id, details, (*item.limits, *limits)))
    brush, day = items["I02"], clock.today("Asia/Shanghai") + timedelta(days=9)
    coming = AnnouncePrice(
        village.id, steward, brush.id, brush.points + 1, brush.reference_fen, day, "进价涨了"
    )
    transact(announce_price, coming)
    _wish(village, steward)


def _wish(village: DemoVillage, steward: object) -> None:
    for text, backers in WISHES:
        people = village.adults[: backers * 5 : 5]
        wish_id = transact(make_wish, MakeWish(village.id, people[0].id, text))
        for person in people[1:]:
            transact(back_wish, BackWish(village.id, person.id, wish_id))
    done = transact(make_wish, MakeWish(village.id, village.adults[7].id, "老花镜"))
    transact(answer_wish, AnswerWish(village.id, steward, done, "done", "上个月到货了，在柜台旁边。"))  # type: ignore[arg-type]

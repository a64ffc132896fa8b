"""Yesterday afternoon in the demo: two haircuts on vouchers, an umbrella lent, a gift, and something for the care pool."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from app import clock
from app.database import db
from app.demo.cast import SHOP
from app.demo.village import deliver
from app.transaction import transact
from points.gifts.operations import GivePoints, give_points
from points.ledger.operations import account_id_of
from points.ledger.queries import wallet
from points.people.queries import MemberBrief
from shop.care.listing import ProposeCare, propose_care
from shop.catalogue.operations import ImportCatalogue, import_catalogue
from shop.catalogue.sheet import CatalogueItem
from shop.codes.keys import code_keys
from shop.codes.member_keys import AddPhone, add_phone
from shop.codes.rotating import member_code
from shop.counter.operations import RedeemCode, redeem_code
from shop.lending.operations import LendItem, lend_item
from shop.orders.operations import PlaceOrder, Wanted, place_order
from shop.queries import items_at
from shop.stock.deliveries import LineIn
from shop.vouchers.operations import UseVoucher, use_voucher
from shop.vouchers.queries import VoucherView, vouchers_of_order

if TYPE_CHECKING:
    from app.demo.history import Story

HAIRCUT = "I21"
UMBRELLA = CatalogueItem(
    2,
    "L01",
    "loan",
    "雨伞（借用）",
    "umbrella (on loan)",
    5,
    1500,
    "把",
    "piece",
    None,
    None,
    "umbrella",
    "押金退还",
    "",
)


def kindness(story: Story, day: date) -> None:
    """On the day before today; keys of its own, so that the rest of the story goes as it would without."""
    if (story.today - day).days != 1:
        return
    village, shop_id = story.village, story.village.shops[SHOP]
    story.do("catalogue", import_catalogue, ImportCatalogue(village.id, None, (UMBRELLA,)))
    items = {one.code: one.id for one in _items(story, shop_id)}
    signers = village.roles["shop_staff"][0].id, village.roles["steward"][0].id
    bought = LineIn(items[UMBRELLA.code], 6, cost_fen=2000)
    deliver(village.id, shop_id, signers, "demo-umbrellas", "bought", (bought,), note="村里买的")
    staff = village.roles["shop_staff"][0].id
    first, second, *others = _people_with_points(story, day)
    vouchers = [
        _haircut(story, person, items[HAIRCUT], number) for number, person in enumerate((first, second))
    ]
    used = UseVoucher(village.id, staff, shop_id, vouchers[0].token, "demo-voucher") if vouchers[0] else None
    if used:
        story.do("vouchers used", use_voucher, used)
    code = _phone_code(village.id, others[0])
    lend = LendItem(village.id, staff, "demo-umbrella", shop_id, "demo-counter", items[UMBRELLA.code], code)
    story.do("loans", lend_item, lend)
    story.do(
        "gifts",
        give_points,
        GivePoints(village.id, others[1].id, "demo-gift", first.id, 3, "谢谢您帮我看孩子"),
    )
    story.do("gifts", give_points, GivePoints(village.id, others[2].id, "demo-pool", None, 6))
    steward = village.roles["steward"][0].id
    story.do("care", propose_care, ProposeCare(village.id, steward, others[3].id, "elder_alone"))


def _phone_code(community_id: int, person: MemberBrief) -> str:
    """What the person's phone shows now."""
    phone = transact(add_phone, AddPhone(community_id, person.id))
    key = code_keys(db.session()).member_key(phone.handle)
    return member_code(phone.handle, key, clock.now())


def _items(story: Story, shop_id: uuid.UUID) -> list:
    found = items_at(db.session(), story.village.id, shop_id, now=clock.now(), only_offered=False)
    db.session.rollback()
    return found


def _people_with_points(story: Story, day: date) -> list[MemberBrief]:
    """One of each household, those who can spend most first; the sign-ins of the demo keep what they have."""
    homes = {regular.household_id for regular in story.regulars}
    purses: list[tuple[int, int, MemberBrief]] = []
    for number, person in enumerate(story.village.adults):
        if person.household_id in homes:
            continue
        homes.add(person.household_id)
        purse = account_id_of(db.session(), story.village.id, "household", person.household_id)
        there = wallet(db.session(), story.village.id, purse, now=clock.now(), today=day).view.available
        purses.append((-there, number, person))
    db.session.rollback()
    return [person for _there, _number, person in sorted(purses)]


def _haircut(story: Story, person: MemberBrief, item_id: uuid.UUID, number: int) -> VoucherView | None:
    village, shop_id = story.village, story.village.shops[SHOP]
    order = story.do("orders", place_order,
                     PlaceOrder(village.id, person.id, f"demo-haircut-{number}", shop_id, (Wanted(item_id, 1),)))  # fmt: skip
    if order is None:
        return None
    staff = village.roles["shop_staff"][0].id
    scan = RedeemCode(village.id, staff, shop_id, "demo-counter", order.code, f"demo-haircut-{number}")
    story.do("redeemed", redeem_code, scan)
    issued = vouchers_of_order(db.session(), village.id, order.id, now=clock.now())
    db.session.rollback()
    story.counts["vouchers"] = story.counts.get("vouchers", 0) + len(issued)
    return issued[0] if issued else None

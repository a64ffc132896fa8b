"""The spending side: what is on offer, and orders."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.api.calls import call, give, give_page
from app.api.cursors import as_id, as_text, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.repeats import Show, answer_once, asked_by
from app.database import db
from app.permissions import requires
from app.schemas.answers.base import page_of
from app.schemas.answers.shop import ItemSchema, OrderPlacedSchema, OrderSchema
from app.schemas.commands import MoveOrderSchema, PlaceOrderSchema
from app.schemas.fields import Key
from points.errors import NotFound
from shop.orders.moving import MoveOrder, move_order
from shop.orders.operations import CancelOrder, PlaceOrder, Wanted, cancel_order, place_order
from shop.queries import ItemView, OrderView, ShopView, items_at, order_by_id, shop_by_id, shops_of

views = Blueprint("api_shop", __name__)

ItemPage = page_of(ItemSchema)
SHOP = {"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b030", "name": "村口积分超市"}
ITEM = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b031", "code": "I01", "kind": "goods", "name_zh": "肥皂", "name_en": "Soap",
    "detail_zh": "", "detail_en": "", "unit_zh": "块", "unit_en": "bar", "icon": "hand-soap", "points": 5, "stock": 18,
    "takes_place_at": None, "next_price": {"points": 6, "valid_from": "2026-11-30T16:00:00Z"},
    "limits": [{"whose": "household", "count": 4, "period": "month"}], "shop": SHOP,
}  # fmt: skip
PLACED = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b032", "state": "placed", "code": "3K7F9QW2M8X4B6T1D5V0NZ", "points": 5,
    "expires_at": "2026-09-18T01:00:00Z",
}  # fmt: skip
ORDER = PLACED | {
    "shop": SHOP, "member": "张桂兰", "way": "ahead", "prepared_at": None, "placed_at": "2026-09-11T01:00:00Z", "ended_at": None,
    "lines": [{"item_id": ITEM["id"], "name_zh": "肥皂", "name_en": "Soap", "quantity": 1, "points": 5}],
}  # fmt: skip


class ItemQuery(PageQuery):
    """``shop``: one shop; without it all of them, one after the other."""

    shop = Key(load_default=None, metadata={"description": "one shop; all of them by default"})


@views.get("/items")
@requires("shop.order")
@call(
    "Goods and services on offer with points, stock and limits, shop by shop.", ItemPage, query=ItemQuery,
    refusals=(404,), example={"items": [ITEM], "next": None},
)  # fmt: skip
def items(query: dict[str, Any]) -> Response:
    """By shop, then by the catalogue's own order."""
    session, community_id = db.session(), current_user.community_id
    shops = (
        [shop_by_id(session, community_id, query["shop"])]
        if query["shop"]
        else shops_of(session, community_id)
    )
    shop_id, code = read_cursor(query["after"], as_id, as_text) if query["after"] else (None, "")
    lines: list[dict[str, Any]] = []
    for shop in shops:
        if shop_id is not None and shop.id < shop_id:
            continue
        after = code if shop.id == shop_id else ""
        offered = items_at(session, community_id, shop.id, now=clock.now())
        lines += [_item(shop, item) for item in offered if item.code > after]
        if len(lines) > query["limit"]:
            break
    return give_page(
        ItemPage, lines, query["limit"], lambda last: write_cursor(last["shop"]["shop_id"], last["item"].code)
    )


def _item(shop: ShopView, item: ItemView) -> dict[str, Any]:
    return {
        "item": item,
        "next_price": item if item.next_from is not None else None,
        "shop": {"shop_id": shop.id, "shop": shop.name},
    }


@views.post("/orders")
@requires("shop.order")
@call(
    "Order goods: they are set aside and the points held until they are collected, cancelled, or the time is over. With "
    "points_each a line is ordered at that price or not at all (price_changed).",
    OrderPlacedSchema, status=201, body=PlaceOrderSchema, takes_key=True, refusals=(404,),
    sent={"shop_id": SHOP["id"], "lines": [{"item_id": ITEM["id"], "quantity": 1, "points_each": 5}]}, example=PLACED,
)  # fmt: skip
def place(body: dict[str, Any]) -> Response:
    """``code`` is for the counter: show it as a QR code, or spell it."""
    viewer = current_user
    asked = asked_by(viewer, body)
    lines = tuple(Wanted(**line) for line in body["lines"])
    command = PlaceOrder(viewer.community_id, viewer.member_id, asked.request_key, body["shop_id"], lines)
    return answer_once(asked, place_order, command, OrderPlacedSchema, status=201)


def _own_order(session: Session, order_id: uuid.UUID, now: datetime) -> OrderView:
    """NotFound ``order_not_found``, also for other households'."""
    found = order_by_id(session, current_user.community_id, order_id, now=now)
    if found.household_id != current_user.household_id:
        raise NotFound("order_not_found")
    return found


@views.get("/orders/<uuid:order_id>")
@requires("shop.order")
@call("An order of the own household.", OrderSchema, example=ORDER)
def show(order_id: uuid.UUID) -> Response:
    """Past its time it reads lapsed, whether or not a job has run."""
    return give(OrderSchema, _own_order(db.session(), order_id, clock.now()))


@views.post("/orders/<uuid:order_id>/cancel")
@requires("shop.order")
@call(
    "Cancel an order: points (with the days they had) and goods come back.", OrderSchema, takes_key=True,
    refusals=(410,), example=ORDER | {"state": "cancelled", "ended_at": "2026-09-11T02:00:00Z"},
)  # fmt: skip
def cancel(order_id: uuid.UUID) -> Response:
    """Everybody of the household may."""
    command = CancelOrder(current_user.community_id, current_user.member_id, order_id)
    return answer_once(asked_by(current_user), cancel_order, command, OrderSchema, show=_shown(order_id))


@views.post("/orders/<uuid:order_id>/move")
@requires("shop.order")
@call(
    "Collect an order at another shop that has everything: the code, the price and the time stay.", OrderSchema,
    body=MoveOrderSchema, takes_key=True, refusals=(404, 410), sent={"shop_id": SHOP["id"]}, example=ORDER,
)  # fmt: skip
def move(body: dict[str, Any], order_id: uuid.UUID) -> Response:
    """All or nothing; everybody of the household may."""
    command = MoveOrder(current_user.community_id, current_user.member_id, order_id, body["shop_id"])
    asked = asked_by(current_user, body)
    return answer_once(asked, move_order, command, OrderSchema, show=_shown(order_id))


def _shown(order_id: uuid.UUID) -> Show:
    """The order as it is after the operation, whatever that returned."""

    def shown(session: Session, _result: object, *, now: datetime) -> OrderView:
        return _own_order(session, order_id, now)

    return shown

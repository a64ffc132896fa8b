"""The points supermarket as residents see it."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.web.forms import blank_form
from app.web.hours import door_at
from points.errors import NotFound
from points.ledger.queries import wallet
from shop.catalogue.limits import Limit
from shop.lending.queries import LendableView, things_to_lend
from shop.orders.operations import MOST_PIECES
from shop.queries import ItemView, ShopView, item_at, items_at, limits_left, shops_of

views = Blueprint("catalogue", __name__)


def shop_in(text: str | None, shops: list[ShopView]) -> ShopView:
    """The shop an address names, else the first. NotFound ``shop_not_found``."""
    if not shops:
        raise NotFound("shop_not_found")
    if not text:
        return shops[0]
    for shop in shops:
        if str(shop.id) == text:
            return shop
    raise NotFound("shop_not_found")


def _counters() -> list[ShopView]:
    """Where goods are collected: partners serve vouchers and keep no shelf."""
    return [shop for shop in shops_of(db.session(), current_user.community_id) if shop.kind == "shop"]


def usable_points() -> int:
    """What the viewer's wallet can pay now."""
    if current_user.wallet_id is None:
        return 0
    found = wallet(
        db.session(),
        current_user.community_id,
        current_user.wallet_id,
        now=clock.now(),
        today=current_user.today,
    )
    return found.view.available


def limit_words(item: ItemView) -> str:
    """How much of an item a household, or one person, may have."""
    return _("，").join(_one_limit(limit) for limit in item.limits)


def _one_limit(limit: Limit) -> str:
    words = {
        ("household", "day"): _("每户每天最多 %(n)s 件", n=limit.pieces),
        ("household", "week"): _("每户每周最多 %(n)s 件", n=limit.pieces),
        ("household", "month"): _("每户每月最多 %(n)s 件", n=limit.pieces),
        ("household", "quarter"): _("每户每季度最多 %(n)s 件", n=limit.pieces),
        ("household", "year"): _("每户每年最多 %(n)s 件", n=limit.pieces),
        ("person", "day"): _("每人每天最多 %(n)s 件", n=limit.pieces),
        ("person", "week"): _("每人每周最多 %(n)s 件", n=limit.pieces),
        ("person", "month"): _("每人每月最多 %(n)s 件", n=limit.pieces),
        ("person", "quarter"): _("每人每季度最多 %(n)s 件", n=limit.pieces),
        ("person", "year"): _("每人每年最多 %(n)s 件", n=limit.pieces),
    }
    return words[limit.whose, limit.period]


@views.get("/shop")
@requires("shop.order")
def index() -> ResponseReturnValue:
    """Everything on offer at one shop; what is there first, then what is out."""
    shops = _counters()
    if not shops:
        return render_template("catalogue/none.html")
    shop = shop_in(request.args.get("shop"), shops)
    items = [
        item
        for item in items_at(db.session(), current_user.community_id, shop.id, now=clock.now())
        if item.on_hand > 0 or shop.id == shops[0].id
    ]
    kind = request.args.get("kind", "")
    shown = [item for item in items if not kind or (item.kind == "goods") == (kind == "goods")]
    shown.sort(key=lambda item: (item.available <= 0, item.kind != "goods", item.points, item.code))
    return render_template(
        "catalogue/index.html", shop=shop, shops=shops, items=shown, kind=kind, usable=usable_points(),
        limit_words=limit_words, things=_things(shop, kind), door=door_at(current_user.community_id, shop),
    )  # fmt: skip


def _things(shop: ShopView, kind: str) -> list[LendableView]:
    """What may be borrowed, where things are shown."""
    if kind not in ("", "goods"):
        return []
    return things_to_lend(db.session(), current_user.community_id, shop.id, now=clock.now())


@views.get("/shop/items/<uuid:item_id>")
@requires("shop.order")
def item(item_id: uuid.UUID) -> ResponseReturnValue:
    """One item, how many, and the button."""
    return render_template(
        "catalogue/item.html", **item_page(item_id, request.args.get("shop")), form=blank_form()
    )


def item_page(item_id: uuid.UUID, shop_id: str | None) -> dict[str, object]:
    """What the page of an item needs. NotFound for another community's item or shop."""
    shop = shop_in(shop_id, _counters())
    found = item_at(db.session(), current_user.community_id, shop.id, item_id, now=clock.now())
    if not found.is_offered or not found.is_sold:
        raise NotFound("item_not_found")
    usable, left = usable_points(), _left_of_limit(found)
    most = min(found.available, left, usable // found.points if found.points else MOST_PIECES)
    return {
        "shop": shop,
        "door": door_at(current_user.community_id, shop),
        "item": found,
        "usable": usable,
        "most": most,
        "left": left,
        "limit": limit_words(found),
    }


def _left_of_limit(item: ItemView) -> int:
    """Pieces the viewer may still have in the running periods, at most as many as an order takes."""
    viewer = current_user
    left = limits_left(
        db.session(), viewer.community_id, household_id=viewer.household_id, member_id=viewer.member_id,
        item_ids=[item.id], zone=viewer.zone, now=clock.now(),
    )  # fmt: skip
    return min(left.get(item.id, MOST_PIECES), MOST_PIECES)

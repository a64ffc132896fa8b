"""Price tags on A4: name, points, unit, and a code that opens the item or that the till scans."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.catalogue import TagsSchema
from app.web.board import public_address
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.stock import managed_shop
from points.errors import DomainError, Invalid
from shop.queries import ItemView, ShopView, items_at

views = Blueprint("tags", __name__)


@views.get("/stock/tags")
@requires("stock.manage")
def index() -> ResponseReturnValue:
    """Choose the items of a shop."""
    shop = managed_shop(request.args.get("shop"))
    return render_template("tags/index.html", shop=shop, items=_items(shop), form=blank_form())


@views.post("/stock/tags")
@requires("stock.manage")
def sheet() -> ResponseReturnValue:
    """The sheets that are printed."""
    shop, form = managed_shop(request.form.get("shop")), posted_form()
    items = _items(shop)
    try:
        values = load_form(TagsSchema, "item_ids")
        chosen = [item for item in items if item.id in values["item_ids"]]
        if not chosen:
            raise Invalid("nothing_chosen")
    except DomainError as error:
        return show_again("tags/index.html", form, error, shop=shop, items=items)
    tags = [(item, _carried(shop, item, values["carries"])) for item in chosen]
    return make_response(render_template("tags/sheet.html", shop=shop, tags=tags))


def _items(shop: ShopView) -> list[ItemView]:
    return items_at(db.session(), current_user.community_id, shop.id, now=clock.now())


def _carried(shop: ShopView, item: ItemView, carries: str) -> str:
    """What the code says: the maker's barcode if it has one and that is wanted, else the item's public address."""
    if carries == "barcode" and item.barcode:
        return item.barcode
    return f"{public_address('shelf.show', code=current_user.community_code, shop=str(shop.id))}#{item.code}"

"""The basket: several things at one shop, ordered together; and an earlier order, wanted again."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.sentences import say
from app.transaction import transact
from app.web.catalogue import item_page, shop_in, usable_points
from app.web.forms import Form, posted_form, request_key, show_again
from app.web.orders import line_of, name_field, wanted_lines
from points.errors import DomainError, NotFound
from shop.orders.basket import (
    FillBasket,
    OrderAgain,
    TakeOut,
    basket_at,
    baskets_of,
    fill_basket,
    order_again,
    take_out,
)
from shop.orders.operations import PlaceOrder, Wanted, place_order
from shop.queries import shops_of

views = Blueprint("basket", __name__)


@views.get("/basket")
@requires("shop.order")
def index() -> ResponseReturnValue:
    """What is in the basket of a shop, at today's prices, with the sum."""
    return render_template("basket/index.html", form=Form(), **_page(request.args.get("shop")))


def _page(shop_text: str | None) -> dict[str, Any]:
    """What the basket page needs: the shop an address names, else one with something in its basket, else the first."""
    session, viewer = db.session(), current_user
    shops = shops_of(session, viewer.community_id)
    filled = baskets_of(session, viewer.community_id, viewer.member_id)
    if not shop_text:
        shop_text = next((str(shop.id) for shop in shops if shop.id in filled), None)
    shop = shop_in(shop_text, shops)
    lines = basket_at(session, viewer.community_id, viewer.member_id, shop.id, now=clock.now())
    return {
        "shop": shop, "shops": [each for each in shops if each.id in filled], "lines": lines,
        "total": sum(line.points for line in lines), "usable": usable_points(),
    }  # fmt: skip


@views.post("/basket/items")
@requires("shop.order")
def add() -> ResponseReturnValue:
    """From an item's page: the basket now holds so many of it."""
    form, item_id = posted_form(), request.form.get("item_id", type=uuid.UUID)
    if item_id is None:
        raise NotFound("item_not_found")
    try:
        shop_id, lines = wanted_lines(request.form.get("shop_id", ""), [line_of(item_id)])
        command = FillBasket(current_user.community_id, current_user.member_id, shop_id, lines)
        transact(fill_basket, command)
    except NotFound:
        raise
    except DomainError as error:
        name_field(error)
        return show_again(
            "catalogue/item.html", form, error, **item_page(item_id, request.form.get("shop_id"))
        )
    flash(_("篮子里现在有 %(count)s 件。看好了再一起下单。", count=lines[0].quantity), "ok")
    return redirect(url_for("basket.index", shop=shop_id), 303)


def _typed_lines() -> tuple[uuid.UUID, tuple[Wanted, ...]]:
    """All lines of the basket's form, each with the price that stood beside it."""
    ids = request.form.getlist("item_id")
    lines = [
        {"item_id": one, "quantity": request.form.get(f"quantity-{one}", ""),
         "points_each": request.form.get(f"points-{one}", "")}
        for one in ids
    ]  # fmt: skip
    try:
        return wanted_lines(request.form.get("shop_id", ""), lines)
    except DomainError as error:
        errors = error.facts.get("errors")
        if isinstance(errors, dict):
            error.facts["errors"] = {_field(str(name), ids): said for name, said in errors.items()}
        raise


def _field(name: str, ids: list[str]) -> str:
    """``lines.1.quantity`` is the number beside the second item."""
    parts = name.split(".")
    return f"quantity-{ids[int(parts[1])]}" if len(parts) == 3 else name


def _again(error: DomainError) -> ResponseReturnValue:
    """The basket with what was typed, and every price as it is now."""
    return show_again("basket/index.html", posted_form(), error, **_page(request.form.get("shop_id")))


@views.post("/basket")
@requires("shop.order")
def change() -> ResponseReturnValue:
    """Other quantities."""
    try:
        shop_id, lines = _typed_lines()
        transact(fill_basket, FillBasket(current_user.community_id, current_user.member_id, shop_id, lines))
    except NotFound:
        raise
    except DomainError as error:
        return _again(error)
    flash(_("件数改好了。"), "ok")
    return redirect(url_for("basket.index", shop=shop_id), 303)


@views.post("/basket/order")
@requires("shop.order")
def order() -> ResponseReturnValue:
    """Everything in the basket becomes one order; nothing does where a price is not the one that was shown."""
    viewer = current_user
    try:
        shop_id, lines = _typed_lines()
        command = PlaceOrder(
            viewer.community_id, viewer.member_id, request_key(), shop_id, lines, from_basket=True
        )
        placed = transact(place_order, command)
    except NotFound:
        raise
    except DomainError as error:
        return _again(error)
    flash(_("已经给您留好了。到店出示这个码就能取。"), "ok")
    return redirect(url_for("orders.show", order_id=placed.id), 303)


@views.post("/basket/out")
@requires("shop.order")
def out() -> ResponseReturnValue:
    """One item less."""
    shop_id, item_id = (request.form.get(name, type=uuid.UUID) for name in ("shop_id", "item_id"))
    if shop_id is None or item_id is None:
        raise NotFound("item_not_found")
    transact(take_out, TakeOut(current_user.community_id, current_user.member_id, shop_id, (item_id,)))
    flash(_("从篮子里拿出来了。"), "ok")
    return redirect(url_for("basket.index", shop=shop_id), 303)


@views.post("/orders/<uuid:order_id>/again")
@requires("shop.order")
def again(order_id: uuid.UUID) -> ResponseReturnValue:
    """The same things once more, into the basket."""
    try:
        done = transact(order_again, OrderAgain(current_user.community_id, current_user.member_id, order_id))
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
        return redirect(url_for("orders.show", order_id=order_id), 303)
    if done.left_out:
        flash(_("放进篮子了；有 %(count)s 样这个店现在没有，没有放。", count=done.left_out), "info")
    else:
        flash(_("都放进篮子了，看好件数再下单。"), "ok")
    return redirect(url_for("basket.index", shop=done.shop_id), 303)

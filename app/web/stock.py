"""The shelf and its in and out register."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.api.cursors import as_id, as_moment, read_cursor, write_cursor
from app.database import db
from app.identity.shop_phone import check_shop_phone
from app.permissions import requires
from app.schemas.commands import CountStockSchema
from app.schemas.desk import ReasonSchema
from app.schemas.stock import PlacesSchema, WriteOffSchema
from app.transaction import transact
from app.web.catalogue import shop_in
from app.web.deed_form import beside_its_field
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from points.errors import DomainError, NotAllowed, NotFound
from shop.catalogue.models import VOUCHER_KINDS
from shop.catalogue.operations import OfferItem, offer_item
from shop.figures import low_stock
from shop.offline.queries import unsettled
from shop.queries import ShopView, batches_on_shelf, ending_soon, items_at, moves_at, papers_waiting, shops_of
from shop.stock.operations import CountStock, count_stock
from shop.stock.places import SetPlaces, set_places
from shop.stock.signing import ALONE_PIECES
from shop.stock.write_offs import WriteOffGoods, write_off_goods

views = Blueprint("stock", __name__)

MOVES = 100  # lines of the register on a page
MOST_WARNINGS = 20


def managed_shop(text: str | None) -> ShopView:
    """The shop in question: staff see their own, stewards and supervisors any.

    Raises NotFound ``shop_not_found``; NotAllowed ``no_shop_of_yours`` for staff who have none.
    """
    return shop_in(text, managed_shops())


def managed_shops() -> list[ShopView]:
    """The shops whose shelves the viewer may see. NotAllowed ``no_shop_of_yours`` for staff who have none,
    and what ``check_shop_phone`` raises."""
    shops = shops_of(db.session(), current_user.community_id)
    if current_user.can("stock.every_shop"):
        return shops
    if current_user.shop_id is None:
        raise NotAllowed("no_shop_of_yours")
    check_shop_phone(current_user)
    return [shop for shop in shops if shop.id == current_user.shop_id]


def _page(shop: ShopView) -> dict[str, object]:
    items = items_at(db.session(), current_user.community_id, shop.id, now=clock.now(), only_offered=False)
    return {
        "shop": shop,
        "shops": managed_shops(),
        "items": [item for item in items if item.kind not in ("honour", "transfer")],
    }


@views.get("/stock")
@requires("stock.manage")
def index() -> ResponseReturnValue:
    """What stands on the shelf, what of it is set aside, and what has to be done about it."""
    shop = managed_shop(request.args.get("shop"))
    look = db.session(), current_user.community_id
    return render_template(
        "stock/index.html", **_page(shop), low=low_stock(*look, shop_id=shop.id, limit=MOST_WARNINGS),
        ending=ending_soon(*look, today=current_user.today, shop_id=shop.id, limit=MOST_WARNINGS),
        waiting=papers_waiting(*look, shop_id=shop.id), today=current_user.today,
        offline=unsettled(*look) if current_user.can("offline.settle") else None,
    )  # fmt: skip


@views.get("/stock/items/<uuid:item_id>")
@requires("stock.manage")
def item(item_id: uuid.UUID) -> ResponseReturnValue:
    """Count, write off, or take off the offer: one item."""
    return render_template("stock/item.html", **_item_page(item_id), form=blank_form())


def _item_page(item_id: uuid.UUID) -> dict[str, object]:
    shop = managed_shop(request.values.get("shop"))
    for found in _page(shop)["items"]:  # type: ignore[attr-defined]
        if found.id == item_id:
            look = db.session(), current_user.community_id
            wishes = batches_on_shelf(*look, shop_id=shop.id, item_id=item_id, wishes=True)
            return {
                "shop": shop, "item": found, "wishes": wishes, "alone": ALONE_PIECES,
                "is_promise": found.kind in VOUCHER_KINDS,
            }  # fmt: skip
    raise NotFound("item_not_found")


@views.post("/stock/items/<uuid:item_id>/write-off")
@requires("stock.manage")
def write_off(item_id: uuid.UUID) -> ResponseReturnValue:
    """Pieces that are spoiled or past their day: a few at once, more when a second person has signed."""
    page, form = _item_page(item_id), posted_form()
    try:
        values = load_form(WriteOffSchema)
        state = transact(
            write_off_goods,
            WriteOffGoods(
                current_user.community_id, current_user.member_id, request_key(), page["shop"].id, item_id,
                values["move"], values["lost"], values["lost_why"],
            ),
        )  # fmt: skip
    except DomainError as error:
        return show_again("stock/item.html", form, beside_its_field(error, "lost"), **page)
    flash(
        _("记好了，已经下了货架。") if state == "confirmed" else _("记好了，等另一个人签字再下货架。"), "ok"
    )
    return redirect(url_for("stock.item", item_id=item_id, shop=page["shop"].id), 303)


@views.post("/stock/items/<uuid:item_id>/count")
@requires("stock.manage")
def count(item_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody counted; the difference goes into the register with its reason."""
    page, form = _item_page(item_id), posted_form()
    counted, why = form.value("counted"), form.value("why")
    try:
        values = load_form(CountStockSchema, item_id=str(item_id), quantity=counted, note=why)
        difference = transact(
            count_stock,
            CountStock(
                current_user.community_id, current_user.member_id, request_key(), page["shop"].id, item_id,
                values["quantity"], values["note"],
            ),
        )  # fmt: skip
    except DomainError as error:
        return show_again("stock/item.html", form, _in_count_form(error), **page)
    flash(_("盘点记好了，相差 %(n)s 件。", n=difference) if difference else _("盘点记好了，一件不差。"), "ok")
    return redirect(url_for("stock.item", item_id=item_id, shop=page["shop"].id), 303)


def _in_count_form(error: DomainError) -> DomainError:
    """The page has two forms: what the schema calls quantity and note is called counted and why in the second."""
    errors = error.facts.get("errors")
    if not isinstance(errors, dict):
        return beside_its_field(error, "counted")
    names = {"quantity": "counted", "note": "why"}
    error.facts["errors"] = {names.get(name, name): said for name, said in errors.items()}
    return error


@views.post("/stock/items/<uuid:item_id>/places")
@requires("catalogue.manage")
def places(item_id: uuid.UUID) -> ResponseReturnValue:
    """How many of a service, a ticket or a credit may still be given here."""
    page, form = _item_page(item_id), posted_form()
    try:
        values = load_form(PlacesSchema)
        command = SetPlaces(
            current_user.community_id, current_user.member_id, request_key(), page["shop"].id, item_id,
            values["places"], values["places_why"],
        )  # fmt: skip
        transact(set_places, command)
    except DomainError as error:
        return show_again("stock/item.html", form, beside_its_field(error, "places"), **page)
    flash(_("记好了，会公开。"), "ok")
    return redirect(url_for("stock.item", item_id=item_id, shop=page["shop"].id), 303)


@views.post("/stock/items/<uuid:item_id>/offer")
@requires("catalogue.manage")
def offer(item_id: uuid.UUID) -> ResponseReturnValue:
    """Shows an item in the catalogue, or takes it off, with the reason for the public list."""
    page, form = _item_page(item_id), posted_form()
    wanted = request.form.get("is_offered") == "yes"
    try:
        reason = load_form(ReasonSchema)["reason"]
        command = OfferItem(current_user.community_id, current_user.member_id, item_id, wanted, reason)
        transact(offer_item, command)
    except DomainError as error:
        return show_again("stock/item.html", form, error, **page)
    flash(_("已经上架。") if wanted else _("已经下架，已下的单照常能取。"), "ok")
    return redirect(url_for("stock.item", item_id=item_id, shop=page["shop"].id), 303)


@views.get("/stock/register")
@requires("stock.manage")
def register() -> ResponseReturnValue:
    """In and out, newest first, page by page; prints."""
    shop, cursor = managed_shop(request.args.get("shop")), request.args.get("before")
    before = tuple(read_cursor(cursor, as_moment, as_id)) if cursor else None
    moves = moves_at(db.session(), current_user.community_id, shop.id, before=before, limit=MOVES + 1)
    last = moves[MOVES - 1] if len(moves) > MOVES else None
    older = write_cursor(last.moved_at, last.id) if last else None
    return render_template("stock/register.html", shop=shop, moves=moves[:MOVES], older=older)

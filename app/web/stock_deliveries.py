"""Deliveries: enter a slip, look at it, sign it as the second person, print the receipt and the letter of thanks."""

from __future__ import annotations

import re
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.api.cursors import as_short_number
from app.database import db
from app.permissions import requires
from app.schemas.fields import load
from app.schemas.stock import DeliverySchema, WhySchema
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, request_key, show_again
from app.web.stock import managed_shop, managed_shops, views
from points.amounts import parse_points
from points.errors import DomainError, Invalid, NotFound
from shop.catalogue.models import COUNTED_KINDS
from shop.queries import DeliveryView, ShopView, deliveries_at, delivery_by_id, donors_of, items_at, shops_of
from shop.stock.booking import MOST_PIECES
from shop.stock.deliveries import (
    MOST_LINES,
    ConfirmDelivery,
    EnterDelivery,
    LineIn,
    RejectDelivery,
    confirm_delivery,
    enter_delivery,
    reject_delivery,
)

ROWS = 30  # slips on a page
FIRST_LINES, MORE_LINES = 4, 6
_YUAN = re.compile(r"\d{1,6}(\.\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@views.get("/stock/deliveries")
@requires("stock.sign")
def deliveries() -> ResponseReturnValue:
    """The slips of a shop, the newest first."""
    shop, before = managed_shop(request.args.get("shop")), request.args.get("before", type=as_short_number)
    found = deliveries_at(db.session(), current_user.community_id, shop.id, before=before, limit=ROWS + 1)
    older = found[ROWS - 1].number if len(found) > ROWS else None
    return render_template(
        "stock/deliveries.html", shop=shop, shops=managed_shops(), slips=found[:ROWS], older=older
    )


@views.get("/stock/deliveries/new")
@requires("stock.manage")
def new_delivery() -> ResponseReturnValue:
    """An empty slip."""
    shop = managed_shop(request.args.get("shop"))
    return render_template("stock/delivery_form.html", form=blank_form(source="bought"), **_form_page(shop))


def _form_page(shop: ShopView) -> dict[str, Any]:
    session, community_id = db.session(), current_user.community_id
    items = items_at(session, community_id, shop.id, now=clock.now(), only_offered=False)
    return {
        "shop": shop, "donors": donors_of(session, community_id),
        "items": [item for item in items if item.kind in COUNTED_KINDS],
        "others": [other for other in shops_of(session, community_id) if other.id != shop.id],
        "lines": _line_count(),
    }  # fmt: skip


def _line_count() -> int:
    text = request.form.get("lines", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else FIRST_LINES
    return min(MOST_LINES, asked + (MORE_LINES if "more" in request.form else 0))


@views.post("/stock/deliveries")
@requires("stock.manage")
def enter() -> ResponseReturnValue:
    """Writes the slip; with the button for more lines the same form comes again, longer.

    A transfer is entered by the shop that sends: its pieces leave there at once, and arrive when the other shop signs.
    """
    shop, form = managed_shop(request.form.get("shop")), posted_form()
    if "more" in request.form:
        return render_template("stock/delivery_form.html", form=form, **_form_page(shop))
    try:
        values = load_form(DeliverySchema)
        there = values.pop("to_shop_id")
        way = {"shop_id": there or shop.id, "from_shop_id": shop.id if there else None}
        command = EnterDelivery(
            current_user.community_id, current_user.member_id, request_key(),
            lines=read_lines(form, _line_count()), **way, **values,
        )  # fmt: skip
        delivery_id = transact(enter_delivery, command)
    except DomainError as error:
        return show_again("stock/delivery_form.html", form, error, **_form_page(shop))
    flash(_("来货单写好了。请另一个人点数、签字，货才上架。"), "ok")
    return redirect(url_for("stock.delivery", delivery_id=delivery_id), 303)


def read_lines(form: Form, count: int) -> tuple[LineIn, ...]:
    """The lines of the form in which something was chosen or typed. Invalid ``delivery_line_wrong`` (``row``)."""
    found = []
    for row in range(count):
        item, quantity = form.value(f"item_{row}"), form.value(f"quantity_{row}").strip()
        cost, best_before = form.value(f"cost_{row}").strip(), form.value(f"best_before_{row}").strip()
        if not item and not quantity:
            continue
        try:
            found.append(LineIn(uuid.UUID(item), _pieces(quantity), _fen(cost), _day(best_before)))
        except (ValueError, Invalid) as error:
            raise Invalid("delivery_line_wrong", row=row + 1) from error
    return tuple(found)


def _pieces(text: str, least: int = 1) -> int:
    return parse_points(text, least=least, most=MOST_PIECES)


def _fen(text: str) -> int:
    """``3.5`` yuan are 350 fen; nothing is 0."""
    if text and not _YUAN.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text or "0") * 100)


def _day(text: str) -> date | None:
    if text and not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text) if text else None


def seen_delivery(delivery_id: uuid.UUID) -> DeliveryView:
    """A slip to or from a shop the viewer may see. NotFound ``delivery_not_found``."""
    slip = delivery_by_id(db.session(), current_user.community_id, delivery_id)
    if not {slip.shop_id, slip.from_shop_id} & {shop.id for shop in managed_shops()}:
        raise NotFound("delivery_not_found")
    return slip


@views.get("/stock/deliveries/<uuid:delivery_id>")
@requires("stock.sign")
def delivery(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """One slip: what it says, who signed, and the second signature for those who may."""
    return render_template("stock/delivery.html", slip=seen_delivery(delivery_id), form=blank_form())


@views.post("/stock/deliveries/<uuid:delivery_id>/confirm")
@requires("stock.sign")
def confirm(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """The second person has counted what came."""
    slip, form = seen_delivery(delivery_id), posted_form()
    try:
        arrived, reasons = _read_arrived(slip, form)
        command = ConfirmDelivery(
            current_user.community_id, current_user.member_id, delivery_id, arrived, reasons
        )
        transact(confirm_delivery, command)
    except DomainError as error:
        return show_again("stock/delivery.html", form, error, slip=slip)
    flash(_("签好了，货已经上架。"), "ok")
    return redirect(url_for("stock.delivery", delivery_id=delivery_id), 303)


def _read_arrived(slip: DeliveryView, form: Form) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, str]]:
    arrived, reasons = {}, {}
    for row, line in enumerate(slip.lines):
        try:
            arrived[line.item_id] = _pieces(form.value(f"arrived_{row}", line.quantity), least=0)
        except Invalid as error:
            raise Invalid("delivery_line_wrong", row=row + 1) from error
        why = form.value(f"why_{row}")
        reasons[line.item_id] = load(WhySchema, {"why": why})["why"] if why.strip() else ""
    return arrived, reasons


@views.post("/stock/deliveries/<uuid:delivery_id>/reject")
@requires("stock.sign")
def reject(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """The slip is wrong, or the goods went back."""
    slip, form = seen_delivery(delivery_id), posted_form()
    try:
        why = load_form(WhySchema)["why"]
        command = RejectDelivery(current_user.community_id, current_user.member_id, delivery_id, why)
        transact(reject_delivery, command)
    except DomainError as error:
        return show_again("stock/delivery.html", form, error, slip=slip)
    flash(_("这张单作废了，货没有上架。"), "ok")
    return redirect(url_for("stock.delivery", delivery_id=delivery_id), 303)


@views.get("/stock/deliveries/<uuid:delivery_id>/receipt")
@requires("stock.sign")
def receipt(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """The slip on paper, with two signatures. NotFound ``delivery_not_found`` before it is confirmed."""
    return render_template("stock/receipt.html", slip=_confirmed(delivery_id))


@views.get("/stock/deliveries/<uuid:delivery_id>/thanks")
@requires("stock.sign")
def thanks(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """A letter to the donor. NotFound ``delivery_not_found`` for what nobody gave, or before it is confirmed."""
    slip = _confirmed(delivery_id)
    if slip.donor is None:
        raise NotFound("delivery_not_found")
    return render_template("stock/thanks.html", slip=slip, printed_at=clock.now())


def _confirmed(delivery_id: uuid.UUID) -> DeliveryView:
    slip = seen_delivery(delivery_id)
    if slip.state != "confirmed":
        raise NotFound("delivery_not_found")
    return slip

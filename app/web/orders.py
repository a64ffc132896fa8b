"""A household's orders: set aside, to be collected, over."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import PlaceOrderSchema
from app.schemas.fields import load
from app.sentences import say
from app.transaction import transact
from app.web.catalogue import item_page
from app.web.forms import posted_form, request_key, show_again
from app.web.hours import door_at
from points.errors import DomainError, NotFound
from points.ledger.accounts import account_id_of
from points.people.helping import helper_names
from shop.orders.moving import MoveOrder, move_order, shops_for
from shop.orders.operations import CancelOrder, PlaceOrder, Wanted, cancel_order, place_order
from shop.queries import OrderView, order_by_id, orders_of_household, scan_of_order

views = Blueprint("orders", __name__)
PAGE = 20


@views.get("/orders")
@requires("shop.order")
def index() -> ResponseReturnValue:
    """Orders of the household, newest first."""
    before = request.args.get("before", type=uuid.UUID)
    orders = orders_of_household(
        db.session(),
        current_user.community_id,
        current_user.household_id,
        now=clock.now(),
        before=before,
        limit=PAGE + 1,
    )
    return render_template(
        "orders/index.html", orders=orders[:PAGE], more=len(orders) > PAGE, before=before,
        shared=current_user.wallet_id is not None and common_wallet() == current_user.wallet_id,
    )  # fmt: skip


def common_wallet() -> uuid.UUID | None:
    """The wallet of the viewer's household, if the community keeps such."""
    viewer = current_user
    return account_id_of(db.session(), viewer.community_id, "household", viewer.household_id)


@views.post("/orders")
@requires("shop.order")
def place() -> ResponseReturnValue:
    """Sets goods aside and shows the pick-up code."""
    form = posted_form()
    item_id = request.form.get("item_id", type=uuid.UUID)
    if item_id is None:
        raise NotFound("item_not_found")
    try:
        shop_id, lines = wanted_lines(request.form.get("shop_id", ""), [line_of(item_id)])
        command = PlaceOrder(current_user.community_id, current_user.member_id, request_key(), shop_id, lines)
        placed = transact(place_order, command)
    except NotFound:
        raise
    except DomainError as error:
        name_field(error)
        return show_again(
            "catalogue/item.html", form, error, **item_page(item_id, request.form.get("shop_id"))
        )
    flash(_("已经给您留好了。到店出示这个码就能取。"), "ok")
    return redirect(url_for("orders.show", order_id=placed.id), 303)


def line_of(item_id: uuid.UUID | str) -> dict[str, str]:
    """A line of a form of one item; ``points_each`` is the price that stood beside it."""
    line = {"item_id": str(item_id), "quantity": request.form.get("quantity", "")}
    price = request.form.get("points_each", "")
    return line | ({"points_each": price} if price else {})


def wanted_lines(shop_text: str, lines: list[dict[str, str]]) -> tuple[uuid.UUID, tuple[Wanted, ...]]:
    """The shop and the lines of a form. Raises Invalid ``form_invalid`` with ``lines.0.quantity`` and the like."""
    values = load(PlaceOrderSchema, {"shop_id": shop_text, "lines": lines}, strict=False)
    return values["shop_id"], tuple(Wanted(**wanted) for wanted in values["lines"])


def name_field(error: DomainError) -> None:
    """A form of one item has one field for what the schema knows as ``lines.0.quantity``."""
    errors = error.facts.get("errors")
    if isinstance(errors, dict):
        error.facts["errors"] = {str(name).rpartition(".")[2]: said for name, said in errors.items()}


@views.get("/orders/<uuid:order_id>")
@requires("shop.order")
def show(order_id: uuid.UUID) -> ResponseReturnValue:
    """The pick-up code, what is in it, until when, where else it could be collected; or how it ended."""
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    order = own_order(order_id)
    return render_template(
        "orders/show.html",
        order=order,
        address=code_address(order.token) if order.token else "",
        scan=scan_of_order(session, community_id, order.id),
        others=shops_for(session, community_id, order.id, now=now) if order.state == "placed" else [],
        door=door_at(community_id, order.shop_id),
        helpers=helper_names(session, community_id, order.id),
    )


@views.post("/orders/<uuid:order_id>/cancel")
@requires("shop.order")
def cancel(order_id: uuid.UUID) -> ResponseReturnValue:
    """Gives points and goods back."""
    try:
        transact(cancel_order, CancelOrder(current_user.community_id, current_user.member_id, order_id))
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(_("已经取消，积分回到您的账上，到期日不变。"), "ok")
    return redirect(url_for("orders.show", order_id=order_id), 303)


@views.post("/orders/<uuid:order_id>/move")
@requires("shop.order")
def move(order_id: uuid.UUID) -> ResponseReturnValue:
    """To another shop; the code stays the same."""
    shop_id = request.form.get("shop_id", type=uuid.UUID)
    if shop_id is None:
        raise NotFound("shop_not_found")
    try:
        transact(move_order, MoveOrder(current_user.community_id, current_user.member_id, order_id, shop_id))
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(_("换好了。取货码和日子都不变，请到新的店取。"), "ok")
    return redirect(url_for("orders.show", order_id=order_id), 303)


def own_order(order_id: uuid.UUID) -> OrderView:
    """An order of the viewer's household. NotFound ``order_not_found`` for any other."""
    order = order_by_id(db.session(), current_user.community_id, order_id, now=clock.now())
    if order.household_id != current_user.household_id:
        raise NotFound("order_not_found")
    return order


def code_address(token: str) -> str:
    """What a QR code carries: an address that any camera opens."""
    site = current_app.config["SITE_URL"] or request.host_url.rstrip("/")
    return f"{site}/Q/{token}"

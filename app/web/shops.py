"""Shops and partners: opening one, its hours, and the switch of its door."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.catalogue import DoorSchema, OpeningSchema, ShopSchema, month_days
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.hours import Door, doors_of, hours_words, weekday_words
from app.web.stock import managed_shop
from points.errors import DomainError, NotFound
from shop.catalogue.hours import Hours, monthly_days, monthly_weekday, weekly
from shop.catalogue.operations import OpenShop, open_shop
from shop.catalogue.shops import EditShop, SetDoor, SetOpenings, edit_shop, set_door, set_openings
from shop.queries import items_at

views = Blueprint("shops", __name__)


@views.get("/stock/shops")
@requires("catalogue.manage")
def index() -> ResponseReturnValue:
    """All counters, whether they are open, and a form for a new one."""
    return render_template("shops/index.html", form=blank_form(), **_all())


def _all() -> dict[str, object]:
    """The shops, and for who keeps the catalogue without a shelf the items; others find these on the shelf."""
    doors, items = doors_of(current_user.community_id), []
    if doors and not current_user.can("stock.manage"):
        shop_id = doors[0].shop.id
        items = items_at(
            db.session(), current_user.community_id, shop_id, now=clock.now(), only_offered=False
        )
    return {"doors": doors, "items": items}


@views.post("/stock/shops")
@requires("catalogue.manage")
def add() -> ResponseReturnValue:
    """Opens a shop or a partner's counter."""
    form = posted_form()
    try:
        values = load_form(ShopSchema)
        command = OpenShop(
            current_user.community_id, current_user.member_id, values["name"], values["place"], kind=values["kind"]
        )  # fmt: skip
        shop_id = transact(open_shop, command)
    except DomainError as error:
        return show_again("shops/index.html", form, error, **_all())
    flash(_("开好了。接着排开门时间。"), "ok")
    return redirect(url_for("shops.show", shop_id=shop_id), 303)


@views.get("/stock/shops/<uuid:shop_id>")
@requires("catalogue.manage")
def show(shop_id: uuid.UUID) -> ResponseReturnValue:
    """One shop: name, place, hours."""
    return render_template("shops/show.html", form=blank_form(), **_page(shop_id))


@views.post("/stock/shops/<uuid:shop_id>")
@requires("catalogue.manage")
def save(shop_id: uuid.UUID) -> ResponseReturnValue:
    """Its name and place."""
    page, form = _page(shop_id), posted_form()
    try:
        values = load_form(ShopSchema)
        transact(
            edit_shop,
            EditShop(current_user.community_id, current_user.member_id, shop_id, values["name"], values["place"]),
        )  # fmt: skip
    except DomainError as error:
        return show_again("shops/show.html", form, error, **page)
    return _saved(shop_id)


@views.post("/stock/shops/<uuid:shop_id>/hours")
@requires("catalogue.manage")
def add_hours(shop_id: uuid.UUID) -> ResponseReturnValue:
    """One more line of opening hours."""
    page, form = _page(shop_id), posted_form()
    try:
        values = load_form(OpeningSchema, "weekdays")
        rule = {
            "weekly": lambda: weekly(values["weekdays"]),
            "nth": lambda: monthly_weekday(int(values["nth"]), values["weekday"]),
            "days": lambda: monthly_days(month_days(values["month_days"])),
        }[values["pattern"]]()
        more = Hours(rule, values["opens_at"], values["closes_at"])
        _set(shop_id, (*_door(shop_id).openings, more))
    except DomainError as error:
        return show_again("shops/show.html", form, error, **page)
    return _saved(shop_id)


@views.post("/stock/shops/<uuid:shop_id>/hours/remove")
@requires("catalogue.manage")
def remove_hours(shop_id: uuid.UUID) -> ResponseReturnValue:
    """One line less; nothing happens when it is gone already."""
    openings, which = _door(shop_id).openings, request.form.get("which", "")
    left = tuple(one for one in openings if _key(one) != which)
    if left != openings:
        _set(shop_id, left)
    return _saved(shop_id)


@views.get("/stock/door")
@requires("shop.door")
def door() -> ResponseReturnValue:
    """Whether the shop serves now; staff of the shop change that."""
    shop = managed_shop(request.args.get("shop"))
    return render_template("shops/door.html", door=_door(shop.id), form=blank_form())


@views.post("/stock/door")
@requires("shop.door")
def switch() -> ResponseReturnValue:
    """Holds the door open or closed, or lets the hours decide; everybody can read who did."""
    shop, form = managed_shop(request.form.get("shop")), posted_form()
    try:
        values = load_form(DoorSchema)
        command = SetDoor(
            current_user.community_id, current_user.member_id, shop.id, values["door"], values["reason"]
        )
        transact(set_door, command)
    except DomainError as error:
        return show_again("shops/door.html", form, error, door=_door(shop.id))
    flash(_("记好了，会公开。"), "ok")
    return redirect(url_for("shops.door", shop=shop.id), 303)


def _saved(shop_id: uuid.UUID) -> ResponseReturnValue:
    flash(_("记好了，会公开。"), "ok")
    return redirect(url_for("shops.show", shop_id=shop_id), 303)


def _set(shop_id: uuid.UUID, openings: tuple[Hours, ...]) -> None:
    transact(set_openings, SetOpenings(current_user.community_id, current_user.member_id, shop_id, openings))


def _door(shop_id: uuid.UUID) -> Door:
    for found in doors_of(current_user.community_id):
        if found.shop.id == shop_id:
            return found
    raise NotFound("shop_not_found")


def _key(hours: Hours) -> str:
    return f"{hours.rule} {hours.opens_at} {hours.closes_at}"


def _page(shop_id: uuid.UUID) -> dict[str, object]:
    found = _door(shop_id)
    return {
        "door": found,
        "lines": [(_key(one), hours_words(one)) for one in found.openings],
        "weekdays": list(weekday_words().items()),
    }

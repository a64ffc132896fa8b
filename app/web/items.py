"""The steward's page of an item: what it is, what it costs and will cost, how it looks."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.errors import status_of
from app.i18n import local
from app.permissions import requires
from app.photos import photo_files, photo_path, read_photo
from app.schemas.catalogue import LIMIT_FIELDS, ItemSchema, LowSchema, NewItemSchema, PriceSchema
from app.schemas.fields import load
from app.sentences import say
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from points.errors import DomainError, Invalid, NotFound
from shop.catalogue.announcing import AnnouncePrice, announce_price
from shop.catalogue.editing import (
    AddItem,
    EditItem,
    ItemDetails,
    SetItemPhoto,
    ShelfPlan,
    add_item,
    edit_item,
    set_item_photo,
)
from shop.catalogue.limits import Limit
from shop.catalogue.prices import registers, versions
from shop.queries import ItemView, item_at, item_shelves, shops_of

views = Blueprint("items", __name__)

PHOTOS = "items"  # the folder, and what makes these photos public
DETAILS = (
    "code", "kind", "name_zh", "name_en", "detail_zh", "detail_en", "unit_zh", "unit_en", "barcode", "voucher_days",
    "partner_id",
)  # fmt: skip


@views.get("/stock/items/new")
@requires("catalogue.manage")
def new() -> ResponseReturnValue:
    """An empty form."""
    form = blank_form(kind="goods")
    form.typed["sold_at"] = [str(shop.id) for shop in shops_of(db.session(), current_user.community_id)]
    return render_template("items/new.html", form=form, **_choices())


@views.post("/stock/items/new")
@requires("catalogue.manage")
def add() -> ResponseReturnValue:
    """Into the catalogue."""
    form = posted_form()
    try:
        values = load_form(NewItemSchema, "sold_at")
        command = AddItem(
            current_user.community_id, current_user.member_id, _details(values, "package"), values["points"],
            values["reference_yuan"], _limits(values), _shelves(values),
        )  # fmt: skip
        item_id = transact(add_item, command)
    except DomainError as error:
        return show_again("items/new.html", form, error, **_choices())
    flash(_("记好了，可以进货了。"), "ok")
    return redirect(url_for("items.edit", item_id=item_id), 303)


@views.get("/stock/items/<uuid:item_id>/edit")
@requires("catalogue.manage")
def edit(item_id: uuid.UUID) -> ResponseReturnValue:
    """Everything about one item."""
    return _page(_item(item_id), blank_form())


@views.post("/stock/items/<uuid:item_id>/edit")
@requires("catalogue.manage")
def save(item_id: uuid.UUID) -> ResponseReturnValue:
    """What it is; not what it costs."""
    item, form = _item(item_id), posted_form()
    try:
        values = load_form(ItemSchema, "sold_at")
        command = EditItem(
            current_user.community_id, current_user.member_id, item_id, _details(values, item.icon), _limits(values),
            _shelves(values),
        )  # fmt: skip
        transact(edit_item, command)
    except DomainError as error:
        return _refused(item, form, error)
    return _saved(item_id)


@views.post("/stock/items/<uuid:item_id>/price")
@requires("catalogue.manage")
def price(item_id: uuid.UUID) -> ResponseReturnValue:
    """A new price, from now on or from a coming day."""
    item, form = _item(item_id), posted_form()
    try:
        values = load_form(PriceSchema)
        command = AnnouncePrice(
            current_user.community_id, current_user.member_id, item_id, values["points"], values["reference_yuan"],
            values["valid_on"] if values["starts"] == "day" else None, values["reason"],
        )  # fmt: skip
        transact(announce_price, command)
    except DomainError as error:
        return _refused(item, form, error)
    return _saved(item_id)


@views.post("/stock/items/<uuid:item_id>/photo")
@requires("catalogue.manage")
def photo(item_id: uuid.UUID) -> ResponseReturnValue:
    """A new photo, or none. It is written anew without metadata, and everybody may see it."""
    item, form = _item(item_id), posted_form()
    community_id, member_id = current_user.community_id, current_user.member_id
    file = request.files.get("photo")
    try:
        if file is not None and file.filename:
            picture = read_photo(file.read())
            with photo_files(community_id, picture, of=PHOTOS) as photo_id:
                before = transact(set_item_photo, SetItemPhoto(community_id, member_id, item_id, photo_id))
        elif request.form.get("remove") == "1":
            before = transact(set_item_photo, SetItemPhoto(community_id, member_id, item_id, None))
        else:
            raise Invalid("form_invalid", errors={"photo": [_("请选一张照片。")]})
    except DomainError as error:
        return _refused(item, form, error)
    if before is not None:
        for small in (False, True):
            photo_path(community_id, before, small=small, of=PHOTOS).unlink(missing_ok=True)
    return _saved(item_id)


def _saved(item_id: uuid.UUID) -> ResponseReturnValue:
    flash(_("记好了，会公开。"), "ok")
    return redirect(url_for("items.edit", item_id=item_id), 303)


def _item(item_id: uuid.UUID) -> ItemView:
    shops = shops_of(db.session(), current_user.community_id)
    if not shops:
        raise NotFound("shop_not_found")
    return item_at(db.session(), current_user.community_id, shops[0].id, item_id, now=clock.now())


def _page(item: ItemView, form: Form) -> str:
    """The form with what stands in the catalogue, unless something was typed."""
    shelves = item_shelves(db.session(), current_user.community_id, item.id)
    stands = {name: getattr(item, name) for name in DETAILS}
    if item.takes_place_at is not None:
        there = local(item.takes_place_at)
        stands |= {"takes_place_on": f"{there:%Y-%m-%d}", "takes_place_time": f"{there:%H:%M}"}
    stands |= {f"limit_{one.whose}_{one.period}": one.pieces for one in item.limits}
    stands |= {f"low-{shelf.shop_id}": shelf.low_at for shelf in shelves}
    typed = {name: [str(value)] for name, value in stands.items() if value is not None}
    away = {shelf.shop_id for shelf in shelves if not shelf.is_sold}
    shops = shops_of(db.session(), current_user.community_id)
    typed["sold_at"] = [str(shop.id) for shop in shops if shop.id not in away]
    if "code" not in form.typed:
        form.typed = typed | form.typed
    told = registers(db.session(), current_user.community_id, [item.id]).get(item.id, [])
    return render_template(
        "items/edit.html", item=item, form=form, versions=versions(told)[::-1], **_choices()
    )


def _refused(item: ItemView, form: Form, error: DomainError) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        raise error
    form.error = say(error)
    errors = error.facts.get("errors")
    form.errors = errors if isinstance(errors, dict) else {}
    return make_response(_page(item, form), status_of(error))


def _choices() -> dict[str, object]:
    shops = shops_of(db.session(), current_user.community_id)
    return {
        "shops": shops,
        "partners": [(shop.id, shop.name) for shop in shops if shop.kind == "partner"],
        "limit_fields": LIMIT_FIELDS,
    }


def _details(values: dict[str, Any], icon: str) -> ItemDetails:
    return ItemDetails(
        **{name: values[name] for name in DETAILS}, icon=icon, takes_place_at=_takes_place_at(values)
    )


def _takes_place_at(values: dict[str, Any]) -> datetime | None:
    """Day and time as the village reads them."""
    day, at = values["takes_place_on"], values["takes_place_time"]
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(current_user.zone)) if day else None


def _limits(values: dict[str, Any]) -> tuple[Limit, ...]:
    return tuple(Limit(*of, values[name]) for name, of in LIMIT_FIELDS.items() if values[name] is not None)


def _shelves(values: dict[str, Any]) -> tuple[ShelfPlan, ...]:
    """What the form says of each shop."""
    plans = []
    for shop in shops_of(db.session(), current_user.community_id):
        text = request.form.get(f"low-{shop.id}", "").strip()
        try:
            low_at = load(LowSchema, {"low_at": text} if text else {}, strict=False)["low_at"]
        except Invalid as error:
            errors = {f"low-{shop.id}": error.facts["errors"]["low_at"]}  # type: ignore[index]
            raise Invalid("form_invalid", errors=errors) from error
        plans.append(ShelfPlan(shop.id, shop.id in values["sold_at"], low_at))
    return tuple(plans)

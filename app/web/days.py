"""The close of a shop's day: what was redeemed, what was counted, and a second person who looks at it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.i18n import named
from app.permissions import requires
from app.schemas.fields import load
from app.schemas.settlement import CountSchema
from app.transaction import transact
from app.web.forms import blank_form, posted_form, show_again
from app.web.settlement import settled_shop, settled_shops
from points.errors import DomainError, NotFound
from shop.catalogue.models import COUNTED_KINDS
from shop.queries import ShopView, items_at
from shop.settlement.days import (
    CloseDay,
    Counted,
    CountersignDay,
    close_day,
    countersign_day,
    day_by_id,
    days_of,
    moved_on,
    open_days,
)

views = Blueprint("days", __name__)
FARTHEST = timedelta(days=366)  # nobody asks for a day beyond, and the ends of the calendar have no midnight

ROWS = 31  # closes on a page


@views.get("/settlement/days")
@requires("settlement.see")
def index() -> str:
    """A day's goods to count, and the closes before."""
    return render_template("days/index.html", form=blank_form(), **_context(_shop()))


def _shop() -> ShopView:
    return settled_shop(request.values.get("shop"))


def _chosen() -> date:
    """The day in question, today unless another is named. NotFound ``day_not_found``."""
    text, today = request.values.get("day", ""), current_user.today
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise NotFound("day_not_found") from None
    if abs(today - day) > FARTHEST:
        raise NotFound("day_not_found")
    return day


def _context(shop: ShopView) -> dict[str, object]:
    session, community_id, day = db.session(), current_user.community_id, _chosen()
    before = request.args.get("before", type=date.fromisoformat)
    days = days_of(session, community_id, shop.id, before=before, limit=ROWS + 1)
    items = moved_on(session, community_id, shop.id, day, current_user.zone)
    goods = [
        item for item in items_at(session, community_id, shop.id, now=clock.now(), only_offered=False)
        if item.kind in COUNTED_KINDS and item.id not in {one.item_id for one in items}
    ]  # fmt: skip
    added = {*request.form.getlist("item"), request.form.get("add")}
    return {
        "shop": shop,
        "shops": settled_shops(),
        "day": day,
        "open_days": open_days(
            session, community_id, shop.id, today=current_user.today, zone=current_user.zone
        ),
        "items": items,
        "added": [item for item in goods if str(item.id) in added],
        "others": [(item.id, named(item)) for item in goods if str(item.id) not in added],
        "days": days[:ROWS],
        "older": days[ROWS - 1].day.isoformat() if len(days) > ROWS else None,
    }


@views.post("/settlement/days")
@requires("day.close")
def close() -> ResponseReturnValue:
    """Closes a day with what was counted, or puts one more item on the list; what nobody counted stays open."""
    form, shop = posted_form(), _shop()
    context = _context(shop)
    if request.form.get("then") == "add":
        return render_template("days/index.html", form=form, **context)
    listed = [*(one.item_id for one in context["items"]), *(one.id for one in context["added"])]
    try:
        made = transact(
            close_day,
            CloseDay(
                current_user.community_id, current_user.member_id, shop.id, context["day"], _counts(listed)
            ),
        )  # fmt: skip
    except DomainError as error:
        return show_again("days/index.html", form, error, **context)
    flash(_("结好了，请另一个人核对签字。"), "ok")
    return redirect(url_for("days.show", close_id=made), 303)


def _counts(item_ids: list[uuid.UUID]) -> tuple[Counted, ...]:
    found = []
    for item_id in item_ids:
        typed = {"counted": request.form.get(f"counted-{item_id}", "").strip(),
                 "note": request.form.get(f"note-{item_id}", "")}  # fmt: skip
        values = load(CountSchema, {name: text for name, text in typed.items() if text})
        if values["counted"] is not None:
            found.append(Counted(item_id, values["counted"], values["note"]))
    return tuple(found)


@views.get("/settlement/days/<uuid:close_id>")
@requires("settlement.see")
def show(close_id: uuid.UUID) -> str:
    """One close, for the eyes and the printer."""
    return render_template("days/show.html", form=blank_form(), **_day(close_id))


def _day(close_id: uuid.UUID) -> dict[str, object]:
    day, goods = day_by_id(db.session(), current_user.community_id, close_id)
    return {"day": day, "goods": goods, "shop": settled_shop(str(day.shop_id))}


@views.post("/settlement/days/<uuid:close_id>/sign")
@requires("day.countersign")
def sign(close_id: uuid.UUID) -> ResponseReturnValue:
    """The second person; staff of another shop do not find it."""
    form, context = posted_form(), _day(close_id)
    try:
        transact(countersign_day, CountersignDay(current_user.community_id, current_user.member_id, close_id))
    except DomainError as error:
        return show_again("days/show.html", form, error, **context)
    flash(_("核对签好了。"), "ok")
    return redirect(url_for("days.show", close_id=close_id), 303)

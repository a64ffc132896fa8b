"""The close of a shop's day: what was redeemed, what was counted, and a second person who looks at it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.fields import load
from app.schemas.settlement import CountSchema
from app.transaction import transact
from app.web.forms import blank_form, posted_form, show_again
from app.web.settlement import settled_shop, settled_shops
from points.errors import DomainError
from shop.queries import ShopView
from shop.settlement.days import (
    CloseDay,
    Counted,
    CountersignDay,
    MovedItem,
    close_day,
    countersign_day,
    day_begins,
    day_by_id,
    days_of,
    moved_on,
)

views = Blueprint("days", __name__)


@views.get("/settlement/days")
@requires("settlement.see")
def index() -> str:
    """Today's goods to count, and the closes before."""
    return render_template("days/index.html", form=blank_form(), **_context(_shop()))


def _shop() -> ShopView:
    return settled_shop(request.values.get("shop"))


def _context(shop: ShopView) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    days = days_of(session, community_id, shop.id)
    return {
        "shop": shop,
        "shops": settled_shops(),
        "days": days,
        "items": moved_on(session, community_id, shop.id, day_begins(current_user.today, current_user.zone)),
        "is_closed": bool(days) and days[0].day >= current_user.today,
    }


@views.post("/settlement/days")
@requires("day.close")
def close() -> ResponseReturnValue:
    """Closes today with what was counted; what nobody counted stays open."""
    form, shop = posted_form(), _shop()
    context = _context(shop)
    try:
        made = transact(
            close_day,
            CloseDay(
                current_user.community_id, current_user.member_id, shop.id, current_user.today, _counts(context["items"])
            ),
        )  # fmt: skip
    except DomainError as error:
        return show_again("days/index.html", form, error, **context)
    flash(_("今天结好了，请另一个人核对签字。"), "ok")
    return redirect(url_for("days.show", close_id=made), 303)


def _counts(items: list[MovedItem]) -> tuple[Counted, ...]:
    found = []
    for item in items:
        typed = {"counted": request.form.get(f"counted-{item.item_id}", "").strip(),
                 "note": request.form.get(f"note-{item.item_id}", "")}  # fmt: skip
        values = load(CountSchema, {name: text for name, text in typed.items() if text})
        if values["counted"] is not None:
            found.append(Counted(item.item_id, values["counted"], values["note"]))
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

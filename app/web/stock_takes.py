"""A stock-take on a phone: the list, one item at a time, the signatures."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.stock import AgreeSchema, CountItemSchema, WhySchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.stock import managed_shop, managed_shops, views
from points.errors import DomainError, NotFound
from shop.queries import TakeLine, TakeView, take_by_id, take_lines, takes_at
from shop.stock.takes import (
    BeginTake,
    CountItem,
    ExplainLine,
    FinishTake,
    SignTake,
    begin_take,
    count_item,
    explain_line,
    finish_take,
    sign_take,
)


@views.get("/stock/takes")
@requires("stock.manage")
def takes() -> ResponseReturnValue:
    """The stock-takes of a shop, and the way to begin one."""
    shop = managed_shop(request.args.get("shop"))
    found = takes_at(db.session(), current_user.community_id, shop.id)
    return render_template("stock/takes.html", shop=shop, shops=managed_shops(), takes=found)


@views.post("/stock/takes")
@requires("stock.manage")
def begin() -> ResponseReturnValue:
    """Begins one, or goes on with the one that is open; at the shelf somebody asked for."""
    shop = managed_shop(request.form.get("shop"))
    take_id = transact(begin_take, BeginTake(current_user.community_id, current_user.member_id, shop.id))
    item_id = request.form.get("item", type=uuid.UUID)
    page = (
        url_for("stock.take_item", take_id=take_id, item_id=item_id)
        if item_id
        else url_for("stock.take", take_id=take_id)
    )
    return redirect(page, 303)


def _seen(take_id: uuid.UUID) -> dict[str, object]:
    """A stock-take of a shop the viewer may see, with its list. NotFound ``take_not_found``."""
    found = take_by_id(db.session(), current_user.community_id, take_id)
    shops = {shop.id: shop for shop in managed_shops()}
    if found.shop_id not in shops:
        raise NotFound("take_not_found")
    lines = take_lines(db.session(), current_user.community_id, found)
    return {"take": found, "shop": shops[found.shop_id], "lines": lines}


@views.get("/stock/takes/<uuid:take_id>")
@requires("stock.sign")
def take(take_id: uuid.UUID) -> ResponseReturnValue:
    """What is counted and what is not, the differences with their reasons, and the signatures."""
    return render_template("stock/take.html", form=blank_form(), **_seen(take_id))


@views.get("/stock/takes/<uuid:take_id>/items/<uuid:item_id>")
@requires("stock.manage")
def take_item(take_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """One shelf: how many stand there; what the book says is shown afterwards."""
    return render_template("stock/take_item.html", form=blank_form(), **_item_page(take_id, item_id))


def _item_page(take_id: uuid.UUID, item_id: uuid.UUID) -> dict[str, object]:
    page = _seen(take_id)
    for line in page["lines"]:  # type: ignore[attr-defined]
        if line.item_id == item_id:
            return page | {"line": line, "since": clock.now()}
    raise NotFound("item_not_found")


@views.post("/stock/takes/<uuid:take_id>/items/<uuid:item_id>")
@requires("stock.manage")
def count_in_take(take_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Counted: on to the next shelf, or back to this one where it differs."""
    page, form = _item_page(take_id, item_id), posted_form()
    try:
        values = load_form(CountItemSchema)
        command = CountItem(
            current_user.community_id, current_user.member_id, take_id, item_id, values["counted"],
            since=values["since"],
        )  # fmt: skip
        difference = transact(count_item, command)
    except DomainError as error:
        form.typed.pop("since", None)
        return show_again("stock/take_item.html", form, error, **page)
    if difference:
        return redirect(url_for("stock.take_item", take_id=take_id, item_id=item_id), 303)
    flash(_("记好了，一件不差。"), "ok")
    return redirect(_following(page["take"], page["lines"], item_id), 303)  # type: ignore[arg-type]


@views.post("/stock/takes/<uuid:take_id>/items/<uuid:item_id>/why")
@requires("stock.manage")
def explain_in_take(take_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Why the shelf holds another number than the book."""
    page, form = _item_page(take_id, item_id), posted_form()
    try:
        why = load_form(WhySchema)["why"]
        command = ExplainLine(current_user.community_id, current_user.member_id, take_id, item_id, why)
        transact(explain_line, command)
    except DomainError as error:
        return show_again("stock/take_item.html", form, error, **page)
    flash(_("原因记好了。"), "ok")
    return redirect(_following(page["take"], page["lines"], item_id), 303)  # type: ignore[arg-type]


def _following(found: TakeView, lines: list[TakeLine], item_id: uuid.UUID) -> str:
    """The next shelf nobody has counted, after this one and then from the start; else the list."""
    at = [line.item_id for line in lines].index(item_id)
    for line in lines[at + 1 :] + lines[:at]:
        if line.counted is None:
            return url_for("stock.take_item", take_id=found.id, item_id=line.item_id)
    return url_for("stock.take", take_id=found.id)


@views.post("/stock/takes/<uuid:take_id>/finish")
@requires("stock.manage")
def finish(take_id: uuid.UUID) -> ResponseReturnValue:
    """The first signature."""
    page, form = _seen(take_id), posted_form()
    try:
        state = transact(finish_take, FinishTake(current_user.community_id, current_user.member_id, take_id))
    except DomainError as error:
        return show_again("stock/take.html", form, error, **page)
    flash(
        _("盘点结束，一件不差。") if state == "closed" else _("数完了。有差数，请另一个人看过再签字。"), "ok"
    )
    return redirect(url_for("stock.take", take_id=take_id), 303)


@views.post("/stock/takes/<uuid:take_id>/sign")
@requires("stock.sign")
def sign(take_id: uuid.UUID) -> ResponseReturnValue:
    """The second signature, or another count."""
    page, form = _seen(take_id), posted_form()
    try:
        agrees = load_form(AgreeSchema)["agrees"]
        command = SignTake(current_user.community_id, current_user.member_id, take_id, agrees)
        transact(sign_take, command)
    except DomainError as error:
        return show_again("stock/take.html", form, error, **page)
    flash(_("签好了，差数已经记进台账。") if agrees else _("退回去了，可以接着数。"), "ok")
    return redirect(url_for("stock.take", take_id=take_id), 303)

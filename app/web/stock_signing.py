"""What waits for a second signature: deliveries, goods that are written off, stock-takes."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.stock import AgreeSchema
from app.transaction import transact
from app.web.forms import Form, load_form, posted_form, show_again
from app.web.stock import managed_shops, views
from points.errors import DomainError, NotFound
from shop.queries import deliveries_waiting, takes_waiting, write_offs_waiting
from shop.stock.write_offs import SignWriteOff, sign_write_off


@views.get("/stock/waiting")
@requires("stock.sign")
def waiting() -> ResponseReturnValue:
    """Every slip of the viewer's shops that a second person has to sign."""
    return render_template("stock/waiting.html", form=Form(), **_slips())


def _slips() -> dict[str, object]:
    shops = {shop.id: shop.name for shop in managed_shops()}
    look = db.session(), current_user.community_id, list(shops)
    return {
        "shop_names": shops, "deliveries": deliveries_waiting(*look), "write_offs": write_offs_waiting(*look),
        "takes": takes_waiting(*look),
    }  # fmt: skip


@views.post("/stock/write-offs/<uuid:write_off_id>/sign")
@requires("stock.sign")
def sign_write_off_slip(write_off_id: uuid.UUID) -> ResponseReturnValue:
    """The second person has seen the goods."""
    form = posted_form()
    try:
        if write_off_id not in {one.id for one in _slips()["write_offs"]}:  # type: ignore[attr-defined]
            raise NotFound("write_off_not_found")
        agrees = load_form(AgreeSchema)["agrees"]
        command = SignWriteOff(current_user.community_id, current_user.member_id, write_off_id, agrees)
        transact(sign_write_off, command)
    except DomainError as error:
        return show_again("stock/waiting.html", form, error, **_slips())
    flash(_("签好了，已经下了货架。") if agrees else _("这张单作废了，货还在架上。"), "ok")
    return redirect(url_for("stock.waiting"), 303)

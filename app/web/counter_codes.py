"""The sheet that lies on a counter: residents scan it with their own phone and confirm there."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.transaction import transact
from app.web.cards import address_of
from app.web.devices import views
from shop.codes.counter_codes import IssueShopCode, code_of_shop, issue_shop_code
from shop.queries import shop_by_id

__all__ = ["views"]


@views.get("/desk/shops/<uuid:shop_id>/code", endpoint="shop_code")
@requires("devices.manage")
def show(shop_id: uuid.UUID) -> str:
    """The sheet for the printer, A5 or A4, or the button that makes the first code."""
    session, community_id = db.session(), current_user.community_id
    shop, code = shop_by_id(session, community_id, shop_id), code_of_shop(session, community_id, shop_id)
    return render_template(
        "devices/shop_code.html", shop=shop, code=code, address=address_of(code.token) if code else ""
    )


@views.post("/desk/shops/<uuid:shop_id>/code", endpoint="issue_shop_code")
@requires("devices.manage")
def issue(shop_id: uuid.UUID) -> ResponseReturnValue:
    """The first one, or a new one that makes the old sheet worthless."""
    renew = request.form.get("renew") == "1"
    command = IssueShopCode(current_user.community_id, current_user.member_id, shop_id, renew=renew)
    transact(issue_shop_code, command)
    flash(
        _("新的码好了，请打印出来，换下柜台上旧的那张。") if renew else _("码好了，请打印出来放在柜台上。"),
        "ok",
    )
    return redirect(url_for("devices.shop_code", shop_id=shop_id), 303)

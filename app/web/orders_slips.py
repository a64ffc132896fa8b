"""The slip of a hand-over on 58 mm of paper, for who got the goods and for the counter."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.web.counter import own_shop
from app.web.orders import own_order
from points.errors import NotFound
from shop.counter.policy import UNDO
from shop.counter.slips import Slip, slip_by_nonce, slip_of_order

views = Blueprint("slips", __name__)


@views.get("/orders/<uuid:order_id>/slip")
@requires("shop.order")
def own(order_id: uuid.UUID) -> ResponseReturnValue:
    """Of an order of the own household."""
    order = own_order(order_id)
    slip = slip_of_order(db.session(), current_user.community_id, order.id)
    return _paper(slip, url_for("orders.show", order_id=order.id))


@views.get("/counter/slips/<nonce>")
@requires("counter.redeem")
def at_counter(nonce: str) -> ResponseReturnValue:
    """Of a hand-over at the own counter. NotFound for another shop's."""
    shop = own_shop()
    slip = slip_by_nonce(db.session(), current_user.community_id, nonce)
    if slip.shop_id != shop.id:
        raise NotFound("redemption_not_found")
    return _paper(slip, url_for("counter.index"))


def _paper(slip: Slip, back: str) -> ResponseReturnValue:
    minutes = int(UNDO.total_seconds() // 60)
    return render_template("counter/slip.html", slip=slip, back=back, minutes=minutes)

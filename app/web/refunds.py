"""What was handed over at the shops, and taking something back: a manager's page, with the reason on the public line."""

from __future__ import annotations

import re
import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.sentences import say
from app.transaction import transact
from app.web.forms import Form, blank_form, posted_form, request_key
from points.amounts import parse_points
from points.errors import DomainError, NotAllowed, NotFound
from points.people.helping import helper_names
from shop.counter.refunds import (
    RefundGoods,
    Returned,
    is_own_redemption,
    refund_goods,
    refunded_pieces,
    refunds_of,
)
from shop.orders.operations import MOST_PIECES
from shop.queries import order_by_id, redemption_by_id, scans_page, shops_of

views = Blueprint("refunds", __name__)
PAGE = 50
_PIECES = re.compile(r"q-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@views.get("/desk/redemptions")
@requires("counter.refund")
def index() -> str:
    """Every answer of the counters, refusals as well, newest first; by shop."""
    shop_id = request.args.get("shop", type=uuid.UUID)
    before = request.args.get("before", type=uuid.UUID)
    session, community_id = db.session(), current_user.community_id
    scans = scans_page(session, community_id, shop_id=shop_id, before=before, limit=PAGE + 1)
    return render_template(
        "refunds/index.html", scans=scans[:PAGE], more=len(scans) > PAGE, shops=shops_of(session, community_id),
        shop_id=shop_id, before=before,
    )  # fmt: skip


@views.get("/desk/redemptions/<uuid:redemption_id>")
@requires("counter.refund")
def show(redemption_id: uuid.UUID) -> ResponseReturnValue:
    """What went out, what came back so far, and the form to take something back."""
    return _page(redemption_id, blank_form())


@views.post("/desk/redemptions/<uuid:redemption_id>/refund")
@requires("counter.refund")
def refund(redemption_id: uuid.UUID) -> ResponseReturnValue:
    """Points with their days, limits and what can be given again come back."""
    form = posted_form()
    try:
        command = RefundGoods(
            current_user.community_id, current_user.member_id, request_key(), redemption_id, _returned(),
            request.form.get("reason", ""),
        )  # fmt: skip
        done = transact(refund_goods, command)
    except NotFound:
        raise
    except DomainError as error:
        form.error = say(error)
        return _page(redemption_id, form, 422)
    flash(_("退好了，%(points)s 分回到对方账上。", points=done.points), "ok")
    return redirect(url_for("refunds.show", redemption_id=redemption_id), 303)


def _returned() -> tuple[Returned, ...]:
    """The pieces typed beside each line; what is broken does not go back on the shelf."""
    kept_out = set(request.form.getlist("broken"))
    typed = {
        name[2:]: text for name, text in request.form.items() if _PIECES.fullmatch(name) and text.strip()
    }
    pieces = {key: parse_points(text, least=0, most=MOST_PIECES) for key, text in typed.items()}
    return tuple(
        Returned(uuid.UUID(key), count, key not in kept_out) for key, count in pieces.items() if count
    )


def _page(redemption_id: uuid.UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    session, community_id = db.session(), current_user.community_id
    scan = redemption_by_id(session, community_id, redemption_id)
    order = order_by_id(session, community_id, scan.order_id, now=clock.now()) if scan.order_id else None
    back = refunded_pieces(session, community_id, [scan.order_id]) if scan.order_id else {}
    left = (
        {line.item_id: line.quantity - back.get((scan.order_id, line.item_id), 0) for line in order.lines}
        if order
        else {}
    )
    is_own = is_own_redemption(session, community_id, current_user.member_id, redemption_id)
    page = render_template(
        "refunds/show.html", scan=scan, order=order, left=left, refunds=refunds_of(session, community_id, redemption_id),
        form=form, may_refund=scan.status == "ok" and scan.annulled_at is None and any(left.values()),
        own=say(NotAllowed("refund_of_own")) if is_own else "",
        helpers=helper_names(session, community_id, order.id) if order else (),
    )  # fmt: skip
    return make_response(page, status)

"""Orders as the staff see them: what waits, what has to be packed, and what nobody came for."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.api.cursors import as_id, as_moment, read_cursor, write_cursor
from app.database import db
from app.permissions import requires
from app.sentences import say
from app.transaction import transact
from app.web.counter import own_shop, views
from points.errors import DomainError, NotFound
from shop.orders.preparing import PrepareOrder, moved_away, no_shows, pieces_to_pack, prepare_order
from shop.queries import orders_to_collect, wishes_at

PAGE = 50


@views.get("/counter/orders")
@requires("counter.redeem")
def waiting() -> ResponseReturnValue:
    """What waits for somebody to come, packed or not; what went elsewhere; what nobody came for."""
    shop, session, community_id, now = own_shop(), db.session(), current_user.community_id, clock.now()
    typed = request.args.get("after")
    after = read_cursor(typed, as_moment, as_id) if typed else None
    orders = orders_to_collect(session, community_id, shop.id, now=now, after=after, limit=PAGE + 1)
    last = orders[PAGE - 1] if len(orders) > PAGE else None
    return render_template(
        "counter/orders.html",
        shop=shop,
        orders=orders[:PAGE],
        more=write_cursor(last.expires_at, last.id) if last else "",
        moved=[] if after else moved_away(session, community_id, shop.id, now=now),
        missed=[] if after else no_shows(session, community_id, shop.id, now=now),
    )


@views.get("/counter/prepare")
@requires("counter.redeem")
def prepare() -> ResponseReturnValue:
    """The list to go along the shelves with, on paper: pieces by item, then order by order."""
    shop, session, community_id, now = own_shop(), db.session(), current_user.community_id, clock.now()
    return render_template(
        "counter/prepare.html",
        shop=shop,
        pieces=pieces_to_pack(session, community_id, shop.id, now=now),
        orders=orders_to_collect(session, community_id, shop.id, now=now, only_unpacked=True),
        wishes=wishes_at(session, community_id, shop.id),
    )


@views.post("/counter/orders/<uuid:order_id>/packed")
@requires("counter.redeem")
def pack(order_id: uuid.UUID) -> ResponseReturnValue:
    """The order is packed; its household reads so."""
    return _mark(order_id, is_packed=True)


@views.post("/counter/orders/<uuid:order_id>/unpacked")
@requires("counter.redeem")
def unpack(order_id: uuid.UUID) -> ResponseReturnValue:
    """It was not packed after all."""
    return _mark(order_id, is_packed=False)


def _mark(order_id: uuid.UUID, *, is_packed: bool) -> ResponseReturnValue:
    command = PrepareOrder(
        current_user.community_id, current_user.member_id, own_shop().id, order_id, is_packed
    )
    try:
        transact(prepare_order, command)
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(_("记下了：已备好，住户能看到。") if is_packed else _("改回来了：还没有备好。"), "ok")
    return redirect(url_for("counter.waiting"), 303)

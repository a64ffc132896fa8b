"""A shift at the counter: begun by a button or the first scan, and its report, which prints."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.sentences.counter import REFUSALS
from app.transaction import transact
from app.web.counter import own_shop
from app.web.forms import blank_form, posted_form, show_again
from app.web.settlement import settled_shop, settled_shops
from points.errors import DomainError
from shop.queries import ShopView
from shop.settlement.shifts import (
    BeginShift,
    EndShift,
    ShiftView,
    begin_shift,
    end_shift,
    running_shift,
    shift_by_id,
    shift_report,
    shifts_at,
)

views = Blueprint("shifts", __name__)

ROWS = 30  # shifts on a page


@views.get("/counter/shift")
@requires("shift.own")
def index() -> str:
    """The shift that runs, and those before."""
    return render_template("shifts/index.html", form=blank_form(), **_context())


def _context() -> dict[str, object]:
    session, community_id, shop = db.session(), current_user.community_id, own_shop()
    running = running_shift(session, community_id, shop.id, current_user.member_id, now=clock.now())
    return {
        "shop": shop,
        "running": running,
        "lines": _report(running) if running else [],
        "refusals": REFUSALS,
        **_ended(shop),
    }


def _ended(shop: ShopView) -> dict[str, object]:
    """A page of the shifts that have ended, and where the next page begins."""
    before = request.args.get("before", type=uuid.UUID)
    found = shifts_at(db.session(), current_user.community_id, shop.id, before=before, limit=ROWS + 1)
    return {"ended": found[:ROWS], "older": found[ROWS - 1].id if len(found) > ROWS else None}


@views.get("/settlement/shifts")
@requires("settlement.see")
def ended() -> str:
    """Every shift of a shop, for those who settle with it."""
    shop = settled_shop(request.args.get("shop"))
    return render_template("shifts/ended.html", shop=shop, shops=settled_shops(), **_ended(shop))


def _report(shift: ShiftView) -> list[object]:
    until = shift.ended_at or clock.now()
    return list(
        shift_report(
            db.session(), current_user.community_id, shift.shop_id, shift.began_at, until, staff_id=shift.staff_id
        )
    )  # fmt: skip


@views.post("/counter/shift")
@requires("shift.own")
def begin() -> ResponseReturnValue:
    """Somebody takes over the counter."""
    transact(begin_shift, BeginShift(current_user.community_id, current_user.member_id, own_shop().id))
    flash(_("开始了，从现在起算您的班。"), "ok")
    return redirect(url_for("shifts.index"), 303)


@views.post("/counter/shift/end")
@requires("shift.own")
def end() -> ResponseReturnValue:
    """Ends the viewer's shift; its report stays."""
    form = posted_form()
    try:
        ended = transact(
            end_shift, EndShift(current_user.community_id, current_user.member_id, own_shop().id)
        )
    except DomainError as error:
        return show_again("shifts/index.html", form, error, **_context())
    return redirect(url_for("shifts.show", shift_id=ended), 303)


@views.get("/counter/shift/<uuid:shift_id>")
@requires("settlement.see")
def show(shift_id: uuid.UUID) -> str:
    """The report of one shift, for its shop and for those who settle with it. NotFound ``shift_not_found``,
    ``shop_not_found``."""
    found = shift_by_id(db.session(), current_user.community_id, shift_id)
    shop = settled_shop(str(found.shop_id))
    return render_template(
        "shifts/show.html", shop=shop, shift=found, lines=_report(found), refusals=REFUSALS
    )

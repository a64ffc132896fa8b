"""A shift at the counter: begun by a button or the first scan, and its report, which prints."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
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
from points.errors import DomainError, NotFound
from shop.settlement.shifts import (
    BeginShift,
    EndShift,
    ShiftView,
    begin_shift,
    end_shift,
    running_shift,
    shift_report,
    shifts_at,
)

views = Blueprint("shifts", __name__)


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
        "earlier": [one for one in shifts_at(session, community_id, shop.id) if one.ended_at],
        "refusals": REFUSALS,
    }


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
@requires("shift.own")
def show(shift_id: object) -> str:
    """The report of one shift at this counter. NotFound ``shift_not_found``."""
    shop = own_shop()
    found = next(
        (one for one in shifts_at(db.session(), current_user.community_id, shop.id) if one.id == shift_id),
        None,
    )
    if found is None:
        raise NotFound("shift_not_found")
    return render_template(
        "shifts/show.html", shop=shop, shift=found, lines=_report(found), refusals=REFUSALS
    )

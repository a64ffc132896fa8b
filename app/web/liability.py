"""What the points promise and what stands behind them; and the register of the money set aside for goods."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.i18n import month
from app.permissions import requires
from app.schemas.settlement import FundsSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from points.days import midnight_of
from points.errors import DomainError
from points.ledger.policy import NEVER
from shop.settlement.funds import ConfirmFunds, EnterFunds, confirm_funds, enter_funds, fund_lines
from shop.settlement.liability import LONG, Liability, liability

views = Blueprint("liability", __name__)


@views.get("/desk/liability")
@requires("liability.see")
def index() -> str:
    """Promised, covered, and how long it lasts."""
    return render_template("liability/index.html", form=blank_form(), **_context())


def _context() -> dict[str, object]:
    session, viewer = db.session(), current_user
    found = found_now()
    names = [month(first) for first in month_firsts(viewer.today, LONG)[:-1]]
    return {
        "found": found,
        "issued": list(zip(names, found.issued, strict=True)),
        "redeemed": list(zip(names, found.redeemed, strict=True)),
        "endings": by_month(found.calendar),
        "funds": fund_lines(session, viewer.community_id),
    }


def found_now() -> Liability:
    """What the viewer's village owes at this moment, looking back over the last full months."""
    moments = [midnight_of(first, current_user.zone) for first in month_firsts(current_user.today, LONG)]
    spans: list[tuple[datetime, datetime]] = list(zip(moments, moments[1:], strict=False))
    return liability(
        db.session(), current_user.community_id, now=clock.now(), today=current_user.today, months=spans
    )


def month_firsts(today: date, months: int) -> list[date]:
    """The first days of the last full ``months`` months, the oldest first, and of this month."""
    firsts = [today.replace(day=1)]
    for _month in range(months):
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]


def by_month(calendar: list[tuple[date, int]]) -> list[tuple[str, int]]:
    """Coming ends of points, month by month; points without an end are in no month."""
    dated = [(ends, points) for ends, points in calendar if ends != NEVER]
    months = groupby(dated, key=lambda lot: (lot[0].year, lot[0].month))
    return [(month(date(*which, 1)), sum(points for _day, points in lots)) for which, lots in months]


@views.post("/desk/liability/funds")
@requires("funds.enter")
def enter() -> ResponseReturnValue:
    """Money was set aside, or taken out for goods; it counts once the supervisor has seen the paper."""
    form = posted_form()
    try:
        values = load_form(FundsSchema)
        fen = values["yuan"] * 100 * (1 if values["way"] == "in" else -1)
        command = EnterFunds(
            current_user.community_id, current_user.member_id, request_key(), fen, values["source"], values["note"]
        )  # fmt: skip
        transact(enter_funds, command)
    except DomainError as error:
        return show_again("liability/index.html", form, error, **_context())
    flash(_("记好了，监督员核对以后才算数。"), "ok")
    return redirect(url_for("liability.index"), 303)


@views.post("/desk/liability/funds/<uuid:entry_id>/confirm")
@requires("funds.confirm")
def confirm(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The supervisor has seen the paper."""
    form = posted_form()
    try:
        transact(confirm_funds, ConfirmFunds(current_user.community_id, current_user.member_id, entry_id))
    except DomainError as error:
        return show_again("liability/index.html", form, error, **_context())
    flash(_("核对好了，这笔钱算进保障里了。"), "ok")
    return redirect(url_for("liability.index"), 303)

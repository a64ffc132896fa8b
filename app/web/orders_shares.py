"""The household's statement of the year: who brought points in, for whom they went, deposits and vouchers; for itself alone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.web.catalogue import usable_points
from app.web.orders import common_wallet
from points.errors import NotFound
from shop.lending.queries import deposits_of_household
from shop.orders.shares import shares_of_household
from shop.vouchers.queries import vouchers_got

views = Blueprint("shares", __name__)


@views.get("/points/household")
@requires("points.own")
def index() -> ResponseReturnValue:
    """This year, member by member, with deposits and vouchers, however many, in a fixed number of statements.

    NotFound ``household_keeps_no_wallet`` where everybody has a wallet of their own.
    """
    viewer, session = current_user, db.session()
    common = common_wallet()
    if common is None or viewer.wallet_id != common:
        raise NotFound("household_keeps_no_wallet")
    since = datetime(viewer.today.year, 1, 1, tzinfo=ZoneInfo(viewer.zone))
    now, home = clock.now(), (viewer.community_id, viewer.household_id)
    shares = shares_of_household(session, viewer.community_id, common, since=since, now=now)
    deposits = deposits_of_household(session, *home, since=since, now=now)
    return render_template(
        "points/household.html", shares=shares, year=date(viewer.today.year, 1, 1), usable=usable_points(),
        earned=sum(share.earned for share in shares), fetched=sum(share.fetched for share in shares),
        held=[one for one in deposits if one.state == "out"], kept=[one for one in deposits if one.state == "kept"],
        vouchers=vouchers_got(session, *home, since=since, now=now),
    )  # fmt: skip

"""The household's common points: who brought them in and for whom they went, for the household alone."""

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
from shop.orders.shares import shares_of_household

views = Blueprint("shares", __name__)


@views.get("/points/household")
@requires("points.own")
def index() -> ResponseReturnValue:
    """This year, member by member. NotFound ``household_keeps_no_wallet`` where everybody has a wallet of their own."""
    viewer, session = current_user, db.session()
    common = common_wallet()
    if common is None or viewer.wallet_id != common:
        raise NotFound("household_keeps_no_wallet")
    since = datetime(viewer.today.year, 1, 1, tzinfo=ZoneInfo(viewer.zone))
    shares = shares_of_household(session, viewer.community_id, common, since=since, now=clock.now())
    return render_template(
        "points/household.html", shares=shares, year=date(viewer.today.year, 1, 1), usable=usable_points(),
        earned=sum(share.earned for share in shares), fetched=sum(share.fetched for share in shares),
    )  # fmt: skip

"""The two first pages: for visitors what this is, for residents their points and what is new."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.demo.sign_ins import demo_sign_ins
from app.permissions import public, requires
from points.conduct.queries import cases_to_look_at
from points.ledger.policy import NOTICES, next_ending
from points.ledger.queries import wallet
from points.people.queries import communities
from points.records.queries import moving_records_of_household
from shop.queries import orders_of_household

views = Blueprint("home", __name__)


@views.get("/")
@public
def visitors() -> ResponseReturnValue:
    """What this is, in one screen; the way to each public board; ready sign-ins while the demo is loaded."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    session = db.session()
    return render_template(
        "home/visitors.html", communities=communities(session), sign_ins=demo_sign_ins(session)
    )


@views.get("/home")
@requires("points.own")
def index() -> ResponseReturnValue:
    """The resident's home: what can be used now, the ways, and what moves."""
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    community_id, household_id = viewer.community_id, viewer.household_id
    purse = ending = None
    if viewer.wallet_id is not None:
        purse = wallet(session, community_id, viewer.wallet_id, now=now, today=viewer.today).view
        ending = next_ending(purse.expiring, viewer.today)
    orders = orders_of_household(session, community_id, household_id, now=now)
    return render_template(
        "home/index.html",
        purse=purse,
        ending=ending,
        last_notice=min(NOTICES),
        records=moving_records_of_household(session, community_id, household_id, now=now),
        conduct=cases_to_look_at(session, community_id, viewer.member_id, now=now)
        if viewer.can("conduct.own")
        else 0,
        orders=[order for order in orders if order.state == "placed"],
    )

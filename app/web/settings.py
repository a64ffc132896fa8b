"""How the site looks for one person, and what it holds of them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.i18n import LANGUAGES, YEAR_SECONDS
from app.identity.devices import devices_of, password_changed_at
from app.permissions import public, requires
from app.web.ways_back import wanted_path
from points.people.own import own_data
from points.people.queries import members_of_household
from shop.codes.pins import pin_state

views = Blueprint("settings", __name__)


@views.get("/account")
@requires("account.own")
def index() -> ResponseReturnValue:
    """My account: what is known of me, who sees it, where I am signed in."""
    session, viewer = db.session(), current_user._get_current_object()
    community_id, member_id = viewer.community_id, viewer.member_id
    return render_template(
        "identity/account.html",
        own=own_data(session, community_id, member_id),
        family=members_of_household(session, community_id, viewer.household_id),
        devices=devices_of(session, community_id, member_id, viewer.epoch, now=clock.now()),
        pin=pin_state(session, community_id, member_id),
        changed_at=password_changed_at(session, community_id, member_id),
    )


@views.post("/view")
@public
def elder() -> ResponseReturnValue:
    """The elder view on or off, remembered for a year on this device."""
    return _remember("view", "elder" if request.form.get("on") == "1" else None)


@views.post("/language")
@public
def language() -> ResponseReturnValue:
    """The language of the site on this device, for a year."""
    chosen = request.form.get("locale")
    return _remember("lang", chosen if chosen in LANGUAGES else None)


def _remember(name: str, value: str | None) -> Response:
    response = redirect(wanted_path() or url_for("home.visitors"), 303)
    if value is None:
        response.delete_cookie(name, samesite="Lax")
    else:
        response.set_cookie(
            name,
            value,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=current_app.config["HTTPS_ONLY"],
        )
    return response

"""Opened on the shop phone itself: a code turns it into the phone of a counter. Whoever works there signs in as ever."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.shop_phone import enrol_this_phone, keep_token, this_shop_phone
from app.identity.throttle import TooManyAttempts
from app.permissions import public
from app.schemas.devices import EnrolSchema
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError

views = Blueprint("shop_phone", __name__)


@views.get("/shop-phone")
@public
def index() -> str:
    """Whether this phone is one, and the form that makes it one."""
    form = blank_form(code=request.args.get("code", ""))
    return render_template("devices/enrol.html", form=form, phone=this_shop_phone())


@views.post("/shop-phone")
@public
def enrol() -> ResponseReturnValue:
    """Keeps the token in this browser, then to the door."""
    form = posted_form()
    try:
        enrolled = enrol_this_phone(load_form(EnrolSchema)["code"], request.remote_addr or "")
    except DomainError as error:
        response = show_again("devices/enrol.html", form, error, phone=this_shop_phone())
        if isinstance(error, TooManyAttempts):
            response.headers["Retry-After"] = str(error.facts["seconds"])
        return response
    flash(_("这台手机登记好了，叫“%(name)s”。请当班的人登录。", name=enrolled.name), "ok")
    response = redirect(url_for("identity.sign_in", next=url_for("counter.index")), 303)
    keep_token(response, enrolled.token)
    return response

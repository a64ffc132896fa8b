"""A household's vouchers and borrowed things, and the steward's list of vouchers nobody has used."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.i18n import moment
from app.permissions import requires
from app.schemas.desk import ReasonSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.orders import code_address
from points.errors import DomainError, NotFound
from shop.lending.queries import loans_of_household
from shop.vouchers.operations import ExtendVoucher, extend_voucher
from shop.vouchers.queries import VoucherView, open_vouchers, voucher_by_id, vouchers_of_household

views = Blueprint("vouchers", __name__)

PAGE = 30


@views.get("/vouchers")
@requires("vouchers.own")
def index() -> ResponseReturnValue:
    """What the household may still use, what it has borrowed, and what is over."""
    session, community_id, household_id = db.session(), current_user.community_id, current_user.household_id
    now, before = clock.now(), request.args.get("before", type=uuid.UUID)
    found = vouchers_of_household(session, community_id, household_id, now=now, before=before, limit=PAGE + 1)
    loans = [] if before else loans_of_household(session, community_id, household_id, now=now)
    return render_template(
        "vouchers/index.html", vouchers=found[:PAGE], more=len(found) > PAGE, before=before, loans=loans
    )


@views.get("/vouchers/<uuid:voucher_id>")
@requires("vouchers.own")
def show(voucher_id: uuid.UUID) -> ResponseReturnValue:
    """The code, who serves it, where and until when; prints."""
    found = _voucher(voucher_id)
    if found.household_id != current_user.household_id:
        raise NotFound("voucher_not_found")
    return render_template("vouchers/show.html", voucher=found, address=code_address(found.token))


@views.get("/desk/vouchers")
@requires("vouchers.manage")
def open_ones() -> ResponseReturnValue:
    """Unused ones, those that end first first."""
    found = open_vouchers(db.session(), current_user.community_id, now=clock.now())
    return render_template("vouchers/open.html", vouchers=found)


@views.get("/desk/vouchers/<uuid:voucher_id>")
@requires("vouchers.manage")
def one(voucher_id: uuid.UUID) -> ResponseReturnValue:
    """One of them, and the form of its only extension."""
    return render_template("vouchers/one.html", voucher=_voucher(voucher_id), form=blank_form())


@views.post("/desk/vouchers/<uuid:voucher_id>/extend")
@requires("vouchers.manage")
def extend(voucher_id: uuid.UUID) -> ResponseReturnValue:
    """Once more as long, with the reason for the public list."""
    form = posted_form()
    try:
        reason = load_form(ReasonSchema)["reason"]
        command = ExtendVoucher(current_user.community_id, current_user.member_id, voucher_id, reason)
        until = transact(extend_voucher, command)
    except NotFound:
        raise
    except DomainError as error:
        return show_again("vouchers/one.html", form, error, voucher=_voucher(voucher_id))
    flash(_("延长好了，到 %(at)s。理由会公开，不写名字。", at=moment(until)), "ok")
    return redirect(url_for("vouchers.one", voucher_id=voucher_id), 303)


def _voucher(voucher_id: uuid.UUID) -> VoucherView:
    return voucher_by_id(db.session(), current_user.community_id, voucher_id, now=clock.now())

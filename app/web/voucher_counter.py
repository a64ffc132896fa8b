"""The counter of a shop or a partner: look at a voucher, serve it once, list what was served, print one on paper."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.headers import allow_wasm
from app.permissions import requires
from app.schemas.lending import UseVoucherSchema
from app.sentences import say
from app.transaction import transact
from app.web.counter import own_shop
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from app.web.months import month_called
from app.web.orders import code_address
from points.base import new_id
from points.days import month_span
from points.errors import DomainError, NotFound
from shop.vouchers.operations import UseVoucher, look_at_voucher, use_voucher
from shop.vouchers.queries import voucher_by_id, vouchers_sold_at, vouchers_used_at

views = Blueprint("voucher_counter", __name__)


@views.get("/counter/vouchers")
@requires("vouchers.use")
def index() -> ResponseReturnValue:
    """Camera, USB scanner or typed code."""
    allow_wasm()
    form = blank_form(code=request.args.get("code", ""))
    return render_template("vouchers/scan.html", shop=own_shop(), form=form)


@views.post("/counter/vouchers/check")
@requires("vouchers.use")
def look_up() -> ResponseReturnValue:
    """What it is for, until when, which household: no more, and nothing is used yet."""
    shop, code = own_shop(), request.form.get("code", "").strip()
    if not code:
        allow_wasm()
        form = Form({}, {"code": [_("请扫码，或者输入券上的码。")]}, _("还没有码。"))
        return make_response(render_template("vouchers/scan.html", shop=shop, form=form), 422)
    try:
        found = look_at_voucher(db.session(), current_user.community_id, shop.id, code, now=clock.now())
    except DomainError as error:
        return _refused(error)
    form = blank_form()
    return render_template(
        "vouchers/check.html", shop=shop, voucher=found, code=code, nonce=new_id().hex, form=form
    )


@views.post("/counter/vouchers/use")
@requires("vouchers.use")
def use() -> ResponseReturnValue:
    """Once for each nonce: sent twice, the page shows the same answer."""
    code, nonce = request.form.get("code", ""), request.form.get("nonce", "")
    if not code or not nonce:
        return redirect(url_for("voucher_counter.index"), 303)
    shop = own_shop()
    try:
        note = load_form(UseVoucherSchema)["note"]
    except DomainError as error:
        found = look_at_voucher(db.session(), current_user.community_id, shop.id, code, now=clock.now())
        return show_again(
            "vouchers/check.html", posted_form(), error, shop=shop, voucher=found, code=code, nonce=nonce
        )
    command = UseVoucher(current_user.community_id, current_user.member_id, shop.id, code, nonce, note)
    try:
        done = transact(use_voucher, command)
    except DomainError as error:
        return _refused(error)
    return render_template("vouchers/used.html", shop=shop, voucher=done)


def _refused(error: DomainError) -> ResponseReturnValue:
    """The red page; a refusal changes nothing."""
    return make_response(render_template("vouchers/refused.html", shop=own_shop(), sentence=say(error)), 400)


@views.get("/counter/vouchers/used")
@requires("vouchers.use")
def used() -> ResponseReturnValue:
    """What this counter served in a month, with the points that go with it; prints."""
    shop, text = own_shop(), request.args.get("month")
    month = month_called(text) if text else current_user.today.replace(day=1)
    span = month_span(month, current_user.zone)
    found = vouchers_used_at(db.session(), current_user.community_id, shop.id, span, now=clock.now())
    earlier = (month.year - (month.month == 1), month.month - 1 or 12)
    return render_template(
        "vouchers/served.html", shop=shop, vouchers=found, month=month, earlier="{:04d}-{:02d}".format(*earlier),
        points=sum(one.points for one in found),
    )  # fmt: skip


@views.get("/counter/vouchers/issued")
@requires("vouchers.use")
def issued() -> ResponseReturnValue:
    """What this shop issued lately: who has no phone gets it on paper."""
    shop = own_shop()
    found = vouchers_sold_at(db.session(), current_user.community_id, shop.id, now=clock.now())
    return render_template("vouchers/issued.html", shop=shop, vouchers=found)


@views.get("/counter/vouchers/<uuid:voucher_id>/paper")
@requires("vouchers.use")
def paper(voucher_id: uuid.UUID) -> ResponseReturnValue:
    """One voucher on a slip of 58 mm, only at the shop that issued it and while it can be used."""
    shop = own_shop()
    found = voucher_by_id(db.session(), current_user.community_id, voucher_id, now=clock.now())
    sold_here = {
        one.id for one in vouchers_sold_at(db.session(), current_user.community_id, shop.id, now=clock.now())
    }
    if found.id not in sold_here:
        raise NotFound("voucher_not_found")
    if found.state != "issued":
        flash(_("这张券已经不能用了，不用再印。"), "error")
        return redirect(url_for("voucher_counter.issued"), 303)
    return render_template("vouchers/paper.html", shop=shop, voucher=found, address=code_address(found.token))

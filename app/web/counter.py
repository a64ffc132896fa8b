"""The counter: scan, see who and what, hand over, and undo within 15 minutes."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.headers import allow_wasm
from app.identity.shop_phone import check_shop_phone, this_shop_phone
from app.permissions import requires
from app.sentences import say
from app.sentences.counter import do_next
from app.transaction import transact
from app.web.forms import Form, blank_form
from points.base import new_id
from points.codes import read_code
from points.errors import DomainError, NotAllowed
from points.people.queries import meaning_of
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.operations import Outcome, RedeemCode, redeem_code
from shop.counter.policy import FORCEABLE, UNDO, may_annul
from shop.queries import ShopView, orders_to_collect, scans_at, shop_by_id

views = Blueprint("counter", __name__)


def own_shop() -> ShopView:
    """The shop whose counter this is. NotAllowed ``no_shop_of_yours``, and what ``check_shop_phone`` raises."""
    if current_user.shop_id is None:
        raise NotAllowed("no_shop_of_yours")
    check_shop_phone(current_user)
    return shop_by_id(db.session(), current_user.community_id, current_user.shop_id)


def device() -> str:
    """This shop phone's or browser's own name in the register: only the device that scanned may undo."""
    phone = this_shop_phone()
    if phone is not None:
        return f"phone-{phone.id.hex}"
    if "device" not in session:
        session["device"] = f"web-{secrets.token_hex(8)}"
        session.permanent = True
    return session["device"]


def device_id() -> uuid.UUID | None:
    """The enrolled shop phone in the volunteer's hand, if it is one."""
    phone = this_shop_phone()
    return phone.id if phone is not None else None


def override_reason() -> str:
    """Why a supervisor hands over all the same, from the refusal's own form; empty for everybody else."""
    return request.form.get("override", "").strip() if current_user.can("counter.force") else ""


def override() -> dict[str, Any]:
    """The same as fields of ``RedeemCode``."""
    reason = override_reason()
    return {"force": True, "may_force": True, "reason": reason} if reason else {}


def _scan(code: str, nonce: str, *, looks: bool) -> Outcome:
    return transact(
        redeem_code,
        RedeemCode(
            current_user.community_id,
            current_user.member_id,
            own_shop().id,
            device(),
            code,
            nonce,
            looks=looks,
            device_id=device_id(),
            **override(),
        ),
    )


@views.get("/counter")
@requires("counter.redeem")
def index() -> ResponseReturnValue:
    """Camera, USB scanner or typed code."""
    allow_wasm()
    shop = own_shop()
    waiting = orders_to_collect(db.session(), current_user.community_id, shop.id, now=clock.now())
    form = blank_form(code=request.args.get("code", ""))
    return render_template("counter/index.html", shop=shop, waiting=len(waiting), form=form)


@views.post("/counter/check")
@requires("counter.redeem")
def look_up() -> ResponseReturnValue:
    """Who, what and how many points, before anything leaves the shelf. A refusal is shown, and stored, at once."""
    code = request.form.get("code", "").strip()
    if not code:
        allow_wasm()
        form = Form({}, {"code": [_("请扫码，或者输入取货码。")]}, _("还没有码。"))
        return make_response(
            render_template("counter/index.html", shop=own_shop(), waiting=None, form=form), 422
        )
    if _is_voucher(code):
        return redirect(url_for("voucher_counter.index", code=code), 303)
    nonce = new_id().hex
    seen = _scan(code, nonce, looks=True)
    if seen.status == "incomplete":
        return redirect(url_for("sale.pick", code=code), 303)
    if seen.status != "ok":
        return show_answer(seen, nonce, Again(url_for("counter.look_up"), code))
    return render_template(
        "counter/check.html", shop=own_shop(), found=seen.body["redemption"], code=code, nonce=nonce,
        why=override_reason(),
    )  # fmt: skip


def _is_voucher(code: str) -> bool:
    """A voucher is served at another page; here it would be refused, and the register full of refusals nobody meant."""
    token = read_code(code)
    meaning = meaning_of(db.session(), token) if token and current_user.can("vouchers.use") else None
    return (
        meaning is not None
        and meaning.purpose == "voucher"
        and meaning.community_id == current_user.community_id
    )


@views.post("/counter/redeem")
@requires("counter.redeem")
def redeem() -> ResponseReturnValue:
    """Hands over, once for each nonce: sent twice, the page shows the same answer."""
    code, nonce = request.form.get("code", ""), request.form.get("nonce", "")
    if not code or not nonce:
        return redirect(url_for("counter.index"), 303)
    return show_answer(_scan(code, nonce, looks=False), nonce, Again(url_for("counter.look_up"), code))


@dataclass(frozen=True)
class Again:
    """The refused scan as its page can send it once more, with a supervisor's reason."""

    url: str
    code: str
    lines: tuple[str, ...] = ()
    seen: str = ""


def show_answer(outcome: Outcome, nonce: str, again: Again | None = None) -> ResponseReturnValue:
    """The full-screen answer, green or red; red with the way round it where a supervisor may go one."""
    body: dict[str, Any] = outcome.body
    if outcome.status == "ok":
        minutes = int(UNDO.total_seconds() // 60)
        return render_template(
            "counter/ok.html",
            shop=own_shop(),
            done=body["redemption"],
            balance=body["balance"],
            nonce=nonce,
            minutes=minutes,
        )
    return make_response(
        render_template(
            "counter/refused.html",
            shop=own_shop(),
            sentence=do_next(outcome),
            reason=outcome.reason,
            nonce=nonce,
            again=again if outcome.reason == FORCEABLE and current_user.can("counter.force") else None,
        ),
        400,
    )


@views.post("/counter/annul")
@requires("counter.redeem")
def annul() -> ResponseReturnValue:
    """Takes a wrong scan back."""
    own_shop()
    nonce = request.form.get("nonce", "")
    command = AnnulRedemption(current_user.community_id, current_user.member_id, device(), nonce)
    try:
        done = transact(annul_redemption, command)
    except DomainError as error:
        flash(say(error), "error")
        return redirect(url_for("counter.log"), 303)
    return render_template("counter/annulled.html", shop=own_shop(), done=done["redemption"])


@views.get("/counter/more")
@requires("counter.redeem")
def more() -> ResponseReturnValue:
    """What is done less often than scanning."""
    return render_template("counter/more.html", shop=own_shop())


@views.get("/counter/log")
@requires("counter.redeem")
def log() -> ResponseReturnValue:
    """The last answers of this counter, refusals as well, with undo where it is still possible."""
    shop, now = own_shop(), clock.now()
    scans = scans_at(db.session(), current_user.community_id, shop.id)
    own = device()
    undoable = {
        scan.nonce
        for scan in scans
        if scan.status == "ok"
        and scan.order_id is not None
        and scan.annulled_at is None
        and scan.device == own
        and may_annul(scan.scanned_at, now)
    }
    return render_template("counter/log.html", shop=shop, scans=scans, undoable=undoable)

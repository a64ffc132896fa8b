"""Things that are lent at the counter: who has what, lending, taking back, and the deposit of what never came back."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.headers import allow_wasm
from app.i18n import moment
from app.permissions import requires
from app.schemas.desk import ReasonSchema
from app.schemas.lending import LendSchema, TakeBackSchema
from app.sentences import say
from app.sentences.counter import still_needed_to_lend
from app.transaction import transact
from app.web.at_counter import person_here
from app.web.counter import device, device_id
from app.web.forms import Form, blank_form, load_form, posted_form, request_key, show_again
from app.web.seen_codes import seal_code, seen_at
from app.web.stock import managed_shop, managed_shops
from points.codes import read_code
from points.errors import DomainError, NotFound
from points.people.queries import members_by_id
from shop.lending.borrowers import member_of_code
from shop.lending.operations import (
    KeepDeposit,
    LendItem,
    TakeBack,
    WordNeeded,
    keep_deposit,
    lend_item,
    take_back,
)
from shop.lending.queries import loan_by_id, loans_out, things_to_lend
from shop.queries import ShopView

views = Blueprint("loans", __name__)


def _shop() -> ShopView:
    return managed_shop(request.values.get("shop"))


@views.get("/counter/loans")
@requires("loans.run")
def index() -> ResponseReturnValue:
    """What is out, and what should be back by now."""
    shop = _shop()
    found = loans_out(db.session(), current_user.community_id, shop.id, now=clock.now())
    return render_template("loans/index.html", shop=shop, shops=managed_shops(), loans=found)


@views.get("/counter/loans/new")
@requires("loans.run")
def new() -> ResponseReturnValue:
    """Who borrows, by a code, a card or a name; then what."""
    allow_wasm()
    form = blank_form(item_id=request.args.get("item_id", ""))
    return render_template("loans/new.html", form=form, **_lending(form))


def _lending(form: Form) -> dict[str, object]:
    shop = _shop()
    known = things_to_lend(db.session(), current_user.community_id, shop.id, now=clock.now())
    things = [thing for thing in known if thing.free > 0]
    return {"shop": shop, "things": things, **_borrower(form, shop)}


def _borrower(form: Form, shop: ShopView) -> dict[str, object]:
    """Whoever showed a ``code`` or a card, which goes on with the form; else whom the volunteer named."""
    code = (request.values.get("code", "") or request.values.get("q", "")).strip()
    if read_code(code) is None:
        return {"code": "", "seen": "", **person_here(form)}
    session, community_id = db.session(), current_user.community_id
    look = {"code": code, "seen_at": seen_at(code), "now": clock.now()}
    try:
        member_id = member_of_code(session, community_id, shop.id, **look)
    except DomainError as error:
        form.typed["q"], form.errors = [code], {"q": [say(error)]}
        return {"code": "", "seen": "", "person": None, "found": None}
    person = members_by_id(session, community_id, [member_id])[member_id]
    return {"code": code, "seen": seal_code(code), "person": person, "found": None}


@views.post("/counter/loans")
@requires("loans.run")
def lend() -> ResponseReturnValue:
    """Off the shelf, and the deposit held, once the borrower has agreed to it."""
    form, shop = posted_form(), _shop()
    allow_wasm()
    try:
        values = load_form(LendSchema)
        command = LendItem(
            current_user.community_id, current_user.member_id, request_key(), shop.id, device(), values["item_id"],
            code=values["code"], member_id=values["m"], pin=values["pin"], seen_at=seen_at(values["code"]),
            points_shown=request.form.get(f"p-{values['item_id']}", type=int), device_id=device_id(),
        )  # fmt: skip
        lent = transact(lend_item, command)
    except NotFound:
        raise
    except DomainError as error:
        return show_again("loans/new.html", form, error, **_lending(form))
    if isinstance(lent, WordNeeded):
        context = _lending(form)
        form.error = still_needed_to_lend(lent.pin)
        return make_response(render_template("loans/new.html", form=form, needs=lent.pin, **context), 422)
    flash(
        _("借出好了，%(at)s 前还。押金 %(n)s 分先占用，还了就退。", at=moment(lent.due_at), n=lent.points)
        if lent.points
        else _("借出好了，%(at)s 前还。", at=moment(lent.due_at)),
        "ok",
    )
    return redirect(url_for("loans.index", shop=shop.id), 303)


@views.get("/counter/loans/<uuid:loan_id>")
@requires("loans.run")
def show(loan_id: uuid.UUID) -> ResponseReturnValue:
    """One thing: take it back, or for the steward, long after the day, keep the deposit."""
    return render_template("loans/show.html", form=blank_form(), **_one(loan_id))


def _one(loan_id: uuid.UUID) -> dict[str, object]:
    shop = _shop()
    loan = loan_by_id(db.session(), current_user.community_id, loan_id, now=clock.now())
    if loan.shop_id != shop.id:
        raise NotFound("loan_not_found")
    return {"shop": shop, "loan": loan}


@views.post("/counter/loans/<uuid:loan_id>/back")
@requires("loans.run")
def back(loan_id: uuid.UUID) -> ResponseReturnValue:
    """The deposit is free at once; what is broken does not go back on the shelf."""
    form, shop = posted_form(), _shop()
    try:
        values = load_form(TakeBackSchema)
        command = TakeBack(
            current_user.community_id, current_user.member_id, loan_id, shop.id, values["condition"] == "damaged",
            values["note"],
        )  # fmt: skip
        transact(take_back, command)
    except NotFound:
        raise
    except DomainError as error:
        return show_again("loans/show.html", form, error, **_one(loan_id))
    flash(_("收回好了，押金已经退回，到期日不变。"), "ok")
    return redirect(url_for("loans.index", shop=shop.id), 303)


@views.post("/counter/loans/<uuid:loan_id>/keep")
@requires("loans.keep")
def keep(loan_id: uuid.UUID) -> ResponseReturnValue:
    """It will not come back: its price goes to the shop."""
    form, shop = posted_form(), _shop()
    try:
        reason = load_form(ReasonSchema)["reason"]
        command = KeepDeposit(current_user.community_id, current_user.member_id, loan_id, reason)
        transact(keep_deposit, command)
    except NotFound:
        raise
    except DomainError as error:
        return show_again("loans/show.html", form, error, **_one(loan_id))
    flash(_("押金按价收下了，东西就归对方家。公开的改动里不写名字。"), "ok")
    return redirect(url_for("loans.index", shop=shop.id), 303)

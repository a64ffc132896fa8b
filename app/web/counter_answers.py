"""After a lost answer: what became of a confirmation, and giving it up so that it is certainly not booked."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.sentences import say
from app.transaction import transact
from app.web.counter import device, device_id, own_shop, show_answer, views
from points.errors import DomainError
from shop.counter.lost import CancelSale, answer_of, cancel_sale
from shop.counter.scan import RedeemCode, is_nonce
from shop.queries import scan_by_nonce

__all__ = ["views"]


@views.get("/counter/answers/<nonce>", endpoint="answer")
@requires("counter.redeem")
def answer(nonce: str) -> ResponseReturnValue:
    """The answer that was lost, with its undo; or that nothing came, and a way to make that certain."""
    shop = own_shop()
    scan = RedeemCode(current_user.community_id, current_user.member_id, shop.id, device(), "", nonce)
    told = answer_of(db.session(), scan)
    if told is None:
        return render_template("counter/unanswered.html", shop=shop, nonce=nonce)
    if scan_by_nonce(db.session(), scan.community_id, nonce).annulled_at is not None:
        return render_template("counter/annulled.html", shop=shop, done=told.body["redemption"])
    return show_answer(told, nonce)


@views.post("/counter/cancel", endpoint="cancel")
@requires("counter.redeem")
def cancel() -> ResponseReturnValue:
    """Afterwards it is certainly not booked; what was, is undone, or the counter's list says why it cannot be."""
    nonce = request.form.get("nonce", "")
    if not is_nonce(nonce):
        return redirect(url_for("counter.index"), 303)
    command = CancelSale(
        current_user.community_id, current_user.member_id, own_shop().id, device(), nonce, device_id()
    )
    try:
        transact(cancel_sale, command)
    except DomainError as error:
        flash(say(error), "error")
        return redirect(url_for("counter.log"), 303)
    return redirect(url_for("counter.answer", nonce=nonce), 303)

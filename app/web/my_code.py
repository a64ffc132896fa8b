"""The own code for the counter, and the word that a resident gives on the own phone."""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import public, requires
from app.sentences import say
from app.sentences.counter import do_next
from app.transaction import transact
from points.errors import Conflict, DomainError, NotFound
from shop.codes.member_keys import AddPhone, ForgetPhone, add_phone, forget_phone, phones_of
from shop.codes.rotating import ROOM
from shop.counter.requests import (
    AnswerRequest,
    RequestView,
    confirm_request,
    decline_request,
    request_by_id,
    requests_for,
    told_of,
)
from shop.counter.scan import Outcome

views = Blueprint("my_code", __name__)


@views.get("/code")
@requires("code.show")
def show() -> ResponseReturnValue:
    """A code that changes every twenty seconds; the phone makes it by itself once it was told its key."""
    return render_template(
        "my_code/index.html", room=_room(),
        phones=phones_of(db.session(), current_user.community_id, current_user.member_id), asks=_asks(),
    )  # fmt: skip


@views.get("/code/pocket")
@requires("code.show")
def pocket() -> ResponseReturnValue:
    """The code alone, for the time without network: the phone keeps this page, so it names nobody."""
    return render_template("my_code/pocket.html", room=_room())


@views.post("/code/phone")
@requires("code.show")
def add() -> Response:
    """The key, told to this phone once."""
    phone = transact(add_phone, AddPhone(current_user.community_id, current_user.member_id))
    return jsonify({"handle": phone.handle, "key": phone.key.hex()})


@views.get("/code/clock")
@public
def site_clock() -> Response:
    """The site's time in milliseconds: a phone whose clock is wrong shows good codes all the same."""
    response = jsonify({"now": int(clock.now().timestamp() * 1000)})
    response.headers["Cache-Control"] = "no-store"
    return response


@views.post("/code/forget")
@requires("code.show")
def forget() -> ResponseReturnValue:
    """A lost phone shows no more codes; without a handle, none does."""
    handle = request.form.get("handle") or None
    try:
        transact(forget_phone, ForgetPhone(current_user.community_id, current_user.member_id, handle))
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(_("停用了。那台手机上的码不能再用。"), "ok")
    return redirect(url_for("my_code.show"), 303)


@views.get("/code/asks")
@requires("code.show")
def asks() -> ResponseReturnValue:
    """What waits for the resident's word, for a page that looks every few seconds."""
    return render_template("my_code/_asks.html", asks=_asks())


@views.get("/asks/<uuid:request_id>")
@requires("code.show")
def ask(request_id: uuid.UUID) -> ResponseReturnValue:
    """Goods, shop and points in large letters, and two buttons."""
    found = _own(request_id)
    told = told_of(db.session(), current_user.community_id, found.nonce)
    if told is not None and found.member_id is not None:
        return _done(told)
    return render_template("my_code/ask.html", ask=found, now=clock.now())


@views.post("/asks/<uuid:request_id>/confirm")
@requires("code.show")
def confirm(request_id: uuid.UUID) -> ResponseReturnValue:
    """The word is the sale: booked now, and the till sees it."""
    command = AnswerRequest(current_user.community_id, current_user.member_id, request_id)
    try:
        outcome = transact(confirm_request, command)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        flash(say(error), "error")
        return redirect(url_for("my_code.ask", request_id=request_id), 303)
    return _done(outcome)


def _done(outcome: Outcome) -> ResponseReturnValue:
    sentence = do_next(outcome) if outcome.reason else ""
    return render_template("my_code/done.html", outcome=outcome, sentence=sentence), 400 if sentence else 200


@views.post("/asks/<uuid:request_id>/decline")
@requires("code.show")
def decline(request_id: uuid.UUID) -> ResponseReturnValue:
    """Nothing is booked."""
    try:
        transact(
            decline_request, AnswerRequest(current_user.community_id, current_user.member_id, request_id)
        )
    except Conflict:
        return redirect(url_for("my_code.ask", request_id=request_id), 303)
    flash(_("没有换，积分没有动。"), "ok")
    return redirect(url_for("my_code.show"), 303)


def _room() -> str:
    """What stands before the code in the picture, in the capitals that keep it small."""
    site = current_app.config["SITE_URL"] or request.host_url.rstrip("/")
    return (site + ROOM).upper()


def _asks() -> list[RequestView]:
    return requests_for(db.session(), current_user.community_id, current_user.member_id, now=clock.now())


def _own(request_id: uuid.UUID) -> RequestView:
    """A sale that waits for the viewer, or for anybody at that counter. NotFound ``request_not_found``."""
    found = request_by_id(db.session(), current_user.community_id, request_id)
    if found.member_id not in (None, current_user.member_id):
        raise NotFound("request_not_found")
    return found

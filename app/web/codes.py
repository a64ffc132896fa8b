"""Where a scanned code leads. Public: any camera opens it, so a stranger learns what kind of code it is and nothing else."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import public
from points.codes import read_code
from points.errors import NotFound
from points.people.queries import CodeMeaning, meaning_of, member_of_card
from shop.counter.requests import requests_at
from shop.queries import order_by_id, orders_of_household, shop_by_id
from shop.vouchers.queries import voucher_by_id

views = Blueprint("codes", __name__)


@views.get("/Q/<token>", endpoint="open")
@views.get("/q/<token>", endpoint="open_small")
@public
def open_code(token: str) -> ResponseReturnValue:
    """An order, a voucher, a card, or the roll-call of a session; for each viewer what this one may do with it."""
    code = read_code(token)
    meaning = meaning_of(db.session(), code) if code else None
    if meaning is None:
        return _sentence("unknown", 404)
    if meaning.purpose == "roll_call":
        return redirect(url_for("review.join", token=code), 302)
    if meaning.purpose == "enrolment":
        return redirect(url_for("shop_phone.index", code=code), 302)
    is_own = current_user.is_authenticated and current_user.community_id == meaning.community_id
    if meaning.purpose == "shop":
        return _shop(meaning, is_own=is_own)
    if meaning.purpose == "order":
        return _order(meaning, code, is_own=is_own)
    if meaning.purpose == "voucher":
        return _voucher(meaning, code, is_own=is_own)
    return _card(code, is_own=is_own)


@views.get("/M/<token>", endpoint="member_code")
@views.get("/m/<token>", endpoint="member_code_small")
@public
def open_member_code(token: str) -> ResponseReturnValue:
    """A phone's code is for the counter: there it leads on, elsewhere it says so and nothing else."""
    if current_user.is_authenticated and current_user.can("counter.redeem"):
        return redirect(url_for("sale.pick", code=token), 302)
    return _sentence("member")


@views.get("/C/<path:rest>")
@public
def in_capitals(rest: str) -> ResponseReturnValue:
    """A printed code spells a whole address in capitals, to stay small; ours are written in small letters."""
    return redirect(f"/c/{rest.lower()}", 302)


def _sentence(kind: str, status: int = 200) -> ResponseReturnValue:
    return render_template("codes/sentence.html", kind=kind), status


def _shop(meaning: CodeMeaning, *, is_own: bool) -> ResponseReturnValue:
    """What waits at the counter for the word of whoever stands there."""
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    if not is_own:
        return _sentence("shop")
    session, community_id = db.session(), meaning.community_id
    shop = shop_by_id(session, community_id, meaning.subject_id)
    asks = requests_at(session, community_id, shop.id, now=clock.now())
    return render_template("codes/shop.html", shop=shop, asks=asks)


def _order(meaning: CodeMeaning, code: str, *, is_own: bool) -> ResponseReturnValue:
    if not is_own:
        return _sentence("order")
    order = order_by_id(db.session(), meaning.community_id, meaning.subject_id, now=clock.now())
    if order.household_id == current_user.household_id:
        return redirect(url_for("orders.show", order_id=order.id), 302)
    if current_user.can("counter.redeem") and current_user.shop_id == order.shop_id:
        return redirect(url_for("counter.index", code=code), 302)
    return _sentence("order")


def _voucher(meaning: CodeMeaning, code: str, *, is_own: bool) -> ResponseReturnValue:
    """Its household sees it, a counter tries it, everybody else learns what it is."""
    if not is_own:
        return _sentence("voucher")
    found = voucher_by_id(db.session(), meaning.community_id, meaning.subject_id, now=clock.now())
    if found.household_id == current_user.household_id:
        return redirect(url_for("vouchers.show", voucher_id=found.id), 302)
    if current_user.can("vouchers.use") and current_user.shop_id is not None:
        return redirect(url_for("voucher_counter.index", code=code), 302)
    return _sentence("voucher")


def _card(code: str, *, is_own: bool) -> ResponseReturnValue:
    if not is_own or not current_user.can("members.look_up"):
        return _sentence("card")
    session, viewer = db.session(), current_user
    try:
        member = member_of_card(session, viewer.community_id, code)
    except NotFound as error:
        return _sentence(error.code, 404)
    return render_template(
        "codes/card.html", member=member, code=code, orders=_waiting_here(viewer.shop_id, member.household_id)
    )


def _waiting_here(shop_id: uuid.UUID | None, household_id: uuid.UUID) -> list[object]:
    """What the household may collect at the counter of the viewer."""
    if shop_id is None or not current_user.can("counter.redeem"):
        return []
    found = orders_of_household(db.session(), current_user.community_id, household_id, now=clock.now())
    return [order for order in found if order.state == "placed" and order.shop_id == shop_id]

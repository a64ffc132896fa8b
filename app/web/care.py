"""The care pool: in public its sums, at the counter its goods, at the desk the list of those it is for."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.headers import allow_wasm
from app.permissions import public, requires
from app.schemas.lending import CareSchema, GiveCareSchema
from app.sentences import say
from app.sentences.gifts import CARE_WHY
from app.transaction import transact
from app.web.at_counter import person_here
from app.web.board import community_of
from app.web.counter import device
from app.web.forms import Form, blank_form, load_form, posted_form, request_key, show_again
from app.web.gifts import named_person
from app.web.sale import picked_pieces
from app.web.stock import managed_shop
from points.errors import DomainError, NotFound
from points.gifts.queries import pool_figures
from shop.care.listing import ConfirmCare, EndCare, ProposeCare, confirm_care, end_care, propose_care
from shop.care.operations import GIVEN_KINDS, GiveCare, give_care
from shop.care.queries import care_list, is_cared_for
from shop.orders.operations import Wanted
from shop.queries import items_at

views = Blueprint("care", __name__)


@views.get("/c/<code>/care")
@public
def pool(code: str) -> ResponseReturnValue:
    """What came in and what was given, by the month: sums, and nobody's name."""
    community = community_of(code)
    figures = pool_figures(db.session(), community.id, now=clock.now())
    return render_template("care/pool.html", community=community, figures=figures)


@views.get("/desk/care")
@requires("care.see")
def index() -> ResponseReturnValue:
    """Who is on the list, and who waits for the second person."""
    return render_template("care/index.html", form=blank_form(), **_list())


def _list() -> dict[str, object]:
    lines = care_list(db.session(), current_user.community_id, now=clock.now())
    return {"lines": lines, "why_words": CARE_WHY, "code": current_user.community_code}


@views.post("/desk/care")
@requires("care.manage")
def propose() -> ResponseReturnValue:
    """The steward names somebody, or asks for another year."""
    form = posted_form()
    try:
        values = load_form(CareSchema)
        person = named_person(values["name"], values["household"])
        command = ProposeCare(current_user.community_id, current_user.member_id, person, values["why"])
        transact(propose_care, command)
    except DomainError as error:
        return show_again("care/index.html", form, error, **_list())
    flash(_("记下了，等监督员确认后生效。"), "ok")
    return redirect(url_for("care.index"), 303)


@views.post("/desk/care/<uuid:entry_id>/confirm")
@requires("care.confirm")
def confirm(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The supervisor agrees."""
    try:
        command = ConfirmCare(current_user.community_id, current_user.member_id, entry_id)
        transact(confirm_care, command)
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(_("确认好了，一年后自动删去。公开的改动里不写名字。"), "ok")
    return redirect(url_for("care.index"), 303)


@views.post("/desk/care/<uuid:entry_id>/end")
@requires("care.see")
def end(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Taken off by the steward, or not confirmed by the supervisor."""
    transact(end_care, EndCare(current_user.community_id, current_user.member_id, entry_id))
    flash(_("已经从名单里删去。"), "ok")
    return redirect(url_for("care.index"), 303)


@views.get("/counter/care")
@requires("care.give")
def counter() -> ResponseReturnValue:
    """Who stands here, may the pool pay, and for what."""
    allow_wasm()
    form = blank_form()
    return render_template("care/counter.html", form=form, **_giving(form))


def _giving(form: Form) -> dict[str, object]:
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    shop, here = managed_shop(request.values.get("shop")), person_here(form)
    person = here["person"]
    may_pay = bool(person) and is_cared_for(session, community_id, person.household_id, now=now)
    items = items_at(session, community_id, shop.id, now=now) if may_pay else []
    things = [item for item in items if item.kind in GIVEN_KINDS and item.available > 0]
    balance = pool_figures(session, community_id, now=now).balance
    return {"shop": shop, "may_pay": may_pay, "things": things, "balance": balance, **here}


@views.post("/counter/care")
@requires("care.give")
def give() -> ResponseReturnValue:
    """Goods leave, the pool pays."""
    form, shop = posted_form(), managed_shop(request.values.get("shop"))
    try:
        values = load_form(GiveCareSchema)
        command = GiveCare(
            current_user.community_id, current_user.member_id, shop.id, device(), request_key(), values["m"], _picked(),
        )  # fmt: skip
        given = transact(give_care, command)
    except NotFound:
        raise
    except DomainError as error:
        return show_again("care/counter.html", form, error, **_giving(form))
    flash(_("可以给货，爱心池付了 %(n)s 分。对外只记数，不写名字。", n=given.points), "ok")
    return redirect(url_for("care.counter", shop=shop.id), 303)


def _picked() -> tuple[Wanted, ...]:
    """Several things at once. Whatever left the shelf meanwhile is asked for all the same, and refused with its name.

    Invalid ``quantity_wrong``; NotFound ``item_not_found``.
    """
    try:
        return tuple(Wanted(uuid.UUID(key), pieces) for key, pieces in picked_pieces().items())
    except ValueError as error:
        raise NotFound("item_not_found") from error

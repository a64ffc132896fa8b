"""Giving points: to another household or to the care pool, with a word and one tap of thanks; and the supervisor's look."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.lending import GiftSchema
from app.transaction import transact
from app.web.deed_form import beside_its_field
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from points.errors import DomainError, Invalid
from points.gifts.operations import GivePoints, ThankForGift, give_points, thank_for_gift
from points.gifts.policy import MOST_GIVEN_A_DAY, MOST_GIVEN_A_MONTH
from points.gifts.queries import circles, gifts_of_wallet
from points.ledger.queries import wallet
from points.people.named import NamedPerson, Register

views = Blueprint("gifts", __name__)

PAGE = 20


@views.get("/gifts")
@requires("gifts.own")
def index() -> ResponseReturnValue:
    """Give, and what came and went."""
    return render_template("gifts/index.html", form=blank_form(to=request.args.get("to")), **_own())


def _own() -> dict[str, object]:
    session, community_id, purse = db.session(), current_user.community_id, current_user.wallet_id
    before = request.args.get("before", type=uuid.UUID)
    found = gifts_of_wallet(session, community_id, purse, before=before, limit=PAGE + 1) if purse else []
    usable = (
        wallet(session, community_id, purse, now=clock.now(), today=current_user.today).view
        if purse
        else None
    )
    return {
        "gifts": found[:PAGE], "older": found[PAGE - 1].id if len(found) > PAGE else None,
        "usable": usable.available if usable else 0, "a_day": MOST_GIVEN_A_DAY, "a_month": MOST_GIVEN_A_MONTH,
    }  # fmt: skip


@views.post("/gifts")
@requires("gifts.own")
def give() -> ResponseReturnValue:
    """Somebody is named in full: no list of people is shown for it."""
    form = posted_form()
    try:
        values = load_form(GiftSchema)
        to = named_person(values["name"], values["household"]) if values["to"] == "person" else None
        command = GivePoints(
            current_user.community_id, current_user.member_id, request_key(), to, values["points"], values["note"]
        )  # fmt: skip
        transact(give_points, command)
    except DomainError as error:
        field = {"gift_speaks_of_money": "note", "person_not_here": "name", "person_ambiguous": "household"}
        return show_again(
            "gifts/index.html", form, beside_its_field(error, field.get(error.code, "")), **_own()
        )
    flash(_("送到了。对方看得到您的留言。") if to else _("谢谢您！积分已经到了爱心池。"), "ok")
    return redirect(url_for("gifts.index"), 303)


def named_person(name: str, household: str | None) -> uuid.UUID:
    """The one person of a whole name. Raises Invalid ``name_missing``, ``person_not_here``, ``person_ambiguous``."""
    name = name.replace(" ", "")
    if not name:
        raise Invalid("name_missing")
    number = household.replace(" ", "").upper() if household else None
    register = Register(db.session(), current_user.community_id, [name])
    return register.find(NamedPerson(name, number)).id


@views.post("/gifts/<uuid:gift_id>/thank")
@requires("gifts.own")
def thank(gift_id: uuid.UUID) -> ResponseReturnValue:
    """One tap; the giver sees it."""
    transact(thank_for_gift, ThankForGift(current_user.community_id, current_user.member_id, gift_id))
    flash(_("谢意送到了。"), "ok")
    return redirect(url_for("gifts.index"), 303)


@views.get("/desk/gifts")
@requires("gifts.circles")
def in_turn() -> ResponseReturnValue:
    """Who gave each other within thirty days: to look at, not to blame."""
    found = circles(db.session(), current_user.community_id, now=clock.now())
    return render_template("gifts/circles.html", circles=found)

"""What residents wish the shop had, how many wish the same, and what comes of it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.catalogue import AnswerWishSchema, WishSchema
from app.sentences import say
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import Conflict, DomainError, NotFound
from shop.wishes.operations import AnswerWish, BackWish, MakeWish, answer_wish, back_wish, make_wish
from shop.wishes.queries import wishes_of

views = Blueprint("wishes", __name__)

ANSWERED = 20  # on the page; older ones have been read


@views.get("/shop/wishes")
@requires("shop.order")
def index() -> ResponseReturnValue:
    """What waits, the most wished first, and what became of others."""
    return render_template("wishes/index.html", form=blank_form(), **_lists())


@views.post("/shop/wishes")
@requires("shop.order")
def make() -> ResponseReturnValue:
    """One more wish."""
    form = posted_form()
    try:
        text = load_form(WishSchema)["text"]
        transact(make_wish, MakeWish(current_user.community_id, current_user.member_id, text))
    except DomainError as error:
        return show_again("wishes/index.html", form, error, **_lists())
    flash(_("记下了，别人也能点“我也想要”。"), "ok")
    return redirect(url_for("wishes.index"), 303)


@views.post("/shop/wishes/<uuid:wish_id>/back")
@requires("shop.order")
def back(wish_id: uuid.UUID) -> ResponseReturnValue:
    """I want it too."""
    try:
        transact(back_wish, BackWish(current_user.community_id, current_user.member_id, wish_id))
    except Conflict as error:
        flash(say(error), "error")
    return redirect(url_for("wishes.index"), 303)


@views.post("/shop/wishes/<uuid:wish_id>/answer")
@requires("catalogue.manage")
def answer(wish_id: uuid.UUID) -> ResponseReturnValue:
    """The steward says what comes of it."""
    form = posted_form()
    try:
        values = load_form(AnswerWishSchema)
        command = AnswerWish(
            current_user.community_id, current_user.member_id, wish_id, values["state"], values["answer"]
        )
        transact(answer_wish, command)
    except NotFound:
        raise
    except DomainError as error:
        return show_again("wishes/index.html", form, error, failed=wish_id, **_lists())
    flash(_("答复记下了，大家都能看到。"), "ok")
    return redirect(url_for("wishes.index"), 303)


def _lists() -> dict[str, object]:
    session, viewer = db.session(), current_user
    asked = {"reader_id": viewer.member_id}
    return {
        "waiting": wishes_of(session, viewer.community_id, is_waiting=True, **asked),
        "answered": wishes_of(session, viewer.community_id, is_waiting=False, limit=ANSWERED, **asked),
    }

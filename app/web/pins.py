"""The PIN of a card: set at the desk with the person present, or by oneself."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.devices import PinSchema
from app.transaction import transact
from app.web.forms import Form, load_form, show_again
from points.errors import DomainError, Invalid
from points.people.register import member_file
from shop.codes.pins import RemovePin, SetPin, pin_state, remove_pin, set_pin

views = Blueprint("pins", __name__)


@views.get("/members/<uuid:member_id>/pin")
@requires("members.manage")
def desk(member_id: uuid.UUID) -> str:
    """The person types it here, twice."""
    return render_template("cards/pin.html", form=Form(), **_context(member_id, at_desk=True))


@views.post("/members/<uuid:member_id>/pin")
@requires("members.manage")
def set_at_desk(member_id: uuid.UUID) -> Response:
    """A new one, which also unlocks."""
    return _set(member_id, at_desk=True)


@views.post("/members/<uuid:member_id>/pin/remove")
@requires("members.manage")
def remove_at_desk(member_id: uuid.UUID) -> ResponseReturnValue:
    """The person wants none any more."""
    return _remove(member_id, at_desk=True)


@views.get("/account/pin")
@requires("account.own")
def mine() -> str:
    """One's own."""
    return render_template("cards/pin.html", form=Form(), **_context(current_user.member_id, at_desk=False))


@views.post("/account/pin")
@requires("account.own")
def set_mine() -> Response:
    """A new one of one's own."""
    return _set(current_user.member_id, at_desk=False)


@views.post("/account/pin/remove")
@requires("account.own")
def remove_mine() -> ResponseReturnValue:
    """None any more."""
    return _remove(current_user.member_id, at_desk=False)


def _set(member_id: uuid.UUID, *, at_desk: bool) -> Response:
    try:
        values = load_form(PinSchema)
        if values["pin"] != values["pin_again"]:
            raise Invalid("pin_not_repeated")
        command = SetPin(current_user.community_id, current_user.member_id, member_id, values["pin"])
        transact(set_pin, command)
    except DomainError as error:
        return show_again("cards/pin.html", Form(), error, **_context(member_id, at_desk=at_desk))
    flash(_("卡密码设好了，从现在起用新的。"), "ok")
    return redirect(_way_on(member_id, at_desk), 303)


def _remove(member_id: uuid.UUID, *, at_desk: bool) -> ResponseReturnValue:
    command = RemovePin(current_user.community_id, current_user.member_id, member_id)
    removed = transact(remove_pin, command)
    flash(_("卡密码取消了。") if removed else _("本来就没有卡密码。"), "ok")
    return redirect(_way_on(member_id, at_desk), 303)


def _context(member_id: uuid.UUID, *, at_desk: bool) -> dict[str, object]:
    """``at_desk``: with the person in front of it, and not their own settings. NotFound ``member_not_found``."""
    session, community_id = db.session(), current_user.community_id
    return {
        "person": member_file(session, community_id, member_id),
        "pin": pin_state(session, community_id, member_id),
        "at_desk": at_desk,
        "way_back": _way_on(member_id, at_desk),
    }


def _way_on(member_id: uuid.UUID, at_desk: bool) -> str:
    return url_for("members.show", member_id=member_id) if at_desk else url_for("settings.index")

"""Helping somebody without a phone: their card and PIN open a while in which the helper acts for them, on the own phone."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.headers import allow_wasm
from app.identity.helping import COOKIE_KEY, forget_forms
from app.permissions import requires
from app.schemas.devices import HelpingSchema
from app.transaction import transact
from app.web.deed_form import beside_its_field
from app.web.forms import Form, load_form, posted_form, show_again
from points.errors import DomainError, Invalid
from points.people.helping import LASTS, MOST_SHOWN, CloseHelping, close_helping, helpings_of
from shop.codes.helping import OpenHelping, open_helping

views = Blueprint("helping", __name__)


@views.get("/helping")
@requires("helping.own")
def index() -> ResponseReturnValue:
    """Card and PIN; whom I helped and who helped me."""
    allow_wasm()
    return render_template("helping/index.html", form=Form(), **_context())


@views.post("/helping")
@requires("helping.own")
def begin() -> ResponseReturnValue:
    """From here on this browser shows the resident's account."""
    form = posted_form()
    try:
        values = load_form(HelpingSchema)
        command = OpenHelping(
            current_user.community_id, current_user.member_id, values["code"], values["pin"]
        )
        opened = transact(open_helping, command)
        if opened.session_id is None:
            raise Invalid(f"helping_pin_{opened.pin}")
    except DomainError as error:
        return _again(form, error)
    session[COOKIE_KEY] = str(opened.session_id)
    forget_forms()
    return redirect(url_for("home.index"), 303)


def _again(form: Form, error: DomainError) -> Response:
    allow_wasm()
    if "errors" not in error.facts:
        field = "pin" if error.code.startswith("helping_pin") else "code"
        error = beside_its_field(error, field)
    return show_again("helping/index.html", form, error, **_context())


def _context() -> dict[str, object]:
    lines = helpings_of(db.session(), current_user.community_id, member_id=current_user.member_id)
    return {"lines": lines, "minutes": int(LASTS.total_seconds()) // 60}


@views.post("/helping/end")
@requires("helping.end")
def end() -> ResponseReturnValue:
    """The helper is done; the browser shows the helper's own account again."""
    session.pop(COOKIE_KEY, None)
    forget_forms()
    helping = current_user.helping
    if helping is not None:
        transact(close_helping, CloseHelping(helping.community_id, helping.helper_id, helping.id))
        flash(_("办好了，现在是您自己的账户。卡请还给本人。"), "ok")
    return redirect(url_for("helping.index"), 303)


@views.get("/desk/helping")
@requires("helping.see")
def everybody() -> str:
    """All sessions of the village, for those who watch that nobody uses another's card."""
    before = request.args.get("before", type=uuid.UUID)
    lines = helpings_of(db.session(), current_user.community_id, before=before, limit=MOST_SHOWN + 1)
    return render_template("helping/everybody.html", lines=lines[:MOST_SHOWN], more=len(lines) > MOST_SHOWN)

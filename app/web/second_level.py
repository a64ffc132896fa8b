"""The second level: large awards that a panel approved wait for the supervisor's word."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.overdue import close_overdue_sessions
from app.permissions import requires
from app.schemas.commands import SecondLevelSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError, NotFound
from points.review.queries import ItemView, session_of_item, waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision

views = Blueprint("second_level", __name__)


@views.before_request
def end_what_is_over() -> None:
    """What a session decided that nobody closed in time belongs on this list."""
    if request.method == "POST":
        close_overdue_sessions(current_user.community_id)


@views.get("/second-level")
@requires("review.second_level")
def index() -> ResponseReturnValue:
    """What waits, the oldest first."""
    return render_template("second_level/index.html", items=_waiting())


def _waiting() -> list[ItemView]:
    return waiting_for_second_level(db.session(), current_user.community_id, now=clock.now())


@views.get("/second-level/<uuid:item_id>")
@requires("review.second_level")
def show(item_id: uuid.UUID) -> ResponseReturnValue:
    """One decision with its tally, and the two answers."""
    return render_template("second_level/show.html", form=blank_form(), **_context(item_id))


def _context(item_id: uuid.UUID) -> dict[str, object]:
    found = next((item for item in _waiting() if item.id == item_id), None)
    session_id = session_of_item(db.session(), current_user.community_id, item_id)
    if session_id is None:
        raise NotFound("item_not_found")
    return {"item": found, "item_id": item_id, "session_id": session_id}


@views.post("/second-level/<uuid:item_id>")
@requires("review.second_level")
def decide(item_id: uuid.UUID) -> Response:
    """Confirms the award, which then goes on notice, or refuses it with a reason."""
    form = posted_form()
    was = next((item for item in _waiting() if item.id == item_id), None)
    try:
        values = load_form(SecondLevelSchema)
        confirm = values["decision"] == "confirm"
        command = ConfirmDecision(
            current_user.community_id, current_user.member_id, item_id, confirm, values["reason"]
        )
        transact(confirm_decision, command)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("second_level/show.html", form, error, **_context(item_id))
    flash(_confirmed(was) if confirm else _("已退回，理由写进了这件事的经过。"), "ok")
    return redirect(url_for("second_level.index"), 303)


def _confirmed(was: ItemView | None) -> str:
    if was is not None and was.record.score == "conduct":
        return _("已确认，记入行为分。本人 30 天内可以申诉。")
    return _("已确认，这件去公示。")

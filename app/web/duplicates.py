"""The chair says that two reports of one household are the same deed."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.transaction import transact
from app.web.chairing import own_sitting
from app.web.forms import blank_form, posted_form, show_again
from points.errors import DomainError, NotFound
from points.review.duplicates import LinkDuplicate, link_duplicate
from points.review.queries import ItemView, agenda_for

views = Blueprint("duplicates", __name__)


def _context(session_id: uuid.UUID, record_id: uuid.UUID) -> dict[str, object]:
    """The item and the others of the same household that the chair may see."""
    sitting = own_sitting(session_id)
    items = agenda_for(
        db.session(), current_user.community_id, session_id, current_user.member_id, now=clock.now()
    )
    item = next((each for each in items if each.record.id == record_id), None)
    if item is None or item.record.household_id is None:  # a deduction is nobody's here
        raise NotFound("item_not_found")
    others: list[ItemView] = [
        each for each in items
        if each.record.household_id == item.record.household_id and each.id != item.id
    ]  # fmt: skip
    return {"sitting": sitting, "item": item, "others": others}


@views.get("/review/<uuid:session_id>/items/<uuid:record_id>/same")
@requires("review.chair")
def ask(session_id: uuid.UUID, record_id: uuid.UUID) -> ResponseReturnValue:
    """Which other item reports the same deed."""
    return render_template("review/same.html", form=blank_form(), **_context(session_id, record_id))


@views.post("/review/<uuid:session_id>/items/<uuid:record_id>/same")
@requires("review.chair")
def link(session_id: uuid.UUID, record_id: uuid.UUID) -> Response:
    """Links the two, or takes the link away."""
    form, context = posted_form(), _context(session_id, record_id)
    other = request.form.get("same_as", type=uuid.UUID)
    try:
        transact(
            link_duplicate,
            LinkDuplicate(current_user.community_id, current_user.member_id, session_id, record_id, other),
        )
    except DomainError as error:
        return show_again("review/same.html", form, error, **context)
    flash(_("连好了，这两件只算一次。") if other else _("不再算重复，两件分开评议。"), "ok")
    return redirect(url_for("review.desk", session_id=session_id), 303)

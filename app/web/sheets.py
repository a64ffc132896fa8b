"""Paper meetings: the sheet to print, who signed it, and the figures, keyed in by two persons."""

from __future__ import annotations

import re
import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import KeyTallySchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.review import sitting_of
from points.amounts import parse_points
from points.errors import Conflict, DomainError
from points.people.queries import community_by_id
from points.review.paper import KeyTally, NoteAttendance, is_checked, key_tally, note_attendance, tallies_of
from points.review.queries import agenda_for, recusals_of, seats_of

views = Blueprint("sheets", __name__)


def _context(session_id: uuid.UUID) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    sitting = sitting_of(session_id)
    if sitting.kind != "paper":
        raise Conflict("not_on_paper")
    tallies = tallies_of(session, community_id, session_id)
    own = {
        item_id: row for item_id, rows in tallies.items() for row in rows
        if row.entered_by == current_user.member_id
    }  # fmt: skip
    return {
        "sitting": sitting,
        "community": community_by_id(session, community_id),
        "seats": seats_of(session, community_id, session_id),
        "items": agenda_for(session, community_id, session_id, None, now=clock.now()),
        "recusals": recusals_of(session, community_id, session_id),
        "own": own,
        # Until one has keyed the own figures, the other's stay hidden: two who copy check nothing.
        "keyed": {item_id: len(rows) for item_id, rows in tallies.items()},
        "checked": {item_id for item_id, rows in tallies.items() if is_checked(rows)},
    }


@views.get("/review/<uuid:session_id>/sheet")
@requires("review.paper")
def print_sheet(session_id: uuid.UUID) -> ResponseReturnValue:
    """The sheet for the table: roll to sign, items with range and who stands aside, room for the figures."""
    return render_template("review/sheet.html", **_context(session_id))


@views.get("/review/<uuid:session_id>/keying")
@requires("review.paper")
def keying(session_id: uuid.UUID) -> ResponseReturnValue:
    """Attendance and the figures of each item."""
    return render_template("review/keying.html", form=blank_form(), failed=None, **_context(session_id))


@views.post("/review/<uuid:session_id>/attendance")
@requires("review.paper")
def attendance(session_id: uuid.UUID) -> Response:
    """Who signed the sheet."""
    members = tuple(request.form.getlist("present", type=uuid.UUID))
    command = NoteAttendance(current_user.community_id, current_user.member_id, session_id, members)
    count = transact(note_attendance, command)
    flash(_("到场记好了：%(count)s 人。", count=count), "ok")
    return redirect(url_for("sheets.keying", session_id=session_id), 303)


@views.post("/review/<uuid:session_id>/keying/<uuid:record_id>")
@requires("review.paper")
def key(session_id: uuid.UUID, record_id: uuid.UUID) -> Response:
    """Keys one item."""
    form = posted_form()
    try:
        values = load_form(KeyTallySchema)
        scores = tuple(
            parse_points(each, least=1, most=10_000)
            for each in re.split(r"[\s,，、]+", values["scores"])
            if each
        )
        command = KeyTally(
            current_user.community_id, current_user.member_id, session_id, record_id, scores,
            values["votes_against"], values["votes_abstained"],
        )  # fmt: skip
        is_equal = transact(key_tally, command)
    except DomainError as error:
        return show_again("review/keying.html", form, error, failed=record_id, **_context(session_id))
    flash(
        _("两个人录的一样，这一件核对好了。") if is_equal else _("录好了，等第二个人再录一遍来核对。"), "ok"
    )
    return redirect(url_for("sheets.keying", session_id=session_id), 303)

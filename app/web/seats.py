"""Seats: leaving one, noting who is there without a phone, and the published draw of a panel."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import public, requires
from app.schemas.commands import LeaveSeatSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.review import sitting_of
from points.errors import Conflict, DomainError, NotAllowed, NotFound
from points.people.queries import community_by_code
from points.review.queries import SeatView, SessionView, seats_of, session_by_id
from points.review.roll_queries import draw_of
from points.review.rolls import LeaveSeat, leave_seat
from points.review.sessions import NoteArrival, note_arrival

views = Blueprint("seats", __name__)


def _seat(sitting: SessionView, member_id: uuid.UUID) -> SeatView:
    """The seat that the viewer may end: the own one, or, for the chair, anybody's."""
    if member_id != current_user.member_id and sitting.chair_id != current_user.member_id:
        raise NotAllowed("not_chair")
    for seat in seats_of(db.session(), current_user.community_id, sitting.id):
        if seat.member_id == member_id:
            return seat
    raise NotFound("session_not_found")


@views.get("/review/<uuid:session_id>/seats/<uuid:member_id>/leave")
@requires("review.vote")
def ask(session_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Asks for the reason and says what follows."""
    sitting = sitting_of(session_id)
    return render_template(
        "review/leave.html", form=blank_form(), sitting=sitting, leaver=_seat(sitting, member_id)
    )


@views.post("/review/<uuid:session_id>/seats/<uuid:member_id>/leave")
@requires("review.vote")
def leave(session_id: uuid.UUID, member_id: uuid.UUID) -> Response:
    """Ends the seat; of a panel the next of the draw sits down."""
    form, sitting = posted_form(), sitting_of(session_id)
    seat = _seat(sitting, member_id)
    try:
        values = load_form(LeaveSeatSchema)
        command = LeaveSeat(
            current_user.community_id, current_user.member_id, session_id, member_id, values["reason"]
        )
        following = transact(leave_seat, command)
    except DomainError as error:
        return show_again("review/leave.html", form, error, sitting=sitting, leaver=seat)
    flash(_("记下了，按抽签的次序由下一位补上。") if following else _("记下了，这次变动已经公开。"), "ok")
    return redirect(url_for("review.show", session_id=session_id), 303)


@views.post("/review/<uuid:session_id>/seats/<uuid:member_id>/here")
@requires("review.chair")
def arrived(session_id: uuid.UUID, member_id: uuid.UUID) -> Response:
    """The chair notes somebody who has no phone as present."""
    transact(
        note_arrival, NoteArrival(current_user.community_id, current_user.member_id, session_id, member_id)
    )
    return redirect(url_for("review.desk", session_id=session_id), 303)


@views.get("/c/<code>/draws/<uuid:session_id>")
@public
def draw(code: str, session_id: uuid.UUID) -> ResponseReturnValue:
    """The seed, the numbered list and the lots: anybody can draw them again. Conflict for a session without a draw."""
    session = db.session()
    community = community_by_code(session, code)
    sitting = session_by_id(session, community.id, session_id, now=clock.now())
    lots = draw_of(session, community.id, session_id)
    if not lots:
        raise Conflict("not_drawn")
    return render_template(
        "review/draw.html", community=community, sitting=sitting, lots=lots, host=request.host
    )

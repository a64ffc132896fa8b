"""The chair's desk: who is there, which item the hall sees, how many ballots came in, and the end of the session."""

from __future__ import annotations

import uuid
from collections import Counter

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.transaction import transact
from app.web.projector import is_unchanged
from app.web.review import sitting_of, views
from app.web.sitting import roll_call_address, spoken_code
from points.errors import NotAllowed
from points.review.closing import CloseSession, close_session
from points.review.queries import ItemView, SessionView, agenda_for, recusals_of, seats_of
from points.review.sessions import ShowItem, show_item


def own_sitting(session_id: uuid.UUID) -> SessionView:
    """The session, for the one who chairs it. NotAllowed ``not_chair``."""
    sitting = sitting_of(session_id)
    if sitting.chair_id != current_user.member_id:
        raise NotAllowed("not_chair")
    return sitting


def _desk(sitting: SessionView) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    seats = seats_of(session, community_id, sitting.id)
    items = agenda_for(session, community_id, sitting.id, None, now=clock.now())
    return {
        "sitting": sitting,
        "households": Counter(item.record.household_id for item in items),
        "seats": seats,
        "present": sum(seat.attended_at is not None and seat.left_at is None for seat in seats),
        "items": items,
        # The chair turns the pages of what the chair stands aside from, too, but does not read it here.
        "aside": recusals_of(session, community_id, sitting.id, member_id=current_user.member_id),
        "address": roll_call_address(sitting),
        "spoken": spoken_code(sitting.roll_call_token),
    }


@views.get("/review/<uuid:session_id>/chair")
@requires("review.chair")
def desk(session_id: uuid.UUID) -> ResponseReturnValue:
    """The desk of an open session; before and after, the session's own page says what there is."""
    sitting = own_sitting(session_id)
    if sitting.state != "open":
        return redirect(url_for("review.show", session_id=session_id), 303)
    return render_template("review/desk.html", **_desk(sitting))


@views.get("/review/<uuid:session_id>/chair/part")
@requires("review.chair")
def desk_part(session_id: uuid.UUID) -> ResponseReturnValue:
    """What changes on the desk: asked for every two seconds, 204 while nothing has."""
    if is_unchanged(session_id):
        return "", 204
    sitting = own_sitting(session_id)
    if sitting.state != "open":
        return Response(status=204, headers={"HX-Redirect": url_for("review.show", session_id=session_id)})
    return render_template("review/_desk.html", **_desk(sitting))


@views.post("/review/<uuid:session_id>/chair/turn")
@requires("review.chair")
def turn(session_id: uuid.UUID) -> ResponseReturnValue:
    """Turns the projector to an item."""
    position = request.form.get("position", default=0, type=int)
    transact(show_item, ShowItem(current_user.community_id, current_user.member_id, session_id, position))
    if request.headers.get("HX-Request"):
        return render_template("review/_desk.html", **_desk(own_sitting(session_id)))
    return redirect(url_for("review.desk", session_id=session_id), 303)


def what_is_missing(items: list[ItemView]) -> tuple[int, int]:
    """How many items would come back for want of a quorum, and how many more for want of a single ballot."""
    short = [item for item in items if item.may_decide < 2 or item.present < item.quorum]
    unvoted = [item for item in items if item not in short and item.block == "vote" and item.cast == 0]
    return len(short), len(unvoted)


@views.get("/review/<uuid:session_id>/close")
@requires("review.chair")
def closing(session_id: uuid.UUID) -> ResponseReturnValue:
    """Asks before the end: what would come back undecided."""
    sitting = own_sitting(session_id)
    if sitting.state != "open":
        return redirect(url_for("review.show", session_id=session_id), 303)
    found = _desk(sitting)
    short, unvoted = what_is_missing(found["items"])
    return render_template("review/close.html", short=short, unvoted=unvoted, **found)


@views.post("/review/<uuid:session_id>/close")
@requires("review.chair")
def close(session_id: uuid.UUID) -> Response:
    """Ends the session and counts."""
    command = CloseSession(current_user.community_id, current_user.member_id, session_id)
    outcomes = transact(close_session, command).outcomes
    flash(_("评议会结束，票已经数好：%(count)s 件通过。", count=outcomes.get("approved", 0)), "ok")
    return redirect(url_for("review.show", session_id=session_id), 303)

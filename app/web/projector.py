"""The screen in the hall: the item on the table, how many ballots came in, and never whose or what."""

from __future__ import annotations

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.web.review import sitting_of, views
from app.web.sitting import roll_call_address, spoken_code
from points.review.queries import SessionView, agenda_for, recusals_of, revision_of, seats_of


def is_unchanged(session_id: uuid.UUID) -> bool:
    """Whether the page that asks shows the session as it is: one statement.

    The page brings its revision and when the session ends by itself, which no revision tells.
    """
    known = request.args.get("rev", type=int)
    until = request.args.get("until", type=int)
    if known is None or (until is not None and clock.now().timestamp() >= until):
        return False
    return revision_of(db.session(), current_user.community_id, session_id) == known


@views.get("/review/<uuid:session_id>/projector")
@requires("review.see")
def projector(session_id: uuid.UUID) -> ResponseReturnValue:
    """The whole screen."""
    return render_template("review/projector.html", **_screen(sitting_of(session_id)))


@views.get("/review/<uuid:session_id>/projector/part")
@requires("review.see")
def projector_part(session_id: uuid.UUID) -> ResponseReturnValue:
    """What the screen asks for every second: 204 while it shows the newest."""
    if is_unchanged(session_id):
        return "", 204
    return render_template("review/_screen.html", **_screen(sitting_of(session_id)))


def _screen(sitting: SessionView) -> dict[str, object]:
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    seats = seats_of(session, community_id, sitting.id)
    context: dict[str, object] = {
        "sitting": sitting, "roll": sum(seat.left_at is None for seat in seats),
        "present": sum(seat.attended_at is not None and seat.left_at is None for seat in seats),
        "address": roll_call_address(sitting), "spoken": spoken_code(sitting.roll_call_token),
        # The end by time changes no revision; a second later the screen asks for the whole again.
        "until": int(sitting.closes_at.timestamp()) + 1 if sitting.state == "open" and sitting.closes_at else None,
    }  # fmt: skip
    if sitting.state == "open":
        shown = agenda_for(
            session, community_id, sitting.id, None, now=now, position=sitting.current_position
        )
        stands_aside = bool(shown) and _stands_aside(sitting, shown[0].id)
        is_chair = current_user.member_id == sitting.chair_id
        context["item"] = shown[0] if shown else None
        # A recused judge does not see the open item on the own phone either. The chair's machine drives the hall's
        # screen and goes on showing it, without the photo.
        context["is_hidden"] = stands_aside and not is_chair
        context["photo_allowed"] = not stands_aside
    elif sitting.closed_at is not None:
        context["results"] = agenda_for(session, community_id, sitting.id, None, now=now)
    return context


def _stands_aside(sitting: SessionView, item_id: uuid.UUID) -> bool:
    aside = recusals_of(db.session(), current_user.community_id, sitting.id, member_id=current_user.member_id)
    return item_id in aside

"""The minutes of a closed session, for the file and for the wall of the office."""

from __future__ import annotations

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.web.review import sitting_of, views
from points.errors import Conflict
from points.people.queries import community_by_id
from points.review.ballot_queries import BallotLine, ballots_of
from points.review.queries import agenda_for, recusals_of, seats_of


@views.get("/review/<uuid:session_id>/minutes")
@requires("review.see")
def minutes(session_id: uuid.UUID) -> ResponseReturnValue:
    """Roll, agenda, outcome and tally of each item; who voted what only for an open vote. Before the end: Conflict."""
    sitting = sitting_of(session_id)
    if sitting.closed_at is None:
        raise Conflict("session_not_counted")
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    ballots: dict[uuid.UUID, list[BallotLine]] = {}
    for line in ballots_of(session, community_id, session_id):
        ballots.setdefault(line.item_id, []).append(line)
    return render_template(
        "review/minutes.html",
        sitting=sitting,
        community=community_by_id(session, community_id),
        seats=seats_of(session, community_id, session_id),
        items=agenda_for(session, community_id, session_id, None, now=now),
        recusals=recusals_of(session, community_id, session_id),
        ballots=ballots,
    )

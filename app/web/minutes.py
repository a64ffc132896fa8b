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
from points.review.queries import BallotLine, agenda_for, ballots_of, recusals_of, seats_of


@views.get("/review/<uuid:session_id>/minutes")
@requires("review.see")
def minutes(session_id: uuid.UUID) -> ResponseReturnValue:
    """Roll, agenda, outcome and tally of each item; who voted what only for an open vote, and never on a deduction.
    Before the end: Conflict ``session_not_counted``."""
    sitting = sitting_of(session_id)
    if sitting.closed_at is None:
        raise Conflict("session_not_counted")
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    ballots: dict[uuid.UUID, list[BallotLine]] = {}
    items = agenda_for(session, community_id, session_id, None, now=now)
    # Who did not vote on a deduction stood aside: by names one could tell whose it is.
    nameless = {item.id for item in items if item.record.score == "conduct"}
    for line in ballots_of(session, community_id, session_id, now=now):
        if line.item_id in nameless:
            continue
        ballots.setdefault(line.item_id, []).append(line)
    return render_template(
        "review/minutes.html",
        sitting=sitting,
        community=community_by_id(session, community_id),
        seats=seats_of(session, community_id, session_id),
        items=items,
        recusals=recusals_of(session, community_id, session_id),
        ballots=ballots,
    )

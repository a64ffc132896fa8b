"""The minutes of a closed session, for the file: printed, and signed. What everybody may read stands in ``extracts``."""

from __future__ import annotations

import uuid
from collections import Counter

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.web.cut_off import asked_cut_off
from app.web.review import views
from points.errors import Conflict
from points.people.queries import CommunityView, community_by_id
from points.review.ballot_queries import BallotLine, ballots_of, changes_of
from points.review.minutes import awarded_by, items_of
from points.review.models import OUTCOMES
from points.review.queries import seats_of, session_by_id


@views.get("/review/<uuid:session_id>/minutes")
@requires("review.see")
def minutes(session_id: uuid.UUID) -> ResponseReturnValue:
    """Roll, agenda, outcome and tally of each item; who voted what only for an open vote, and never on a deduction.
    Before the end: Conflict ``session_not_counted``."""
    session, community_id = db.session(), current_user.community_id
    written = minutes_of(community_by_id(session, community_id), session_id)
    ballots: dict[uuid.UUID, list[BallotLine]] = {}
    # Who did not vote on a deduction stood aside: by names one could tell whose it is.
    nameless = {item.id for item in written["items"] if item.score == "conduct"}
    for line in ballots_of(session, community_id, session_id):
        if line.item_id in nameless:
            continue
        ballots.setdefault(line.item_id, []).append(line)
    changes = [line for line in changes_of(session, community_id, session_id) if line.item_id not in nameless]
    return render_template("review/minutes.html", ballots=ballots, changes=changes, **written)


def minutes_of(community: CommunityView, session_id: uuid.UUID) -> dict[str, object]:
    """What both copies are written from, as of ``?until=``, or now.

    Raises NotFound ``session_not_found``; Conflict ``session_not_counted`` before the end.
    """
    session, cut_off = db.session(), asked_cut_off()
    sitting = session_by_id(session, community.id, session_id, now=clock.now())
    if sitting.closed_at is None or sitting.closed_at > cut_off:
        raise Conflict("session_not_counted")
    items = items_of(session, community.id, session_id, cut_off=cut_off)
    counts = Counter(item.outcome for item in items)
    return {
        "community": community,
        "sitting": sitting,
        "cut_off": cut_off,
        "seats": seats_of(session, community.id, session_id),
        "items": items,
        "outcomes": {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]},
        "awards": awarded_by(session, community.id, session_id, items, cut_off=cut_off),
    }

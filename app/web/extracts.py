"""What everybody may read of the review: the sessions that were held, and of each the numbers without a name."""

from __future__ import annotations

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.api.cursors import as_id, as_moment, read_cursor, write_cursor
from app.database import db
from app.permissions import public
from app.web.board import community_of, views
from app.web.minutes import minutes_of
from points.review.minutes import closed_sessions

ROWS = 30


@views.get("/c/<code>/sessions")
@public
def sessions(code: str) -> ResponseReturnValue:
    """Sessions whose votes are counted, newest first, page by page."""
    community, cursor = community_of(code), request.args.get("before")
    before = tuple(read_cursor(cursor, as_moment, as_id)) if cursor else None
    found = closed_sessions(db.session(), community.id, before=before, limit=ROWS + 1)
    last = found[ROWS - 1] if len(found) > ROWS else None
    older = write_cursor(last.held_at, last.id) if last else None
    return render_template("notices/sessions.html", community=community, sessions=found[:ROWS], older=older)


@views.get("/c/<code>/sessions/<uuid:session_id>")
@public
def session(code: str, session_id: uuid.UUID) -> ResponseReturnValue:
    """The public extract of the minutes. Conflict ``session_not_counted`` before the end."""
    community = community_of(code)
    return render_template("notices/session.html", **minutes_of(community, session_id))

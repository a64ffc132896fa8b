"""The public page of thanks: what was given; a name only where the donor agreed, never what it was worth."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.api.cursors import as_short_number
from app.database import db
from app.permissions import public
from app.web.board import community_of, views
from shop.queries import donations_of

ROWS = 30


@views.get("/c/<code>/donations")
@public
def donations(code: str) -> ResponseReturnValue:
    """Thirty gifts, newest first."""
    community, before = community_of(code), request.args.get("before", type=as_short_number)
    found = donations_of(db.session(), community.id, before=before, limit=ROWS + 1)
    older = found[ROWS - 1].number if len(found) > ROWS else None
    return render_template("notices/donations.html", community=community, gifts=found[:ROWS], older=older)

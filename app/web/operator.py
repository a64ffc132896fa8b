"""What an operator sees of the whole site: which communities there are, and that they live. No people, no points."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.database import db
from app.permissions import requires
from points.standings.queries import community_overviews

views = Blueprint("operator", __name__)


@views.get("/operator")
@requires("communities.see")
def index() -> str:
    """Every community with its households and its last session."""
    return render_template("operator/index.html", communities=community_overviews(db.session()))

"""The rule book in force, for everyone to read; and the versions before it."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.database import db
from app.permissions import requires
from points.errors import NotFound
from points.rules.queries import book_of, version_on, versions_of

views = Blueprint("rules", __name__)


@views.get("/rules")
@requires("rules.see")
def index() -> ResponseReturnValue:
    """Every item of a version, by category; the one in force today unless ``?version=`` names another."""
    session, community_id = db.session(), current_user.community_id
    versions = versions_of(session, community_id)
    current = version_on(session, community_id, current_user.today)
    number = request.args.get("version", type=int)
    shown = next((version for version in versions if version.number == number), None) if number else current
    if number and shown is None:
        raise NotFound("rules_version_not_found")
    items = book_of(session, community_id, shown.id) if shown else []
    groups = [
        (key, list(group))
        for key, group in groupby(items, key=lambda item: (item.category_zh, item.category_en))
    ]
    return render_template("rules/index.html", versions=versions, shown=shown, current=current, groups=groups)

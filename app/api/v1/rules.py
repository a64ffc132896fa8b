"""The rule book."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask_login import current_user

from app.api.calls import call, give_page
from app.api.cursors import as_number, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.database import db
from app.permissions import requires
from app.schemas.answers.rules import BookSchema
from app.schemas.fields import Day, Whole
from points.rules.queries import book_of, version_on, versions_of

views = Blueprint("api_rules", __name__)

VERSION = {
    "number": 1, "adopted_by": "村民代表会议", "adopted_on": "2026-06-01", "in_force_from": "2026-06-10", "votes_for": 30,
    "votes_against": 2, "votes_abstained": 1,
}  # fmt: skip
RULE = {
    "code": "AID-02", "version": 1, "category_zh": "邻里互助", "category_en": "Helping neighbours",
    "name_zh": "照看邻居老人", "name_en": "Look after an elderly neighbour", "unit_zh": "次", "unit_en": "time",
    "score": "redeemable", "points_min": 3, "points_default": 4, "points_max": 10,
    "cap": {"count": 4, "unit": "times", "period": "month"}, "counts_quantity": False, "is_of_household": False,
    "photo": "optional", "evidence_zh": "照片或证明人", "evidence_en": "photo or witness", "example_zh": "", "example_en": "",
    "reporters": ["grid_worker", "self"], "review_path": "panel", "note_zh": "", "note_en": "",
}  # fmt: skip


class RulesQuery(PageQuery):
    """``day``: the book in force on that day; the whole book fits a page."""

    day = Day(load_default=None, metadata={"description": "the book in force on this day; today by default"})
    limit = Whole(least=1, most=100, load_default=100, metadata={"description": "lines on a page"})


@views.get("/rules")
@requires("rules.see")
@call(
    "The rule book in force, with all versions. The version in force on the day of the deed applies to it.", BookSchema,
    query=RulesQuery, example={"version": VERSION, "versions": [VERSION], "items": [RULE], "next": None},
)  # fmt: skip
def book(query: dict[str, Any]) -> Response:
    """In the book's own order."""
    session, community_id = db.session(), current_user.community_id
    after = read_cursor(query["after"], as_number)[0] if query["after"] else 0
    version = version_on(session, community_id, query["day"] or current_user.today)
    rules = book_of(session, community_id, version.id) if version else []
    lines = [rule for rule in rules if rule.position > after]
    return give_page(
        BookSchema, lines, query["limit"], lambda last: write_cursor(last.position), version=version,
        versions=versions_of(session, community_id),
    )  # fmt: skip

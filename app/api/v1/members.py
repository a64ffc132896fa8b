"""Looking people up."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask_login import current_user

from app.api.calls import call, give_page
from app.api.cursors import as_id, as_text, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.v1.tokens import MEMBER
from app.database import db
from app.permissions import requires
from app.schemas.answers.base import page_of
from app.schemas.answers.people import FoundMemberSchema
from app.schemas.fields import Text
from points.people.queries import SHORTEST_SEARCH, look_up_members

views = Blueprint("api_members", __name__)

MemberPage = page_of(FoundMemberSchema)


class MemberQuery(PageQuery):
    """``q``: how a name or a household number begins."""

    q = Text(
        required=True, shortest=SHORTEST_SEARCH, longest=40,
        metadata={"description": "how a name or a household number begins", "example": "张桂"},
    )  # fmt: skip


@views.get("/members")
@requires("members.look_up")
@call(
    "Look people up, for those whose work it is: name and household number only.", MemberPage, query=MemberQuery,
    example={"items": [{"id": MEMBER["id"], "name": "张桂兰", "household_number": "017"}], "next": None},
)  # fmt: skip
def look_up(query: dict[str, Any]) -> Response:
    """By household number."""
    after = tuple(read_cursor(query["after"], as_text, as_id)) if query["after"] else None
    found = look_up_members(
        db.session(), current_user.community_id, query["q"], after=after, limit=query["limit"] + 1
    )
    return give_page(
        MemberPage, found, query["limit"], lambda last: write_cursor(last.household_number, last.id)
    )

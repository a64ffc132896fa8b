"""The public board, and objections to it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.api.calls import call, give_page
from app.api.cursors import as_id, as_moment, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.repeats import answer_once, asked_by
from app.api.v1.me import AWARD
from app.database import db
from app.identity.login import NotSignedIn
from app.permissions import public, requires
from app.schemas.answers.base import page_of
from app.schemas.answers.review import NoticeSchema, ObjectionFiledSchema
from app.schemas.commands import ObjectionSchema
from app.schemas.fields import Command, Text
from points.errors import Invalid
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import ObjectionView, board, objection_by_id
from points.people.queries import community_by_code

views = Blueprint("api_notices", __name__, url_prefix="/notices")

NoticePage = page_of(NoticeSchema)
NOTICE = {
    "id": AWARD["notice"]["id"], "name": "张*兰", "score": "redeemable", "points": 4, "rule": AWARD["rule"],
    "done_on": "2026-09-06", "tally": AWARD["tally"], "state": "on_notice", "published_at": "2026-09-07T00:52:00Z",
    "ends_at": "2026-09-10T00:52:00Z", "days_left": 3,
}  # fmt: skip


class CommunityQuery(Command):
    """``community``: whose board; with a token, one's own by default."""

    community = Text(
        shortest=1, longest=32, load_default=None,
        metadata={"description": "code of the community; needed without a token"},
    )  # fmt: skip


class BoardQuery(CommunityQuery, PageQuery):
    """A page of one board."""


@views.get("")
@public
@call(
    "The public notice board of the last 30 days, newest first. Names are masked.", NoticePage, query=BoardQuery,
    refusals=(401, 404), example={"items": [NOTICE], "next": None},
)  # fmt: skip
def board_page(query: dict[str, Any]) -> Response:
    """For everybody; a token only saves naming the community."""
    before = tuple(read_cursor(query["after"], as_moment, as_id)) if query["after"] else None
    community_id = whose_board(query["community"])
    found = board(db.session(), community_id, now=clock.now(), before=before, limit=query["limit"] + 1)
    return give_page(NoticePage, found, query["limit"], lambda last: write_cursor(last.published_at, last.id))


def whose_board(code: str | None) -> int:
    """The community that was named, else the token's. Raises Invalid ``form_invalid`` without either."""
    if code is not None:
        return community_by_code(db.session(), code).id
    if current_user.is_authenticated:
        return current_user.community_id
    if "Authorization" in request.headers:
        raise NotSignedIn("not_signed_in")
    raise Invalid("form_invalid", errors={"community": [_("请填写。")]})


@views.post("/<uuid:notice_id>/objections")
@requires("notices.object")
@call(
    "Object to a notice, with a reason. The clock of the award stops until the answer.", ObjectionFiledSchema, status=201,
    body=ObjectionSchema, takes_key=True, refusals=(410,), sent={"reason": "那天她不在村里。"},
    example={"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b020", "notice_id": NOTICE["id"], "state": "open",
             "reason": "那天她不在村里。", "filed_at": "2026-09-08T01:00:00Z"},
)  # fmt: skip
def object_to(notice_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """Any resident may."""
    viewer = current_user
    asked = asked_by(viewer, body)

    def filed(session: Session, objection_id: uuid.UUID, *, now: datetime) -> dict[str, Any]:
        found: ObjectionView = objection_by_id(session, viewer.community_id, objection_id, now=now)
        return {
            "id": found.id, "notice_id": found.notice.id, "state": found.state, "reason": found.reason,
            "filed_at": found.filed_at,
        }  # fmt: skip

    command = ObjectToNotice(
        viewer.community_id, viewer.member_id, asked.request_key, notice_id, body["reason"]
    )
    return answer_once(asked, object_to_notice, command, ObjectionFiledSchema, status=201, show=filed)

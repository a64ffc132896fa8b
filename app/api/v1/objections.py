"""Appeals, and the supervision group's answers to objections and appeals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.api.calls import call, give
from app.api.cursors import as_id, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.repeats import answer_once, asked_by
from app.api.v1.notices import NOTICE, CommunityQuery, whose_board
from app.database import db
from app.permissions import public, requires
from app.schemas.answers.base import page_of
from app.schemas.answers.objections import FiguresSchema, ObjectionDetailSchema
from app.schemas.commands import AnswerObjectionSchema, ConfirmAnswerSchema, ObjectionSchema
from app.schemas.fields import OneOf
from points.errors import NotFound
from points.notices.concern import Bench
from points.notices.figures import figures_of
from points.notices.operations import (
    AnswerObjection,
    ConfirmAnswer,
    FileAppeal,
    answer_objection,
    confirm_answer,
    file_appeal,
)
from points.notices.queries import ObjectionView, notice_by_id, objection_by_id, objections
from points.people.queries import community_by_id

views = Blueprint("api_objections", __name__)

ObjectionPage = page_of(ObjectionDetailSchema)
OPEN = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b020", "kind": "objection", "state": "open",
    "record_id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b005", "notice_id": NOTICE["id"], "name": "张*兰",
    "rule": {"code": "AID-02", "name_zh": "照看邻居老人", "name_en": "Look after an elderly neighbour"},
    "done_on": "2026-09-06", "reason": "那天她不在村里。", "filed_at": "2026-09-08T01:00:00Z",
    "answer_by": "2026-09-15T01:00:00Z", "is_overdue": False, "points_before": 4, "points_after": None, "shortfall": 0,
    "answer": None, "answered_at": None, "version": 0, "waiting": None,
}  # fmt: skip
DISMISSED = OPEN | {
    "state": "dismissed",
    "answer": "走访核实，属实。",
    "answered_at": "2026-09-09T01:00:00Z",
    "version": 1,
}
APPEAL = OPEN | {"kind": "appeal", "filed_at": "2026-09-12T01:00:00Z", "answer_by": "2026-09-19T01:00:00Z"}

QUARTER = {
    "kind": "objection", "starts_on": "2026-07-01", "filed": 4, "voided": 1, "changed": 1, "dismissed": 2, "waiting": 0,
    "overdue": 1, "median_days": 3,
}  # fmt: skip


class ObjectionQuery(PageQuery):
    """``state``: what waits for an answer, or what was answered."""

    state = OneOf("open", "answered", load_default="open")


@views.get("/objections")
@requires("objections.answer")
@call(
    "Objections and appeals, newest first, without those the member has to do with or judged.", ObjectionPage,
    query=ObjectionQuery, example={"items": [OPEN], "next": None},
)  # fmt: skip
def listed(query: dict[str, Any]) -> Response:
    """A page may be shorter than asked for: what somebody stands aside from is left out of it."""
    viewer, session, now = current_user, db.session(), clock.now()
    before = read_cursor(query["after"], as_id)[0] if query["after"] else None
    found = objections(
        session, viewer.community_id, now=now, is_open=query["state"] == "open", before=before, limit=query["limit"] + 1
    )  # fmt: skip
    bench = Bench(session, viewer.community_id, {one.record_id for one in found}, now=now)
    page, more = found[: query["limit"]], found[query["limit"] :]
    seen = [one for one in page if bench.sees(one, viewer.member_id, now=now)]
    return give(ObjectionPage, {"items": seen, "next": write_cursor(page[-1].id) if more else None})


@views.get("/objections/figures")
@public
@call(
    "How many objections and appeals there were in each of the last eight quarters, and what became of them.",
    FiguresSchema, query=CommunityQuery, refusals=(401, 404), example={"items": [QUARTER]},
)  # fmt: skip
def figures(query: dict[str, Any]) -> Response:
    """For everybody, without names."""
    session = db.session()
    community = community_by_id(session, whose_board(query["community"]))
    return give(
        FiguresSchema, {"items": figures_of(session, community.id, now=clock.now(), zone=community.zone)}
    )


@views.get("/objections/<uuid:objection_id>")
@requires("notices.object")
@call("One objection or appeal with its answer.", ObjectionDetailSchema, example=DISMISSED)
def show(objection_id: uuid.UUID) -> Response:
    """For those who answer, for who raised it, and for the household concerned."""
    return give(ObjectionDetailSchema, _seen(db.session(), objection_id))


def _seen(session: Session, objection_id: uuid.UUID) -> dict[str, Any]:
    viewer, now = current_user, clock.now()
    found = objection_by_id(session, viewer.community_id, objection_id, now=now)
    bench = Bench(session, viewer.community_id, [found.record_id], now=now)
    answers = viewer.can("objections.answer") and bench.sees(found, viewer.member_id, now=now)
    if not answers and viewer.member_id != found.objector_id and viewer.household_id != found.household_id:
        raise NotFound("objection_not_found")
    # What waits for a second person is no answer yet.
    return vars(found) | ({} if answers else {"waiting": None, "version": 0})


@views.post("/objections/<uuid:objection_id>/answer")
@requires("objections.answer")
@call(
    "Answer in writing: dismiss, uphold (void), or change to other points inside the rule's range. Where two persons are "
    "needed it stays open, and `waiting` holds the answer until another one confirms it.", ObjectionDetailSchema,
    body=AnswerObjectionSchema, takes_key=True, sent={"decision": "dismiss", "answer": "走访核实，属实。"},
    example=DISMISSED,
)  # fmt: skip
def answer(objection_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """By nobody who decided it before or has to do with it."""
    points = body["points"] if body["decision"] == "change" else None
    command = AnswerObjection(
        current_user.community_id, current_user.member_id, objection_id, body["decision"] != "dismiss", body["answer"],
        points,
    )  # fmt: skip
    return _answer(answer_objection, command, objection_id, body)


@views.post("/objections/<uuid:objection_id>/confirm")
@requires("objections.answer")
@call(
    "Confirm the answer that waits; `version` is the one that was read.", ObjectionDetailSchema, body=ConfirmAnswerSchema,
    takes_key=True, sent={"version": 1}, example=DISMISSED,
)  # fmt: skip
def confirm(objection_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """By another person than the one who wrote it."""
    command = ConfirmAnswer(current_user.community_id, current_user.member_id, objection_id, body["version"])
    return _answer(confirm_answer, command, objection_id, body)


def _answer(
    operation: Callable[..., str], command: object, objection_id: uuid.UUID, body: dict[str, Any]
) -> Response:
    def shown(session: Session, _state: str, *, now: datetime) -> ObjectionView:
        return objection_by_id(session, current_user.community_id, objection_id, now=now)

    return answer_once(asked_by(current_user, body), operation, command, ObjectionDetailSchema, show=shown)


@views.post("/notices/<uuid:notice_id>/appeals")
@requires("notices.object")
@call(
    "Appeal a posted award, with a reason; any resident may, once, for 90 days.", ObjectionDetailSchema, status=201,
    body=ObjectionSchema, takes_key=True, refusals=(410,), sent={"reason": "那天她不在村里。"}, example=APPEAL,
)  # fmt: skip
def appeal_notice(notice_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """A voided one: the household."""
    notice = notice_by_id(db.session(), current_user.community_id, notice_id, now=clock.now())
    return _appeal(notice.record_id, body)


@views.post("/records/<uuid:record_id>/appeals")
@requires("notices.object")
@call(
    "Appeal what became of a record of one's own household, also a rejected one.", ObjectionDetailSchema, status=201,
    body=ObjectionSchema, takes_key=True, refusals=(410,), sent={"reason": "照片可以重新看。"}, example=APPEAL,
)  # fmt: skip
def appeal_record(record_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """Others' records that never hung on the board are not there."""
    return _appeal(record_id, body)


def _appeal(record_id: uuid.UUID, body: dict[str, Any]) -> Response:
    viewer, asked = current_user, asked_by(current_user, body)

    def shown(session: Session, appeal_id: uuid.UUID, *, now: datetime) -> ObjectionView:
        return objection_by_id(session, viewer.community_id, appeal_id, now=now)

    command = FileAppeal(viewer.community_id, viewer.member_id, asked.request_key, record_id, body["reason"])
    return answer_once(asked, file_appeal, command, ObjectionDetailSchema, status=201, show=shown)

"""Reported deeds."""

from __future__ import annotations

import uuid
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.api.calls import call, give, give_page
from app.api.cursors import as_id, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.repeats import answer_once, asked_by
from app.api.v1.me import AWARD
from app.api.v1.tokens import MEMBER
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.schemas.answers.base import page_of
from app.schemas.answers.records import RecordDetailSchema, RecordFiledSchema, RecordSchema
from app.schemas.commands import FileRecordSchema
from app.schemas.fields import OneOf
from points.errors import Invalid, NotAllowed, NotFound
from points.records.models import STATES
from points.records.operations import FileRecord, RecordFiled, WithdrawRecord, file_record, withdraw_record
from points.records.queries import (
    RecordDetail,
    record_detail,
    records_by_reporter,
    records_in_state,
    records_of_household,
)
from points.review.recusals import stands_aside
from points.rules.queries import rule_on

views = Blueprint("api_records", __name__, url_prefix="/records")

RecordPage = page_of(RecordSchema)
RECORD = {
    "id": AWARD["deed"]["record_id"], "state": "submitted", "rule": AWARD["rule"], "score": "redeemable",
    "done_on": "2026-09-06", "quantity": 1, "expected_points": 4, "points": None, "household": MEMBER["household"],
    "member": {"id": MEMBER["id"], "name": "张桂兰"}, "reporter": {"id": MEMBER["id"], "name": "张桂兰"},
    "filed_at": "2026-09-06T09:12:44Z", "notice_id": None, "notice_ends_at": None,
}  # fmt: skip
DETAIL = RECORD | {
    "note": "陪王奶奶去卫生室",
    "evidence": [],
    "history": [{"event": "filed", "at": "2026-09-06T09:12:44Z", "by": "张桂兰", "note": ""}],
}


class RecordQuery(PageQuery):
    """``of``: whose records."""

    of = OneOf(
        "household", "reported", "all", load_default="household",
        metadata={"description": "of the own household, reported by oneself, or all (for those who check them)"},
    )  # fmt: skip


@views.post("")
@requires("records.report")
@call(
    "Report a deed of one or several members, or of a household. Nobody named: the reporter's own.", RecordFiledSchema,
    status=201, body=FileRecordSchema, takes_key=True, refusals=(404,),
    sent={"rule": "AID-02", "done_on": "2026-09-06", "note": "陪王奶奶去卫生室"},
    example={
        "id": RECORD["id"], "state": "submitted", "expected_points": 4,
        "records": [{"id": RECORD["id"], "state": "submitted", "expected_points": 4,
                     "household_id": MEMBER["household"]["id"], "member_id": MEMBER["id"]}],
    },
)  # fmt: skip
def file(body: dict[str, Any]) -> Response:
    """Filed under the rule version in force on the day of the deed."""
    asked = asked_by(current_user, body)
    if body["member_ids"] and body["household_id"]:
        raise Invalid("form_invalid", errors={"household_id": [_("填了人就不用再填户。")]})
    member_ids, household_id = _whose(current_user, body)
    command = FileRecord(
        current_user.community_id, current_user.member_id, asked.request_key, body["rule"], body["done_on"], member_ids,
        household_id, body["quantity"], body["note"], tuple(body["evidence_ids"]),
    )  # fmt: skip
    return answer_once(asked, file_record, command, RecordFiledSchema, status=201, show=_filed)


def _whose(viewer: Viewer, body: dict[str, Any]) -> tuple[tuple[uuid.UUID, ...], uuid.UUID | None]:
    if body["member_ids"] or body["household_id"]:
        return tuple(body["member_ids"]), body["household_id"]
    rule = rule_on(db.session(), viewer.community_id, body["rule"], body["done_on"])
    return ((), viewer.household_id) if rule and rule.is_of_household else ((viewer.member_id,), None)


def _filed(_session: Session, filed: RecordFiled, *, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - shows take a clock
    first = filed.records[0]
    together = sum(record.expected_points for record in filed.records)
    return {"id": first.id, "state": first.state, "expected_points": together, "records": filed.records}


@views.get("")
@requires("records.own")
@call(
    "Reported deeds, newest first.", RecordPage, query=RecordQuery, example={"items": [RECORD], "next": None}
)
def listed(query: dict[str, Any]) -> Response:
    """Everything but ``all`` is one's own business."""
    viewer, now = current_user, clock.now()
    before = read_cursor(query["after"], as_id)[0] if query["after"] else None
    page = {"now": now, "before": before, "limit": query["limit"] + 1}
    if query["of"] == "household":
        lines = records_of_household(db.session(), viewer.community_id, viewer.household_id, **page)
    elif query["of"] == "reported":
        lines = records_by_reporter(db.session(), viewer.community_id, viewer.member_id, **page)
    elif viewer.can("records.all"):
        lines = records_in_state(db.session(), viewer.community_id, STATES, **page)
    else:
        raise NotAllowed("not_permitted", permission="records.all")
    return give_page(RecordPage, lines, query["limit"], lambda last: write_cursor(last.id))


@views.get("/<uuid:record_id>")
@requires("records.own")
@call("One record with everything that happened to it.", RecordDetailSchema, example=DETAIL)
def show(record_id: uuid.UUID) -> Response:
    """For the household, the reporter, and those who check and do not stand aside."""
    viewer, session = current_user, db.session()
    detail = record_detail(session, viewer.community_id, record_id, now=clock.now())
    own = viewer.household_id == detail.line.household_id or viewer.member_id == detail.line.reporter_id
    if not own and not (
        viewer.can("records.all")
        and not stands_aside(session, viewer.community_id, [record_id], viewer.member_id)
    ):
        raise NotFound("record_not_found")
    return give(RecordDetailSchema, _flat(detail))


def _flat(detail: RecordDetail) -> SimpleNamespace:
    return SimpleNamespace(**vars(detail.line), evidence=detail.photos, history=detail.events)


@views.post("/<uuid:record_id>/withdraw")
@requires("records.own")
@call(
    "Take a report back before it lies on the table.", RecordDetailSchema, takes_key=True,
    example=DETAIL | {"state": "withdrawn"},
)  # fmt: skip
def withdraw(record_id: uuid.UUID) -> Response:
    """The reporter may, and everybody of the household."""
    viewer = current_user

    def detail(session: Session, _state: str, *, now: datetime) -> SimpleNamespace:
        return _flat(record_detail(session, viewer.community_id, record_id, now=now))

    command = WithdrawRecord(viewer.community_id, viewer.member_id, record_id)
    return answer_once(asked_by(viewer), withdraw_record, command, RecordDetailSchema, show=detail)

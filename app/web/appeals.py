"""Appealing what has become of a deed: from the board any resident, from the own record the household."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import ObjectionSchema
from app.sentences import say
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from app.web.objections import own_community, views
from points.errors import DomainError, NotFound
from points.notices.operations import FileAppeal, file_appeal
from points.notices.policy import ANSWER_DAYS, APPEAL_DAYS
from points.notices.queries import notice_by_id
from points.notices.standing import check_appeal
from points.people.names import mask_name
from points.records.queries import records_by_id

__all__ = ["views"]


def _of_notice(code: str, notice_id: uuid.UUID) -> uuid.UUID:
    community = own_community(code)
    return notice_by_id(db.session(), community.id, notice_id, now=clock.now()).record_id


def _context(record_id: uuid.UUID, action: str, back: str) -> dict[str, object]:
    """What is appealed, and the sentence that says why it cannot be, if so."""
    session, viewer, now = db.session(), current_user, clock.now()
    why_not = ""
    try:
        check_appeal(session, viewer.community_id, record_id, viewer.member_id, now=now)
    except NotFound:
        raise
    except DomainError as error:
        why_not = say(error)
    line = records_by_id(session, viewer.community_id, [record_id], now=now)[record_id]
    name = mask_name(line.member_name) if line.member_name else f"{line.household_number}户"
    return {
        "line": line, "name": name, "why_not": why_not, "action": action, "back": back, "answer_days": ANSWER_DAYS,
        "appeal_days": APPEAL_DAYS,
    }  # fmt: skip


def _file(record_id: uuid.UUID, context: dict[str, object]) -> Response:
    form = posted_form()
    try:
        values = load_form(ObjectionSchema)
        command = FileAppeal(
            current_user.community_id, current_user.member_id, request_key(), record_id, values["reason"]
        )
        appeal_id = transact(file_appeal, command)
    except DomainError as error:
        return show_again("objections/appeal.html", form, error, **context)
    flash(_("申诉收到了。答复出来后，在这一页能看到。"), "ok")
    return redirect(url_for("objections.show", objection_id=appeal_id), 303)


def _board_context(code: str, notice_id: uuid.UUID) -> dict[str, object]:
    place = {"code": code, "notice_id": notice_id}
    return _context(
        _of_notice(code, notice_id), url_for("objections.appeal_notice", **place), url_for("notices.show", **place)
    )  # fmt: skip


@views.get("/c/<code>/board/<uuid:notice_id>/appeal")
@requires("notices.object")
def ask_about_notice(code: str, notice_id: uuid.UUID) -> ResponseReturnValue:
    """The form, from the board."""
    return render_template("objections/appeal.html", form=blank_form(), **_board_context(code, notice_id))


@views.post("/c/<code>/board/<uuid:notice_id>/appeal")
@requires("notices.object")
def appeal_notice(code: str, notice_id: uuid.UUID) -> Response:
    """Files it."""
    return _file(_of_notice(code, notice_id), _board_context(code, notice_id))


def _record_context(record_id: uuid.UUID) -> dict[str, object]:
    place = {"record_id": record_id}
    return _context(record_id, url_for("objections.appeal_record", **place), url_for("records.show", **place))


@views.get("/records/<uuid:record_id>/appeal")
@requires("notices.object")
def ask_about_record(record_id: uuid.UUID) -> ResponseReturnValue:
    """The form, from the own record."""
    return render_template("objections/appeal.html", form=blank_form(), **_record_context(record_id))


@views.post("/records/<uuid:record_id>/appeal")
@requires("notices.object")
def appeal_record(record_id: uuid.UUID) -> Response:
    """Files it."""
    return _file(record_id, _record_context(record_id))

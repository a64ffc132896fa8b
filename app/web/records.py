"""My records: what was reported, and how far it has come."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.transaction import transact
from app.web.forms import posted_form, show_again
from points.errors import DomainError, Invalid, NotFound
from points.notices.queries import answers_about
from points.notices.standing import check_appeal
from points.people.helping import helper_names
from points.people.queries import CommunityView, community_by_id
from points.records.operations import WithdrawRecord, withdraw_record
from points.records.policy import WITHDRAWABLE
from points.records.queries import RecordDetail, record_detail, records_by_reporter, records_of_household
from points.review.recusals import stands_aside

views = Blueprint("records", __name__)

ROWS = 20


@views.get("/records")
@requires("records.own")
def mine() -> ResponseReturnValue:
    """Records of my household; or, for those who report for others, what they reported."""
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    for_others = viewer.can("records.report_for_others")
    reported = for_others and request.args.get("show") == "reported"
    before = _cursor(request.args.get("before"))
    if reported:
        lines = records_by_reporter(
            session, viewer.community_id, viewer.member_id, now=now, before=before, limit=ROWS + 1
        )
    else:
        lines = records_of_household(
            session, viewer.community_id, viewer.household_id, now=now, before=before, limit=ROWS + 1
        )
    show = "reported" if reported else None
    older = url_for("records.mine", show=show, before=lines[ROWS - 1].id) if len(lines) > ROWS else ""
    return render_template(
        "records/mine.html",
        lines=lines[:ROWS],
        older=older,
        for_others=for_others,
        reported=reported,
        before=before,
    )


def _cursor(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Invalid("bad_cursor") from error


@views.get("/records/<uuid:record_id>")
@requires("records.own")
def show(record_id: uuid.UUID) -> ResponseReturnValue:
    """One record with its history, photos and notice."""
    viewer = current_user._get_current_object()
    detail = seen_record(viewer, record_id)
    return render_template("records/show.html", **_context(viewer, detail))


def seen_record(viewer: Viewer, record_id: uuid.UUID) -> RecordDetail:
    """A record for the eyes of its household, its reporter and those who check.

    Raises NotFound ``record_not_found``, also for whoever stands aside while it is decided.
    """
    session = db.session()
    detail = record_detail(session, viewer.community_id, record_id, now=clock.now())
    if viewer.household_id == detail.line.household_id or viewer.member_id == detail.line.reporter_id:
        return detail
    if not viewer.can("records.all") or stands_aside(
        session, viewer.community_id, [record_id], viewer.member_id
    ):
        raise NotFound("record_not_found")
    return detail


def _context(viewer: Viewer, detail: RecordDetail) -> dict[str, object]:
    line = detail.line
    is_own = viewer.household_id == line.household_id
    mine = is_own or viewer.member_id == line.reporter_id
    return {
        "line": line,
        "detail": detail,
        "helpers": helper_names(db.session(), viewer.community_id, line.id),
        "community": _community(viewer),
        "may_withdraw": mine and line.state in WITHDRAWABLE,
        "may_appeal": is_own and _may_appeal(viewer, line.id),
        "answers": answers_about(db.session(), viewer.community_id, line.id, now=clock.now())
        if is_own
        else (),
    }


def _may_appeal(viewer: Viewer, record_id: uuid.UUID) -> bool:
    """Whether the way to an appeal is open to this member now."""
    try:
        check_appeal(db.session(), viewer.community_id, record_id, viewer.member_id, now=clock.now())
    except DomainError:
        return False
    return True


def _community(viewer: Viewer) -> CommunityView:
    return community_by_id(db.session(), viewer.community_id)


@views.post("/records/<uuid:record_id>/withdraw")
@requires("records.own")
def withdraw(record_id: uuid.UUID) -> Response | ResponseReturnValue:
    """Takes a report back while nobody has it on the table."""
    viewer = current_user._get_current_object()
    try:
        transact(withdraw_record, WithdrawRecord(viewer.community_id, viewer.member_id, record_id))
    except NotFound:
        raise
    except DomainError as error:
        context = _context(viewer, seen_record(viewer, record_id))
        return show_again("records/show.html", posted_form(), error, **context)
    flash(_("已撤回。想改了再报，重新记一笔就行。"), "ok")
    return redirect(url_for("records.show", record_id=record_id), 303)

"""One case: for the person it is about, the opener, the panel while it decides, steward and supervisor."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.photos import photo_path
from app.schemas.conduct import AppealAnswerSchema, AppealSchema, DropSchema, ReplySchema
from app.transaction import transact
from app.web.conduct import views
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.conduct.appeals import (
    AnswerAppeal,
    AppealDeduction,
    answer_appeal,
    appeal_deduction,
    why_not_answer,
)
from points.conduct.operations import (
    DropCase,
    HandOverLetter,
    ReplyToCase,
    drop_case,
    hand_over_letter,
    reply_to_case,
)
from points.conduct.policy import A_YEAR, BEFORE_THE_PANEL, may_appeal
from points.conduct.queries import (
    CaseDetail,
    CaseLine,
    case_detail,
    case_of_record,
    cases_about,
    conduct_score,
    may_read,
    photo_of_case,
)
from points.errors import DomainError, NotFound


@views.get("/me/conduct")
@requires("conduct.own")
def mine() -> ResponseReturnValue:
    """Everything about oneself, and the own score."""
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    return render_template(
        "conduct/mine.html",
        lines=cases_about(session, viewer.community_id, viewer.member_id, now=now),
        score=conduct_score(session, viewer.community_id, viewer.member_id, now=now),
    )


def _read(case_id: uuid.UUID) -> CaseDetail:
    """A case for whoever may read it. NotFound ``case_not_found`` for everybody else: that there is one says enough."""
    session, viewer = db.session(), current_user._get_current_object()
    found = case_detail(session, viewer.community_id, case_id, now=clock.now())
    sees_all = viewer.can("conduct.see_all")
    if not may_read(session, viewer.community_id, found.line, viewer.member_id, sees_all=sees_all):
        raise NotFound("case_not_found")
    return found


def _is_officer(viewer: Viewer, line: CaseLine) -> bool:
    """The opener or a steward; nobody is an officer in their own case (``points.conduct.cases.require_officer``)."""
    return viewer.member_id != line.member_id and (
        viewer.member_id == line.opener_id or "steward" in viewer.roles
    )


@views.get("/conduct/<uuid:case_id>")
@requires("conduct.own")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """What is said, what the person said to it, how far it has come, and what can be done until when."""
    return render_template("conduct/show.html", form=blank_form(), **_context(case_id))


def _context(case_id: uuid.UUID) -> dict[str, object]:
    session, viewer, detail = db.session(), current_user._get_current_object(), _read(case_id)
    line = detail.line
    is_own, is_officer = viewer.member_id == line.member_id, _is_officer(viewer, line)
    before, supervises = line.state in BEFORE_THE_PANEL, viewer.can("conduct.answer_appeal")
    why_not = None
    if supervises and line.state == "appealed":
        why_not = why_not_answer(session, viewer.community_id, line, viewer.member_id)
    return {
        "detail": detail, "line": line, "is_own": is_own, "is_officer": is_officer,
        "may_reply": before and (is_own or is_officer),
        "may_drop": before and is_officer and viewer.household_id != line.household_id,
        "may_hand_over": before and is_officer and line.letter_at is None,
        "may_appeal": may_appeal(line.state, line.posted_at, clock.now()) and (is_own or is_officer),
        "may_answer": supervises and line.state == "appealed" and why_not is None, "why_not": why_not,
        "score": conduct_score(session, viewer.community_id, line.member_id, now=clock.now())
        if is_own or supervises else None,
        "warning_until": line.informed_at + A_YEAR if line.informed_at else None,
    }  # fmt: skip


@views.get("/conduct/records/<uuid:record_id>")
@requires("conduct.own")
def of_record(record_id: uuid.UUID) -> ResponseReturnValue:
    """From an item of an agenda to its case."""
    case_id = case_of_record(db.session(), current_user.community_id, record_id)
    _read(case_id)
    return redirect(url_for("conduct.show", case_id=case_id), 303)


@views.get("/conduct/<uuid:case_id>/photos/<uuid:photo_id>")
@requires("conduct.own")
def photo(case_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    """A photo of a case, for those who may read the case."""
    _read(case_id)
    photo_of_case(db.session(), current_user.community_id, case_id, photo_id)
    path = photo_path(current_user.community_id, photo_id)
    if not path.is_file():
        raise NotFound("evidence_not_found")
    response = send_file(path, mimetype="image/jpeg", max_age=0)
    response.cache_control.private = True
    return response


@views.get("/conduct/<uuid:case_id>/letter")
@requires("conduct.open")
def letter(case_id: uuid.UUID) -> ResponseReturnValue:
    """The same on paper, for people without a phone."""
    context = _context(case_id)
    if not context["is_officer"]:
        raise NotFound("case_not_found")
    return render_template("conduct/letter.html", printed_at=clock.now(), **context)


def _done(
    case_id: uuid.UUID, operation: Callable[..., object], command: Callable[[Viewer], object], said: str
) -> Response:
    """One step of a case: back to its page with what was done, or with the form and why not."""
    form, viewer = posted_form(), current_user._get_current_object()
    _read(case_id)
    try:
        transact(operation, command(viewer))
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("conduct/show.html", form, error, **_context(case_id))
    flash(said, "ok")
    return redirect(url_for("conduct.show", case_id=case_id), 303)


@views.post("/conduct/<uuid:case_id>/letter")
@requires("conduct.open")
def hand_over(case_id: uuid.UUID) -> Response:
    """The letter is in the person's hands: the seven days begin."""
    return _done(
        case_id, hand_over_letter, lambda viewer: HandOverLetter(viewer.community_id, viewer.member_id, case_id),
        _("记下了：信交到本人手里了，从现在起 7 天内可以说明。"),
    )  # fmt: skip


@views.post("/conduct/<uuid:case_id>/reply")
@requires("conduct.own")
def reply(case_id: uuid.UUID) -> Response:
    """The person's own words, or what an officer took down."""

    def command(viewer: Viewer) -> ReplyToCase:
        return ReplyToCase(viewer.community_id, viewer.member_id, case_id, load_form(ReplySchema)["reply"])

    return _done(case_id, reply_to_case, command, _("说明收到了，和这一件放在一起。"))


@views.post("/conduct/<uuid:case_id>/drop")
@requires("conduct.open")
def drop(case_id: uuid.UUID) -> Response:
    """The reply was accepted, or it was a mistake."""

    def command(viewer: Viewer) -> DropCase:
        return DropCase(viewer.community_id, viewer.member_id, case_id, load_form(DropSchema)["reason"])

    return _done(case_id, drop_case, command, _("这一件不再追究，理由本人能看到。"))


@views.post("/conduct/<uuid:case_id>/appeal")
@requires("conduct.own")
def appeal(case_id: uuid.UUID) -> Response:
    """The person disagrees with the result."""

    def command(viewer: Viewer) -> AppealDeduction:
        return AppealDeduction(
            viewer.community_id, viewer.member_id, case_id, load_form(AppealSchema)["appeal"]
        )

    return _done(case_id, appeal_deduction, command, _("申诉收到了，由没有参与过这件事的监督员书面答复。"))


@views.post("/conduct/<uuid:case_id>/answer")
@requires("conduct.answer_appeal")
def answer(case_id: uuid.UUID) -> Response:
    """The supervisor's last word."""

    def command(viewer: Viewer) -> AnswerAppeal:
        values = load_form(AppealAnswerSchema)
        uphold = values["decision"] == "uphold"
        return AnswerAppeal(viewer.community_id, viewer.member_id, case_id, uphold, values["answer"])

    return _done(case_id, answer_appeal, command, _("答复记下了，本人能看到。"))

"""Objecting to a notice, the supervision group's written answers, and their figures for everybody."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.api.cursors import as_id, read_cursor, write_cursor
from app.database import db
from app.permissions import public, requires
from app.schemas.commands import AnswerObjectionSchema, ConfirmAnswerSchema, ObjectionSchema
from app.transaction import transact
from app.web.board import community_of
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from points.errors import DomainError, NotFound
from points.notices.concern import Bench
from points.notices.figures import QuarterFigures, figures_of
from points.notices.operations import (
    AnswerObjection,
    ConfirmAnswer,
    ObjectToNotice,
    answer_objection,
    confirm_answer,
    object_to_notice,
)
from points.notices.policy import ANSWER_DAYS
from points.notices.queries import ObjectionView, notice_by_id, objection_by_id, objections
from points.people.helping import helper_names
from points.people.queries import CommunityView, community_by_code
from points.review.scale import scale_of

views = Blueprint("objections", __name__)

ROWS = 50


def own_community(code: str) -> CommunityView:
    """Everybody may read a board; only its own people may doubt what it says. NotFound ``community_not_found``."""
    if code != current_user.community_code:
        raise NotFound("community_not_found")
    return community_by_code(db.session(), code)


def _doubted(code: str, notice_id: uuid.UUID) -> dict[str, object]:
    community = own_community(code)
    notice = notice_by_id(db.session(), community.id, notice_id, now=clock.now())
    return {"community": community, "notice": notice, "answer_days": ANSWER_DAYS}


@views.get("/c/<code>/board/<uuid:notice_id>/object")
@requires("notices.object")
def ask(code: str, notice_id: uuid.UUID) -> ResponseReturnValue:
    """The form. What was typed before a sign-in stands in it again."""
    return render_template("objections/ask.html", form=blank_form(), **_doubted(code, notice_id))


@views.post("/c/<code>/board/<uuid:notice_id>/object")
@requires("notices.object")
def file(code: str, notice_id: uuid.UUID) -> Response:
    """Files the objection; the clock of the award stops."""
    form, context = posted_form(), _doubted(code, notice_id)
    try:
        values = load_form(ObjectionSchema)
        command = ObjectToNotice(
            current_user.community_id, current_user.member_id, request_key(), notice_id, values["reason"]
        )
        objection_id = transact(object_to_notice, command)
    except DomainError as error:
        return show_again("objections/ask.html", form, error, **context)
    flash(_("异议收到了，公示先停下。答复出来后，在这一页能看到。"), "ok")
    return redirect(url_for("objections.show", objection_id=objection_id), 303)


@views.get("/objections")
@requires("objections.answer")
def index() -> ResponseReturnValue:
    """What waits for an answer, and what was answered; without what the viewer has to do with."""
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    is_open = request.args.get("show", "open") == "open"
    before = read_cursor(request.args["before"], as_id)[0] if request.args.get("before") else None
    found = objections(session, community_id, now=now, is_open=is_open, before=before, limit=ROWS + 1)
    bench = Bench(session, community_id, {one.record_id for one in found}, now=now)
    older = write_cursor(found[ROWS - 1].id) if len(found) > ROWS else ""
    seen = [one for one in found[:ROWS] if bench.sees(one, current_user.member_id, now=now)]
    return render_template("objections/index.html", objections=seen, is_open=is_open, older=older)


@views.get("/objections/<uuid:objection_id>")
@requires("notices.object")
def show(objection_id: uuid.UUID) -> ResponseReturnValue:
    """For those who answer the form; for who doubted and for the household concerned the words on both sides."""
    return render_template("objections/show.html", form=blank_form(), **_context(objection_id))


def _context(objection_id: uuid.UUID) -> dict[str, object]:
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    found: ObjectionView = objection_by_id(session, community_id, objection_id, now=now)
    answerers = Bench(session, community_id, [found.record_id], now=now).answerers(found, now=now)
    is_objector = found.objector_id == current_user.member_id
    is_own = found.household_id == current_user.household_id
    answers = current_user.can("objections.answer") and current_user.member_id in answerers.members
    if not (answers or is_objector or is_own):
        raise NotFound("objection_not_found")
    return {
        "objection": found, "answers": answers, "answerers": answerers, "is_objector": is_objector,
        # The household reads what is doubted; who doubts it only the village's own supervision group.
        "names_objector": answers and "supervisor" in current_user.roles,
        "helpers": helper_names(session, community_id, objection_id),
        "scale": scale_of(session, community_id, found.record_id),
        "is_my_answer": found.waiting is not None and found.waiting.written_by == current_user.member_id,
    }  # fmt: skip


@views.post("/objections/<uuid:objection_id>")
@requires("objections.answer")
def answer(objection_id: uuid.UUID) -> Response:
    """Dismissed, void, or another amount; where two are needed, it waits for the second."""

    def write() -> str:
        values = load_form(AnswerObjectionSchema)
        points = values["points"] if values["decision"] == "change" else None
        command = AnswerObjection(
            current_user.community_id, current_user.member_id, objection_id, values["decision"] != "dismiss",
            values["answer"], points,
        )  # fmt: skip
        return transact(answer_objection, command)

    return _answered(objection_id, write)


@views.post("/objections/<uuid:objection_id>/confirm")
@requires("objections.answer")
def confirm(objection_id: uuid.UUID) -> Response:
    """The second person's yes."""

    def say_yes() -> str:
        version = load_form(ConfirmAnswerSchema)["version"]
        command = ConfirmAnswer(current_user.community_id, current_user.member_id, objection_id, version)
        return transact(confirm_answer, command)

    return _answered(objection_id, say_yes)


def _answered(objection_id: uuid.UUID, act: Callable[[], str]) -> Response:
    form = posted_form()
    try:
        state = act()
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("objections/show.html", form, error, **_context(objection_id))
    flash(_("写好了，等另一位确认后生效。") if state == "open" else _("答复生效了。"), "ok")
    return redirect(url_for("objections.show", objection_id=objection_id), 303)


@views.get("/c/<code>/objections/figures")
@public
def figures(code: str) -> ResponseReturnValue:
    """How many there were and what became of them, quarter by quarter."""
    community = community_of(code)
    found = figures_of(db.session(), community.id, now=clock.now(), zone=community.zone)
    kinds = {kind: [line for line in found if line.kind == kind] for kind in ("objection", "appeal")}
    return render_template(
        "objections/figures.html", community=community, kinds=kinds, quarter=_quarter, bars_of=_bars,
        answer_days=ANSWER_DAYS,
    )  # fmt: skip


def _bars(lines: list[QuarterFigures]) -> list[tuple[str, int]]:
    return [(_quarter(line.starts_on), line.filed) for line in lines]


def _quarter(starts_on: date) -> str:
    """2026 年第 3 季度 / quarter 3 of 2026."""
    return _("%(year)s 年第 %(quarter)s 季度", year=starts_on.year, quarter=(starts_on.month + 2) // 3)

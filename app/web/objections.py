"""Objecting to a notice, and the supervisor's written answer."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import AnswerObjectionSchema, ObjectionSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from points.errors import DomainError, NotFound
from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import ObjectionView, concerned_by, notice_by_id, objection_by_id, objections
from points.people.queries import CommunityView, community_by_code

views = Blueprint("objections", __name__)


def _own_community(code: str) -> CommunityView:
    """Everybody may read a board; only its own people may object. NotFound ``community_not_found``."""
    if code != current_user.community_code:
        raise NotFound("community_not_found")
    return community_by_code(db.session(), code)


def _doubted(code: str, notice_id: uuid.UUID) -> dict[str, object]:
    community = _own_community(code)
    notice = notice_by_id(db.session(), community.id, notice_id, now=clock.now())
    return {"community": community, "notice": notice}


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
    """What waits for an answer, and what was answered."""
    show = request.args.get("show", "open")
    found = objections(
        db.session(), current_user.community_id, now=clock.now(), state="open" if show == "open" else None
    )
    lines = found if show == "open" else [objection for objection in found if objection.state != "open"]
    return render_template("objections/index.html", objections=lines, show=show)


@views.get("/objections/<uuid:objection_id>")
@requires("notices.object")
def show(objection_id: uuid.UUID) -> ResponseReturnValue:
    """For the supervisor the answer form; for the objector and the household concerned the words on both sides."""
    return render_template("objections/show.html", form=blank_form(), **_context(objection_id))


def _context(objection_id: uuid.UUID) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    found: ObjectionView = objection_by_id(session, community_id, objection_id, now=clock.now())
    concerned = concerned_by(session, community_id, objection_id)
    is_objector = concerned.objector_id == current_user.member_id
    is_own = concerned.household_id == current_user.household_id
    may_answer = current_user.can("objections.answer")
    if not (may_answer or is_objector or is_own):
        raise NotFound("objection_not_found")
    return {
        "objection": found, "notice": found.notice, "may_answer": may_answer and not (is_objector or is_own),
        "is_objector": is_objector,
        # The household reads what is doubted, and answers for itself; not who doubts it.
        "names_objector": may_answer and not is_own,
    }  # fmt: skip


@views.post("/objections/<uuid:objection_id>")
@requires("objections.answer")
def answer(objection_id: uuid.UUID) -> Response:
    """Upheld: the award is void. Dismissed: the notice goes on for the days it had left."""
    form = posted_form()
    try:
        values = load_form(AnswerObjectionSchema)
        uphold = values["decision"] == "uphold"
        command = AnswerObjection(
            current_user.community_id, current_user.member_id, objection_id, uphold, values["answer"]
        )
        transact(answer_objection, command)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("objections/show.html", form, error, **_context(objection_id))
    flash(
        _("答复记下了：异议成立，这一笔作废。") if uphold else _("答复记下了：异议不成立，公示接着走。"), "ok"
    )
    return redirect(url_for("objections.show", objection_id=objection_id), 303)

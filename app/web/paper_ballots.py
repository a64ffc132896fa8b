"""Paper ballots at a meeting: an officer types in what somebody without a phone filled in."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import CastBallotSchema
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from app.web.review import sitting_of
from points.errors import DomainError, NotFound
from points.review.ballots import EnterPaperBallot, enter_paper_ballot
from points.review.queries import agenda_for, recusals_of, seats_of

views = Blueprint("paper_ballots", __name__)


def _context(session_id: uuid.UUID, member_id: uuid.UUID) -> dict[str, object]:
    """What that judge may vote on and the officer may see, with what was typed in so far."""
    session, community_id = db.session(), current_user.community_id
    sitting = sitting_of(session_id)
    voter = next(
        (seat for seat in seats_of(session, community_id, session_id) if seat.member_id == member_id), None
    )
    if voter is None:
        raise NotFound("member_not_found")
    aside = recusals_of(session, community_id, session_id, member_id=current_user.member_id)
    items = agenda_for(session, community_id, session_id, member_id, now=clock.now())
    return {"sitting": sitting, "voter": voter, "items": [item for item in items if item.id not in aside]}


@views.get("/review/<uuid:session_id>/paper/<uuid:member_id>")
@requires("review.paper")
def index(session_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """The items, one small form each."""
    return render_template(
        "review/paper.html", form=blank_form(), failed=None, **_context(session_id, member_id)
    )


@views.post("/review/<uuid:session_id>/paper/<uuid:member_id>/<uuid:record_id>")
@requires("review.paper")
def enter(session_id: uuid.UUID, member_id: uuid.UUID, record_id: uuid.UUID) -> Response:
    """Types one ballot in."""
    form = posted_form()
    try:
        transact(enter_paper_ballot, _command(form, session_id, member_id, record_id))
    except DomainError as error:
        context = _context(session_id, member_id)
        return show_again("review/paper.html", form, error, failed=record_id, **context)
    flash(_("这张纸票录好了，记录里会写明是您录的。"), "ok")
    return redirect(url_for("paper_ballots.index", session_id=session_id, member_id=member_id), 303)


def _command(
    form: Form, session_id: uuid.UUID, member_id: uuid.UUID, record_id: uuid.UUID
) -> EnterPaperBallot:
    more = {} if form.value("choice") == "approve" else {"points": None}
    values = load_form(CastBallotSchema, **more)
    return EnterPaperBallot(
        current_user.community_id, current_user.member_id, session_id, record_id, member_id, values["choice"],
        values["points"], values["reason"],
    )  # fmt: skip

"""The voting card: one item, one judge, one ballot that can be changed until the session closes."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import CastBallotSchema
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from app.web.review import sitting_of, views
from app.web.sitting import own_agenda, own_seat
from points.errors import DomainError, NotFound
from points.review.ballots import BallotCast, CastBallot, QuestionItem, cast_ballot, question_item
from points.review.queries import ItemView, item_for, seats_of


def N_(text: str) -> str:
    """Marks a text for translation that is translated where it is shown."""
    return text


# Kept in the minutes as they stand here, and read there in the reader's language.
COMMON_REASONS = {
    "unclear": N_("照片或说明看不清是不是这件事"),
    "again": N_("这件事上次已经给过分"),
    "not_in_rules": N_("不在规则里"),
    "own_duty": N_("事情属实，但是本职工作"),
}
OTHER_REASON = "other"


@views.app_template_filter("said_reason")
def said_reason(reason: str) -> str:
    """A reason as the reader reads: the common ones translated, what somebody typed as it was typed."""
    return _(reason) if reason in COMMON_REASONS.values() else reason


@views.get("/review/<uuid:session_id>/items/<uuid:record_id>")
@requires("review.vote")
def item(session_id: uuid.UUID, record_id: uuid.UUID) -> ResponseReturnValue:
    """The voting card; who is not at the table yet, or comes too late, goes to the session's page."""
    sitting = sitting_of(session_id)
    seat = own_seat(seats_of(db.session(), current_user.community_id, session_id))
    if sitting.state != "open" or seat is None or seat.attended_at is None:
        return redirect(url_for("review.show", session_id=session_id), 303)
    return render_template("review/item.html", form=blank_form(), **_card(session_id, record_id))


def _card(session_id: uuid.UUID, record_id: uuid.UUID) -> dict[str, object]:
    found = item_for(
        db.session(),
        current_user.community_id,
        session_id,
        record_id,
        current_user.member_id,
        now=clock.now(),
    )
    agenda = own_agenda(session_id)
    places = [vote.record.id for vote in agenda.votes]
    return {
        "sitting": sitting_of(session_id), "item": found, "agenda": agenda,
        "number": places.index(record_id) + 1 if record_id in places else None,
        "reasons": [*((key, _(words)) for key, words in COMMON_REASONS.items()), (OTHER_REASON, _("别的理由，我来写"))],
        "own_reason": _reason_key(found),
    }  # fmt: skip


def _reason_key(found: ItemView) -> str:
    """Which of the common reasons the viewer's own ballot gives."""
    if found.own is None or not found.own.reason:
        return ""
    return next((key for key, words in COMMON_REASONS.items() if words == found.own.reason), OTHER_REASON)


@views.post("/review/<uuid:session_id>/items/<uuid:record_id>")
@requires("review.vote")
def vote(session_id: uuid.UUID, record_id: uuid.UUID) -> Response:
    """Casts or changes the ballot and goes on to the next item without one."""
    form = posted_form()
    try:
        done = transact(cast_ballot, _ballot(form, session_id, record_id))
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("review/item.html", form, error, **_card(session_id, record_id))
    agenda = own_agenda(session_id)
    voted_on = next((item for item in agenda.votes if item.record.id == record_id), None)
    flash(_in_words(done, deducts=voted_on is not None and voted_on.record.score == "conduct"), "ok")
    following = agenda.next_item
    if following is None:
        return redirect(url_for("review.show", session_id=session_id), 303)
    return redirect(url_for("review.item", session_id=session_id, record_id=following.record.id), 303)


def _ballot(form: Form, session_id: uuid.UUID, record_id: uuid.UUID) -> CastBallot:
    """The form sends the number and the reason with every button; each choice takes what belongs to it."""
    choice = form.value("choice")
    reasons = {"reject": _typed_reason(form), "approve": form.value("approve_words").strip()}
    more = {"reason": reasons.get(choice, "")}
    if choice != "approve":
        more["points"] = None
    values = load_form(CastBallotSchema, **more)
    return CastBallot(
        current_user.community_id, current_user.member_id, session_id, record_id, values["choice"], values["points"],
        values["reason"],
    )  # fmt: skip


def _typed_reason(form: Form) -> str:
    key = form.value("reason")
    return COMMON_REASONS.get(key) or form.value("reason_words").strip()


def _in_words(done: BallotCast, *, deducts: bool) -> str:
    if done.choice == "approve" and deducts:
        return _("记下了：同意，扣 %(points)s 分。结束前可以改。", points=done.points)
    if done.choice == "approve":
        return _("记下了：同意，给 %(points)s 分。结束前可以改。", points=done.points)
    if done.choice == "reject":
        return _("记下了：不同意。结束前可以改。")
    return _("记下了：弃权。结束前可以改。")


@views.post("/review/<uuid:session_id>/items/<uuid:record_id>/question")
@requires("review.vote")
def question(session_id: uuid.UUID, record_id: uuid.UUID) -> Response:
    """Takes an item out of the block that would pass together, and opens its voting card."""
    transact(
        question_item, QuestionItem(current_user.community_id, current_user.member_id, session_id, record_id)
    )
    flash(_("这一件不再一并通过，大家逐件投票。"), "ok")
    return redirect(url_for("review.item", session_id=session_id, record_id=record_id), 303)

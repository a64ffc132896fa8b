"""A session as one of its judges sees it: coming in, the agenda, and afterwards the results."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.transaction import transact
from app.web.forms import blank_form, posted_form, show_again
from app.web.review import is_uncounted, sitting_of, views
from points.codes import as_printed, read_code
from points.errors import Conflict, DomainError, Invalid, NotFound
from points.people.queries import meaning_of
from points.review.queries import ItemView, SeatView, SessionView, agenda_for, recusals_of, seats_of
from points.review.sessions import JoinSession, join_session

# What is said aloud in the hall: the first letters of the roll-call code are enough for those on the roll.
SPOKEN = 6


def spoken_code(token: str) -> str:
    """The short roll-call code."""
    return token[:SPOKEN]


def roll_call_address(sitting: SessionView) -> str:
    """What the QR code in the hall opens."""
    site = current_app.config["SITE_URL"] or request.host_url.rstrip("/")
    return f"{site}/Q/{sitting.roll_call_token}"


@dataclass(frozen=True)
class OwnAgenda:
    """The agenda of one judge: what to vote on, the block that may pass, and how far this judge is."""

    votes: tuple[ItemView, ...]
    consent: tuple[ItemView, ...]
    aside: int

    @property
    def done(self) -> int:
        """Items this judge has voted on."""
        return sum(item.own is not None for item in self.votes)

    @property
    def next_item(self) -> ItemView | None:
        """The first one without a ballot of this judge."""
        return next((item for item in self.votes if item.own is None), None)


def own_agenda(session_id: uuid.UUID) -> OwnAgenda:
    """The viewer's own agenda; what the viewer is recused from is only counted."""
    session, community_id, member_id = db.session(), current_user.community_id, current_user.member_id
    items = agenda_for(session, community_id, session_id, member_id, now=clock.now())
    aside = recusals_of(session, community_id, session_id, member_id=member_id)
    return OwnAgenda(
        tuple(item for item in items if item.block == "vote"),
        tuple(item for item in items if item.block == "consent"),
        len(aside),
    )


def own_seat(seats: list[SeatView]) -> SeatView | None:
    """The viewer's seat, if the viewer is on the roll."""
    return next((seat for seat in seats if seat.member_id == current_user.member_id), None)


@views.get("/review/<uuid:session_id>")
@requires("review.see")
def show(session_id: uuid.UUID) -> ResponseReturnValue:
    """Closed: what came of each item. Open: how to come in, and then the own agenda."""
    sitting = sitting_of(session_id)
    return render_template("review/show.html", form=blank_form(), **_context(sitting))


def _context(sitting: SessionView) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    seats = seats_of(session, community_id, sitting.id)
    seat = own_seat(seats)
    context: dict[str, object] = {
        "sitting": sitting, "seats": seats, "seat": seat, "uncounted": is_uncounted(sitting),
        "present": sum(each.attended_at is not None and each.left_at is None for each in seats),
    }  # fmt: skip
    if sitting.closed_at is not None:
        context["results"] = agenda_for(session, community_id, sitting.id, None, now=clock.now())
    elif (
        sitting.state == "open" and sitting.kind != "paper" and seat and seat.attended_at and not seat.left_at
    ):
        context["agenda"] = own_agenda(sitting.id)
    return context


@views.get("/review/join/<token>")
@requires("review.see")
def join(token: str) -> ResponseReturnValue:
    """Where the code in the hall leads: one button. Looking at it notes nothing."""
    sitting = _sitting_of_code(token)
    seats = seats_of(db.session(), current_user.community_id, sitting.id)
    return render_template("review/join.html", sitting=sitting, seat=own_seat(seats), token=token)


@views.post("/review/join/<token>")
@requires("review.see")
def arrive(token: str) -> Response:
    """Notes the viewer as present."""
    return _arrive(_sitting_of_code(token))


@views.post("/review/<uuid:session_id>/begin")
@requires("review.see")
def join_panel(session_id: uuid.UUID) -> Response:
    """A panel has no hall and no code: who was drawn begins when it suits. Conflict for any other kind."""
    sitting = sitting_of(session_id)
    if sitting.kind != "panel":
        raise Conflict("not_drawn")
    return _arrive(sitting)


@views.post("/review/<uuid:session_id>/join")
@requires("review.see")
def join_typed(session_id: uuid.UUID) -> Response:
    """For a phone that cannot scan: the short code from the screen, or the long one."""
    form, sitting = posted_form(), sitting_of(session_id)
    typed, token = form.value("code"), sitting.roll_call_token
    try:
        if read_code(typed) != token and as_printed(typed) != spoken_code(token):
            raise Invalid("roll_call_code_wrong")
        return _arrive(sitting)
    except DomainError as error:
        return show_again("review/show.html", form, error, **_context(sitting_of(session_id)))


def _arrive(sitting: SessionView) -> Response:
    transact(join_session, JoinSession(current_user.community_id, current_user.member_id, sitting.id))
    flash(_("签到好了，可以投票。"), "ok")
    return redirect(url_for("review.show", session_id=sitting.id), 303)


def _sitting_of_code(token: str) -> SessionView:
    code = read_code(token)
    meaning = meaning_of(db.session(), code) if code else None
    if meaning is None or meaning.purpose != "roll_call" or meaning.community_id != current_user.community_id:
        raise NotFound("session_not_found")
    return sitting_of(meaning.subject_id)

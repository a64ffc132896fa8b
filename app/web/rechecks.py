"""Re-checks drawn by lot: the draw, the visits, and what everybody may read of them."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import public, requires
from app.schemas.commands import DrawRechecksSchema, NoteVisitSchema
from app.transaction import transact
from app.web.board import community_of
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError, NotFound
from points.fairness.drawing import default_count
from points.fairness.operations import DrawRechecks, NoteVisit, draw_rechecks, note_visit
from points.fairness.queries import has_judged, is_concerned
from points.fairness.rounds import (
    counts_posted_in,
    month_before,
    posted_in,
    recheck_by_id,
    rechecks,
    round_of,
    rounds,
)
from points.people.queries import community_by_id
from points.records.queries import photos_of

views = Blueprint("rechecks", __name__)

MONTHS_BACK = 3


@views.get("/rechecks")
@requires("rechecks.run")
def index() -> str:
    """Visits to make, the draw of a month that is over, and what was found."""
    return render_template("rechecks/index.html", form=blank_form(), **_list())


def _list() -> dict[str, object]:
    session, viewer, now = db.session(), current_user, clock.now()
    drawn = rounds(session, viewer.community_id)
    months = [month_before(viewer.today, back) for back in range(1, MONTHS_BACK + 1)]
    sizes = counts_posted_in(session, viewer.community_id, months, zone=viewer.zone)
    done = {one.month for one in drawn}
    return {
        "rounds": drawn,
        "to_draw": [
            (month, size, default_count(size))
            for month, size in zip(months, sizes, strict=True)
            if size and month not in done
        ],
        "to_visit": rechecks(session, viewer.community_id, now=now, is_open=True),
        "visited": rechecks(session, viewer.community_id, now=now, is_open=False),
    }


@views.post("/rechecks")
@requires("rechecks.run")
def draw() -> Response:
    """Draws a month's visits."""
    form = posted_form()
    try:
        values = load_form(DrawRechecksSchema)
        command = DrawRechecks(
            current_user.community_id, current_user.member_id, values["month"], values["count"]
        )
        transact(draw_rechecks, command)
    except DomainError as error:
        return show_again("rechecks/index.html", form, error, **_list())
    flash(_("抽好了，要去看的都列在下面。种子和抽法已经公开。"), "ok")
    return redirect(url_for("rechecks.index"), 303)


@views.get("/rechecks/paper")
@requires("rechecks.run")
def paper() -> str:
    """A sheet of paper for each visit to make."""
    session, community_id = db.session(), current_user.community_id
    found = rechecks(session, community_id, now=clock.now(), is_open=True)
    return render_template(
        "rechecks/paper.html", rechecks=found, community=community_by_id(session, community_id)
    )


@views.get("/rechecks/<uuid:recheck_id>")
@requires("rechecks.run")
def show(recheck_id: uuid.UUID) -> str:
    """What was reported and shown, whom to ask, and the form; afterwards what was found."""
    return render_template(
        "rechecks/show.html", form=blank_form(visited_on=current_user.today), **_context(recheck_id)
    )


def _context(recheck_id: uuid.UUID) -> dict[str, object]:
    session, viewer, now = db.session(), current_user, clock.now()
    found = recheck_by_id(session, viewer.community_id, recheck_id, now=now)
    who = (viewer.community_id, viewer.member_id, found.record.id)
    return {
        "recheck": found,
        "photos": photos_of(session, viewer.community_id, [found.record.id]).get(found.record.id, []),
        "is_concerned": is_concerned(session, *who),
        "has_judged": has_judged(session, *who),
    }


@views.post("/rechecks/<uuid:recheck_id>")
@requires("rechecks.run")
def note(recheck_id: uuid.UUID) -> Response:
    """Writes down what was found."""
    form = posted_form()
    try:
        values = load_form(NoteVisitSchema)
        command = NoteVisit(
            current_user.community_id, current_user.member_id, recheck_id, values["state"], values["words"],
            values["contact"], values["visited_on"],
        )  # fmt: skip
        transact(note_visit, command)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("rechecks/show.html", form, error, **_context(recheck_id))
    flash(_("记下了。公开的只有件数，不写名字。"), "ok")
    return redirect(url_for("rechecks.show", recheck_id=recheck_id), 303)


@views.get("/c/<code>/rechecks")
@public
def outcomes(code: str) -> str:
    """How many were looked at again, what came of it, and how to repeat the draw; no names."""
    community = community_of(code)
    return render_template(
        "rechecks/outcomes.html", community=community, rounds=rounds(db.session(), community.id)
    )


@views.get("/c/<code>/rechecks/<month>.txt")
@public
def numbered_list(code: str, month: str) -> ResponseReturnValue:
    """The list a month was drawn from: a number and the public notice's id on each line."""
    community, session = community_of(code), db.session()
    drawn = round_of(session, community.id, _month(month))
    posted = posted_in(session, community.id, drawn.month, zone=community.zone)
    text = "".join(f"{number}\t{one.notice_id}\n" for number, one in enumerate(posted, 1))
    return Response(text, mimetype="text/plain")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise NotFound("round_not_found") from error

"""The groups that were elected: for everybody who sits and by which votes; for the steward, ending a seat."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import public, requires
from app.schemas.groups import EndSeatSchema
from app.transaction import transact
from app.web.board import community_of
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError, NotFound
from points.groups.models import KINDS
from points.groups.policy import ROLES_OF_GROUP
from points.groups.queries import group_of, warnings_of
from points.groups.seats import EndSeat, end_seat
from points.people.queries import CommunityView, community_by_id, holders_of

views = Blueprint("groups", __name__)


@views.get("/c/<code>/groups")
@public
def show(code: str) -> ResponseReturnValue:
    """Who judges and who supervises: elected when, by whom, with which votes, until when. Office holders have names."""
    community = community_of(code)
    return render_template("groups/show.html", community=community, lines=_lines(community))


@views.get("/desk/groups")
@requires("groups.see")
def index() -> ResponseReturnValue:
    """Both groups, what to see to, and for the steward the ways to record what changed."""
    return render_template("groups/index.html", form=blank_form(), **_context())


@views.post("/desk/groups/seats/<uuid:seat_id>/end")
@requires("groups.manage")
def end(seat_id: uuid.UUID) -> Response:
    """Somebody leaves the group before the end of the term; the role goes with the seat."""
    form = posted_form()
    try:
        values = load_form(EndSeatSchema)
        command = EndSeat(
            current_user.community_id, current_user.member_id, seat_id, values["why"], values["note"]
        )
        transact(end_seat, command)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return show_again("groups/index.html", form, error, failed=seat_id, **_context())
    flash(_("记下了：这一位离开小组，身份一起收回。会公开。"), "ok")
    return redirect(url_for("groups.index"), 303)


def _context() -> dict[str, object]:
    community = community_by_id(db.session(), current_user.community_id)
    return {"lines": _lines(community), "may_manage": current_user.can("groups.manage")}


def _lines(community: CommunityView) -> list[dict[str, object]]:
    """Each group with its warnings; of a community that elected none, who holds its roles."""
    session, today = db.session(), clock.today(community.zone)
    lines = []
    for kind in KINDS:
        group = group_of(session, community.id, kind, today=today)
        lines.append(
            {
                "kind": kind,
                "group": group,
                "warnings": warnings_of(group, today=today) if group else [],
                "holders": [] if group else _holders(community.id, kind),
            }
        )
    return lines


def _holders(community_id: int, kind: str) -> list[str]:
    found = holders_of(db.session(), community_id, *ROLES_OF_GROUP[kind])
    return [person.name for person in found.values()]

"""When and how the community meets to review: the steward's settings, with a reason for the public list."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.commands import ReviewPlanSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError
from points.people.queries import community_by_id
from points.review.cadence import next_due
from points.review.plan import SETTINGS, ChangePlan, change_plan

views = Blueprint("plan", __name__)


def _context() -> dict[str, object]:
    community = community_by_id(db.session(), current_user.community_id)
    return {"community": community, "next_due": next_due(community, clock.now())}


@views.get("/desk/review-plan")
@requires("review.plan")
def index() -> ResponseReturnValue:
    """The settings as they are."""
    context = _context()
    now = {name: getattr(context["community"], name) for name in SETTINGS}
    return render_template("desk/review_plan.html", form=blank_form(**now), **context)


@views.post("/desk/review-plan")
@requires("review.plan")
def change() -> Response:
    """Changes them for the sessions to come."""
    form = posted_form()
    try:
        values = load_form(ReviewPlanSchema)
        changed = transact(
            change_plan, ChangePlan(current_user.community_id, current_user.member_id, **values)
        )
    except DomainError as error:
        return show_again("desk/review_plan.html", form, error, **_context())
    flash(_("改好了，这次改动已经公开。") if changed else _("和原来一样，没有改动。"), "ok")
    return redirect(url_for("plan.index"), 303)

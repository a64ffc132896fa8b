"""The steward's desk: what the points are backed by, what waits, and the budget."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.database import db
from app.i18n import day
from app.permissions import requires
from app.schemas.commands import GrantBudgetSchema
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, request_key, show_again
from app.web.liability import by_month, found_now
from points.errors import DomainError
from points.groups.queries import group_warnings
from points.ledger.figures import grants_of
from points.people.operations import GrantBudget
from points.review.funding import fund_budget
from points.rules.policy import MONTH_BUDGET_PER_HOUSEHOLD
from points.standings.queries import awards_waiting, household_count, published_in, work_waiting
from shop.figures import low_stock, redeemed_in
from shop.offline.queries import unsettled
from shop.queries import ending_soon, papers_waiting

views = Blueprint("desk", __name__)

WEEKS = 8


@views.get("/desk")
@requires("desk.see")
def index() -> str:
    """Cover first, then what waits, the budget, and how the last weeks went."""
    return render_template("desk/index.html", form=blank_form(), **_context())


@views.post("/desk/budget")
@requires("budget.grant")
def fund() -> Response:
    """Puts points into the budget; awards that waited for it are published."""
    form: Form = posted_form()
    try:
        values = load_form(GrantBudgetSchema)
        published = transact(
            fund_budget,
            GrantBudget(
                current_user.community_id,
                current_user.member_id,
                request_key(),
                values["points"],
                values["reason"],
            ),
        )
    except DomainError as error:
        return show_again("desk/index.html", form, error, **_context())
    said = _("预算增加了 %(points)s 分。", points=values["points"])
    if published:
        said += ngettext("等着的 %(num)s 件已经公示。", "等着的 %(num)s 件已经公示。", published)
    flash(said, "ok")
    return redirect(url_for("desk.index"), 303)


def _context() -> dict[str, object]:
    session, viewer = db.session(), current_user
    community_id, today = viewer.community_id, viewer.today
    found = found_now()
    waiting = work_waiting(session, community_id)
    spans = _weeks(today, viewer.zone)
    households = household_count(session, community_id)
    return {
        "found": found,
        "figures": found.figures,
        "shelf": found.shelf,
        "waiting": waiting,
        "desk_waiting": {"review.index": waiting.records, "objections.index": waiting.objections},
        "awards": awards_waiting(session, community_id),
        "low": low_stock(session, community_id),
        "ending": ending_soon(session, community_id, today=today, limit=5),
        "offline": unsettled(session, community_id),
        "slips": papers_waiting(session, community_id),
        "group_warnings": group_warnings(session, community_id, today=today),
        "grants": grants_of(session, community_id),
        "month_budget": households * MONTH_BUDGET_PER_HOUSEHOLD,
        "households": households,
        "published": _series(spans, published_in(session, community_id, spans)),
        "redeemed": _series(spans, redeemed_in(session, community_id, spans)),
        "expiring": by_month(found.calendar),
    }


def _weeks(today: date, zone: str) -> list[tuple[datetime, datetime]]:
    """The last weeks, Monday to Monday in the village's own time, the current one last."""
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -2, -1)]
    moments = [datetime.combine(start, time(), tzinfo=ZoneInfo(zone)) for start in starts]
    return list(zip(moments, moments[1:], strict=False))


def _series(spans: list[tuple[datetime, datetime]], points: list[int]) -> list[tuple[str, int]]:
    return [(day(start), value) for (start, _end), value in zip(spans, points, strict=True)]

"""Fairness of the review: three looks for the supervisor, and each reviewer's own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from points.fairness.queries import (
    award_cells,
    household_numbers,
    judged_deeds,
    member_names,
    reports_for_others,
)
from points.fairness.reciprocity import reciprocity
from points.fairness.severity import ENOUGH_BALLOTS, severities
from points.fairness.spread import spreads

views = Blueprint("fairness", __name__)


@views.get("/fairness")
@requires("fairness.see")
def index() -> str:
    """``show``: how points spread (spread), how reviewers score (severity), who lifts whom (pairs)."""
    show = request.args.get("show", "spread")
    show, look = (show, LOOKS[show]) if show in LOOKS else ("spread", _spread)
    return render_template("fairness/index.html", show=show, **look())


def _spread() -> dict[str, object]:
    return {"rules": spreads(award_cells(db.session(), current_user.community_id, now=clock.now()))}


def _severity() -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    found = severities(judged_deeds(session, community_id, now=clock.now()))
    names = member_names(session, community_id, [one.judge for one in found])
    return {"reviewers": [(names[one.judge], one) for one in found], "enough": ENOUGH_BALLOTS}


def _pairs() -> dict[str, object]:
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    reports = reports_for_others(session, community_id, now=now)
    deeds = judged_deeds(session, community_id, now=now)
    # Dealt the same way all day: a page looked at twice says the same.
    found = reciprocity(deeds, reports, seed=f"{community_id} {current_user.today}")
    households = {household for finding in found.findings for household in finding.households}
    judges = {judge for finding in found.findings for judge in finding.judges}
    numbers = household_numbers(session, community_id, households)
    names = member_names(session, community_id, judges)
    rows = [
        (finding, [numbers[one] for one in finding.households], [names[one] for one in finding.judges])
        for finding in found.findings
    ]
    return {"found": found, "rows": rows, "numbers": numbers}


LOOKS: dict[str, Callable[[], dict[str, object]]] = {
    "spread": _spread,
    "severity": _severity,
    "pairs": _pairs,
}


@views.get("/fairness/mine")
@requires("fairness.own")
def mine() -> str:
    """A reviewer's own figures, and nobody else's."""
    me = current_user.member_id
    deeds = judged_deeds(db.session(), current_user.community_id, now=clock.now(), judge_id=me)
    own = next((one for one in severities(deeds) if one.judge == me), None)
    return render_template("fairness/mine.html", own=own, enough=ENOUGH_BALLOTS)

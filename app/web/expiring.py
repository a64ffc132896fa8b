"""Whose points end soon: a list for those who knock at doors."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.database import db
from app.permissions import requires
from points.errors import NotFound
from points.people.register import GridLine, grids_of
from points.standings.endings import endings_in

views = Blueprint("expiring", __name__)


@views.get("/desk/expiring")
@requires("expiry.call")
def index() -> str:
    """One grid's list, soonest first; prints. A grid worker sees the own grid. NotFound ``grid_not_found``."""
    grids = _grids()
    grid = _chosen(grids, request.args.get("grid"))
    lines = endings_in(db.session(), current_user.community_id, grid.id, today=current_user.today)
    return render_template("expiring/index.html", grids=grids, grid=grid, lines=lines)


def _grids() -> list[GridLine]:
    grids = grids_of(db.session(), current_user.community_id)
    if current_user.can("settlement.all") or current_user.grid_id is None:  # the office walks no grid
        return grids
    return [grid for grid in grids if grid.id == current_user.grid_id]


def _chosen(grids: list[GridLine], text: str | None) -> GridLine:
    wanted = {str(grid.id): grid for grid in grids}
    if text is None and grids:
        return grids[0]
    if text not in wanted:
        raise NotFound("grid_not_found")
    return wanted[text]

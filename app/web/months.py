"""The monthly board: what a month brought the village, open to everybody, on the screen and on A3."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.database import db
from app.permissions import public
from app.web.board import community_of, public_address, views
from app.web.cut_off import asked_cut_off, in_address
from points.days import local_day, month_span
from points.errors import NotFound
from points.people.queries import CommunityView
from points.standings.months import month_figures
from points.standings.queries import household_count
from shop.figures import shelf_figures
from shop.settlement.policy import cover_percent

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


def month_called(text: str) -> date:
    """First day of ``2026-09``. NotFound ``month_not_found``."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise NotFound("month_not_found")
    return date(int(found[1]), int(found[2]), 1)


@views.get("/c/<code>/months")
@public
def months(code: str) -> ResponseReturnValue:
    """Every month since the community began, newest first."""
    community = community_of(code)
    found = months_of(community, asked_cut_off())
    return render_template("notices/months.html", community=community, months=found)


@views.get("/c/<code>/months/<month>")
@public
def month(code: str, month: str) -> ResponseReturnValue:
    """The figures of one month up to ``until``, its own end or now, whatever comes first; ``print=1``: for the wall.

    Raises NotFound ``month_not_found`` for a month before the community began or after this one.
    """
    community, asked = community_of(code), asked_cut_off()
    which, known = month_called(month), months_of(community, asked)
    if which not in known:
        raise NotFound("month_not_found")
    at = known.index(which)
    since, end = month_span(which, community.zone)
    cut_off = min(asked, end)
    session = db.session()
    figures = month_figures(session, community.id, since, cut_off)
    shelf = shelf_figures(session, community.id, now=clock.now(), cut_off=cut_off)
    template = "notices/month_sheet.html" if request.args.get("print") == "1" else "notices/month.html"
    return render_template(
        template, community=community, month=which, cut_off=cut_off, until=in_address(cut_off),
        is_over=cut_off == end,
        previous=known[at + 1] if at + 1 < len(known) else None, following=known[at - 1] if at else None,
        figures=figures, shelf=shelf,
        cover=cover_percent(shelf.points, figures.standing.owed),
        households=household_count(session, community.id),
        address=public_address("notices.month", code=code, month=month),
    )  # fmt: skip


def months_of(community: CommunityView, cut_off: datetime) -> list[date]:
    """First days of the months from the one of ``cut_off`` back to the one in which the community began."""
    began, now = (
        local_day(moment, community.zone).replace(day=1) for moment in (community.founded_at, cut_off)
    )
    found = [max(began, now)]
    while found[-1] > began:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found

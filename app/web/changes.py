"""The public line: what those who administer changed, who did it and why. To read, and to take home as a table."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response, current_app, request
from flask import render_template as draw
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app import clock
from app.api.cursors import as_id, as_moment, read_cursor, write_cursor
from app.database import db
from app.files.downloads import csv_answer
from app.i18n import local
from app.permissions import public
from app.web.board import community_of, views
from app.web.months import month_called, months_of
from points.days import month_span
from points.people.acts import KINDS, ActLine, acts_of, every_act
from points.people.names import mask_name
from points.people.queries import CommunityView

ROWS = 50


@views.get("/c/<code>/changes")
@public
def changes(code: str) -> ResponseReturnValue:
    """Fifty changes, newest first; ``kind`` and ``month`` leave out the others."""
    community, kind, which = community_of(code), _kind(), _month()
    cursor = request.args.get("before")
    before = tuple(read_cursor(cursor, as_moment, as_id)) if cursor else None
    acts = acts_of(
        db.session(), community.id, kind=kind, span=_span(community, which), before=before, limit=ROWS + 1
    )
    last = acts[ROWS - 1] if len(acts) > ROWS else None
    return draw(
        "notices/changes.html", community=community, acts=[(act, subject_of(act)) for act in acts[:ROWS]], kind=kind,
        kinds=KINDS, month=which, months=months_of(community, clock.now()),
        older=write_cursor(last.done_at, last.id) if last else None,
    )  # fmt: skip


@views.get("/c/<code>/changes.csv")
@public
def changes_table(code: str) -> Response:
    """Every change of the same choice as a table, for those who watch."""
    community, which = community_of(code), _month()
    words = current_app.jinja_env.get_template("components/acts.html").module
    head = [_("时间"), _("类别"), _("改了什么"), _("经办人"), _("理由")]
    lines = (
        [
            local(act.done_at).isoformat(timespec="seconds"), _plain(words.kind_words(act.kind)),
            _plain(words.act_words(act, subject_of(act))), act.actor or "", act.reason,
        ]
        for act in every_act(db.session(), community.id, kind=_kind(), span=_span(community, which))
    )  # fmt: skip
    return csv_answer([head, *lines], f"{community.code}-changes.csv")


def subject_of(act: ActLine) -> str:
    """Whom a change is about: who serves by name, everybody else masked."""
    if not act.subject:
        return ""
    return act.subject if act.serves else mask_name(act.subject)


def _plain(markup: Markup) -> str:
    return Markup(markup).striptags()


def _kind() -> str | None:
    asked = request.args.get("kind")
    return asked if asked in KINDS else None


def _month() -> date | None:
    asked = request.args.get("month")
    return month_called(asked) if asked else None


def _span(community: CommunityView, month: date | None) -> tuple[datetime, datetime] | None:
    return month_span(month, community.zone) if month else None

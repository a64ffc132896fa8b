"""Warnings and deductions for the officers: the list, and opening a case."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.transaction import transact
from app.web.deed_form import beside_its_field, form_context, read_deed
from app.web.forms import Form, blank_form, posted_form, show_again
from points.conduct.operations import OpenCase, open_case
from points.conduct.queries import cases_page
from points.errors import DomainError, Invalid, NotFound
from points.people.queries import MemberBrief, look_up_members, members_by_id
from points.rules.policy import may_report
from points.rules.queries import RuleView, book_on

views = Blueprint("conduct", __name__)

ROWS = 30
MOST_FOUND = 20
SHOWN = ("open", "appeals", "over")


@views.get("/conduct")
@requires("conduct.see")
def index() -> ResponseReturnValue:
    """What is under way and what is over: the opener's own cases, all for steward and supervisor. Names stay masked until
    ``names=1`` asks for them: a list is easily read over a shoulder."""
    viewer = current_user._get_current_object()
    show = request.args.get("show", "open")
    show = show if show in SHOWN else "open"
    lines = cases_page(
        db.session(), viewer.community_id, show, now=clock.now(), limit=ROWS + 1, before=_id(request.args.get("before")),
        opener_id=None if viewer.can("conduct.see_all") else viewer.member_id,
    )  # fmt: skip
    names = request.args.get("names") == "1"
    older = lines[ROWS - 1].id if len(lines) > ROWS else None
    return render_template("conduct/index.html", lines=lines[:ROWS], show=show, names=names, older=older)


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Invalid("bad_cursor") from error


@views.get("/conduct/new")
@requires("conduct.open")
def new() -> ResponseReturnValue:
    """Who, then which rule, then what was seen: each a page of its own."""
    viewer = current_user._get_current_object()
    person = _person(viewer, request.args.get("member"))
    if person is None:
        return _people_page(viewer, request.args.get("q", "").strip())
    code = request.args.get("rule")
    if not code:
        return render_template("conduct/rules.html", person=person, rules=_rules(viewer))
    return render_template("conduct/new.html", form=blank_form(), **_context(viewer, person, code))


def _people_page(viewer: Viewer, query: str) -> ResponseReturnValue:
    form = Form({"q": [query]})
    if not query:
        return render_template("conduct/people.html", form=form, found=None)
    try:
        found = look_up_members(db.session(), viewer.community_id, query, limit=MOST_FOUND)
    except DomainError as error:
        return show_again("conduct/people.html", form, beside_its_field(error, "q"), found=None)
    return render_template("conduct/people.html", form=form, found=found)


def _person(viewer: Viewer, text: str | None) -> MemberBrief | None:
    """Raises NotFound ``member_not_found`` for anybody who is not of this community."""
    if not text:
        return None
    try:
        member_id = uuid.UUID(text)
    except ValueError as error:
        raise NotFound("member_not_found") from error
    found = members_by_id(db.session(), viewer.community_id, [member_id])
    if member_id not in found:
        raise NotFound("member_not_found")
    return found[member_id]


def _rules(viewer: Viewer) -> list[RuleView]:
    """The deductions this officer may speak of, as the book in force today says."""
    return [
        rule
        for rule in book_on(db.session(), viewer.community_id, viewer.today)
        if rule.score == "conduct"
        and rule.points_min < 0
        and may_report(rule.reporters, viewer.roles, own=False)
    ]


def _context(viewer: Viewer, person: MemberBrief, code: str) -> dict[str, Any]:
    rule = next((rule for rule in _rules(viewer) if rule.code == code), None)
    if rule is None:
        raise Invalid("rule_not_in_force", rule=code, day=viewer.today)
    return form_context(db.session(), viewer, rule) | {"person": person}


@views.post("/conduct/new")
@requires("conduct.open")
def open_new() -> ResponseReturnValue:
    """Opens the case: a warning the first time, else a notice with seven days to reply."""
    viewer, form = current_user._get_current_object(), posted_form()
    person = _person(viewer, form.value("member"))
    if person is None:
        raise NotFound("member_not_found")
    context = _context(viewer, person, form.value("rule"))
    try:
        deed = read_deed(form, viewer, member_ids=[str(person.id)], household_id=None)
        command = OpenCase(
            viewer.community_id, viewer.member_id, deed.request_key, deed.rule_code, person.id, deed.done_on,
            deed.note, deed.evidence_ids,
        )  # fmt: skip
        found = transact(open_case, command)
    except DomainError as error:
        return show_again("conduct/new.html", form, beside_its_field(error), **context)
    if found.state == "warned":
        flash(_("记下了：这是第一次，只作书面提醒，不扣分。本人能看到。"), "ok")
    else:
        flash(_("记下了：已经通知本人，先听本人说明，7 天后才能上评议会。"), "ok")
    return redirect(url_for("conduct.show", case_id=found.id), 303)

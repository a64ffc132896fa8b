"""Reporting a deed for oneself or one's household: category, item, day, send. Four taps, and no script needed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.transaction import transact
from app.web.deed_form import Category, beside_its_field, form_context, read_deed, reportable, rule_among
from app.web.forms import Form, blank_form, posted_form, show_again
from app.web.records import seen_record, views
from points.errors import DomainError, NotFound
from points.people.queries import community_by_id, members_of_household
from points.records.operations import file_record
from points.rules.queries import RuleView

HOUSEHOLD = "household"


@views.get("/report")
@requires("records.report")
def report() -> ResponseReturnValue:
    """First the category, then the item, then the form: each a page of its own, each a tap."""
    viewer = current_user._get_current_object()
    categories = reportable(db.session(), viewer, own=True)
    if code := request.args.get("rule"):
        rule = rule_among(categories, code, viewer.today)
        return render_template(
            "report/form.html", form=blank_form(member_ids=viewer.member_id), **_context(viewer, rule)
        )
    category = _category(categories, request.args.get("category"))
    if category is not None:
        return render_template("report/items.html", category=category)
    return render_template("report/categories.html", categories=categories)


def _category(categories: list[Category], key: str | None) -> Category | None:
    return next((category for category in categories if category.key == key), None)


def _context(viewer: Viewer, rule: RuleView) -> dict[str, Any]:
    session = db.session()
    family = members_of_household(session, viewer.community_id, viewer.household_id)
    family.sort(key=lambda member: member.id != viewer.member_id)  # oneself first
    return form_context(session, viewer, rule) | {"family": family, "household": HOUSEHOLD}


@views.post("/report")
@requires("records.report")
def send_report() -> ResponseReturnValue:
    """Files the deed; refused, the form comes again with everything that was filled in, photos included."""
    viewer, form = current_user._get_current_object(), posted_form()
    rule = rule_among(reportable(db.session(), viewer, own=True), form.value("rule"), viewer.today)
    try:
        command = read_deed(form, viewer, **_whom(viewer, form, rule))
        filed = transact(file_record, command)
    except DomainError as error:
        return show_again("report/form.html", form, beside_its_field(error), **_context(viewer, rule))
    return redirect(url_for("records.reported", record_id=filed.records[0].id), 303)


def _whom(viewer: Viewer, form: Form, rule: RuleView) -> dict[str, Any]:
    """For whom: the household as a whole where the rule says so, else one of its members, oneself when nothing is said.

    Raises NotFound ``member_not_found`` for people of other households: for those the round is the way.
    """
    chosen = form.value("member_ids", viewer.member_id)
    if rule.is_of_household or chosen == HOUSEHOLD:
        return {"member_ids": [], "household_id": str(viewer.household_id)}
    family = members_of_household(db.session(), viewer.community_id, viewer.household_id)
    if chosen not in {str(member.id) for member in family}:
        raise NotFound("member_not_found")
    return {"member_ids": [chosen], "household_id": None}


@views.get("/report/done/<uuid:record_id>")
@requires("records.report")
def reported(record_id: uuid.UUID) -> ResponseReturnValue:
    """It is in, and this is what happens next."""
    viewer = current_user._get_current_object()
    return render_template(
        "report/done.html", line=seen_record(viewer, record_id).line,
        community=community_by_id(db.session(), viewer.community_id),
    )  # fmt: skip

"""A grid worker's round: pick people by name, household or card, then one deed and one send for all of them.

The names chosen so far stand in the address (``m``, once for each): the pages need no memory and no script.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.headers import allow_wasm
from app.i18n import named
from app.identity.viewer import Viewer
from app.permissions import requires
from app.transaction import transact
from app.web.deed_form import beside_its_field, form_context, read_deed, reportable, rule_among
from app.web.forms import Form, blank_form, posted_form, show_again
from app.web.picking import MOST_FOUND, chosen_people, found_context, ids_of
from points.codes import read_code
from points.errors import DomainError, Invalid
from points.people.queries import MemberBrief, look_up_members, member_of_card
from points.records.operations import MOST_MEMBERS, file_record
from points.rules.queries import RuleView

views = Blueprint("grid", __name__)


@views.get("/round")
@requires("records.report_for_others")
def report() -> ResponseReturnValue:
    """Who was there: search, scan, and the list so far."""
    viewer, query = current_user._get_current_object(), request.args.get("q", "").strip()
    ids = request.args.getlist("m")
    chosen, form = chosen_people(ids, most=MOST_MEMBERS), Form({"q": [query]})
    try:
        _check_length(ids)
        if not query:
            return _people_page(form, chosen)
        found = look_up_members(db.session(), viewer.community_id, query, limit=MOST_FOUND)
    except DomainError as error:
        return _people_page(form, chosen, refusal=error, field="q")
    return _people_page(form, chosen, found=found)


@views.post("/round/card")
@requires("records.report_for_others")
def card() -> ResponseReturnValue:
    """Adds whoever's card was scanned or typed."""
    viewer, form = current_user._get_current_object(), posted_form()
    chosen = chosen_people(form.values("m"), most=MOST_MEMBERS)
    try:
        person = _of_card(viewer, form.value("code"))
        _check_length([*ids_of(chosen), str(person.id)])
    except DomainError as error:
        return _people_page(form, chosen, refusal=error, field="code")
    flash(_("已加入：%(name)s", name=person.name), "ok")
    return redirect(url_for("grid.report", m=ids_of([*chosen, person])), 303)


def _people_page(
    form: Form, chosen: Sequence[MemberBrief], *, found: Sequence[MemberBrief] | None = None,
    refusal: DomainError | None = None, field: str = "",
) -> Response:  # fmt: skip
    allow_wasm()
    context = found_context(chosen, found)
    if refusal is None:
        return Response(render_template("round/people.html", form=form, **context))
    return show_again("round/people.html", form, beside_its_field(refusal, field), **context)


def _of_card(viewer: Viewer, text: str) -> MemberBrief:
    """Raises Invalid ``code_not_ours``; NotFound ``card_not_found``, ``card_replaced``, ``member_not_found``."""
    code = read_code(text)
    if code is None:
        raise Invalid("code_not_ours")
    return member_of_card(db.session(), viewer.community_id, code)


def _check_length(ids: Sequence[str]) -> None:
    """A list that is too long is cut; nobody is left out without a word. Raises Invalid ``too_many_members``."""
    if len(set(ids)) > MOST_MEMBERS:
        raise Invalid("too_many_members", most=MOST_MEMBERS)


@views.get("/round/deed")
@requires("records.report_for_others")
def deed() -> ResponseReturnValue:
    """What they did: the item, then the form."""
    viewer = current_user._get_current_object()
    people = chosen_people(request.args.getlist("m"), most=MOST_MEMBERS)
    if not people:
        return redirect(url_for("grid.report"))
    categories = reportable(db.session(), viewer, own=False)
    code = request.args.get("rule")
    if not code:
        return render_template("round/items.html", categories=categories, people=people, ids=ids_of(people))
    rule = rule_among(categories, code, viewer.today)
    people = _once_a_household(people, rule)
    form = blank_form()
    form.typed.setdefault("member_ids", ids_of(people))
    return render_template(
        "round/deed.html", form=form, people=people, **form_context(db.session(), viewer, rule)
    )


def _once_a_household(people: list[MemberBrief], rule: RuleView) -> list[MemberBrief]:
    """A deed of the household is noted once for each household, under the first of its people."""
    if not rule.is_of_household:
        return people
    first: dict[uuid.UUID, MemberBrief] = {}
    for member in people:
        first.setdefault(member.household_id, member)
    return list(first.values())


@views.post("/round/deed")
@requires("records.report_for_others")
def send() -> ResponseReturnValue:
    """Files one record for each of them, all or none."""
    viewer, form = current_user._get_current_object(), posted_form()
    session = db.session()
    rule = rule_among(reportable(session, viewer, own=False), form.value("rule"), viewer.today)
    try:
        command = read_deed(form, viewer, member_ids=form.values("member_ids"), household_id=None)
        if not command.member_ids:
            raise Invalid("nobody_named")
        filed = transact(file_record, command)
    except DomainError as error:
        people = chosen_people(form.values("shown") or form.values("member_ids"), most=MOST_MEMBERS)
        context = form_context(session, viewer, rule)
        return show_again("round/deed.html", form, beside_its_field(error), people=people, **context)
    flash(_("已替 %(count)s 人报上去：%(rule)s。", count=len(filed.records), rule=named(rule)), "ok")
    return redirect(url_for("grid.report"), 303)

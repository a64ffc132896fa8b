"""Writing the next rule book at the steward's desk: draft, findings, differences, adoption by an assembly."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.i18n import day
from app.permissions import requires
from app.schemas.desk import DraftAdoptionSchema
from app.sentences import say
from app.sentences.rows import explain
from app.transaction import transact
from app.web.deed_form import beside_its_field
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from app.web.rules import by_category
from points.errors import Conflict, DomainError, Invalid, NotFound
from points.rules.difference import difference_from_last
from points.rules.drafts import (
    AdoptDraft,
    DropDraft,
    PutDraftItem,
    RemoveDraftItem,
    StartDraft,
    adopt_draft,
    drop_draft,
    put_draft_item,
    remove_draft_item,
    start_draft,
)
from points.rules.lint import Finding, lint_book, lint_item
from points.rules.queries import DraftView, RuleView, draft_book, open_draft, versions_of
from points.rules.sheet import COLUMN_NAMES, RuleLine, read_line

views = Blueprint("rule_drafts", __name__)

# Beside which field of the adoption a refusal stands.
FIELDS = {
    "rules_adopted_in_future": "adopted_on", "rules_not_from_tomorrow": "in_force_from",
    "rules_date_taken": "in_force_from", "rules_before_last_version": "in_force_from", "rules_not_carried": "votes_for",
}  # fmt: skip


def _draft() -> DraftView:
    """The community's open draft. NotFound ``draft_not_found``."""
    found = open_draft(db.session(), current_user.community_id)
    if found is None:
        raise NotFound("draft_not_found")
    return found


def _context(draft: DraftView) -> dict[str, object]:
    """The draft with everything the rules about rules say, and how it differs from the newest version."""
    session, community_id = db.session(), current_user.community_id
    items = draft_book(session, community_id, draft.id)
    findings = lint_book(items)
    return {
        "draft": draft, "items": items, "groups": by_category(items), "findings": findings,
        "about": _by_item(findings), "refused": any(finding.is_refusal for finding in findings),
        "compared": difference_from_last(session, community_id, items),
        "names": {item.code: item for item in items},
    }  # fmt: skip


def _by_item(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.item, []).append(finding)
    return found


@views.get("/rules/draft")
@requires("rules.manage")
def show() -> ResponseReturnValue:
    """The open draft, or how to begin one; and the versions so far."""
    session, community_id = db.session(), current_user.community_id
    draft = open_draft(session, community_id)
    if draft is None:
        return render_template("rule_drafts/begin.html", versions=versions_of(session, community_id))
    return render_template("rule_drafts/show.html", **_context(draft))


@views.post("/rules/draft")
@requires("rules.manage")
def start() -> ResponseReturnValue:
    """Begins with a copy of the newest version."""
    try:
        transact(start_draft, StartDraft(current_user.community_id, current_user.member_id))
        flash(_("草稿开好了。村民这时还看不到，通过以后才公开。"), "ok")
    except Conflict as error:
        flash(say(error), "info")
    return redirect(url_for("rule_drafts.show"), 303)


@views.post("/rules/draft/drop")
@requires("rules.manage")
def drop() -> ResponseReturnValue:
    """Gives the draft up."""
    transact(drop_draft, DropDraft(current_user.community_id, current_user.member_id, _draft().id))
    flash(_("草稿放弃了，现在的规则不变。"), "info")
    return redirect(url_for("rule_drafts.show"), 303)


@views.get("/rules/draft/difference")
@requires("rules.manage")
def difference() -> ResponseReturnValue:
    """What the draft changes, item by item and field by field."""
    return render_template("rule_drafts/difference.html", **_context(_draft()))


def _stored(draft: DraftView, item_id: uuid.UUID) -> RuleView:
    """An item of the draft. NotFound ``draft_item_not_found``."""
    for item in draft_book(db.session(), current_user.community_id, draft.id):
        if item.id == item_id:
            return item
    raise NotFound("draft_item_not_found")


@views.get("/rules/draft/items/new")
@requires("rules.manage")
def new_item() -> ResponseReturnValue:
    """An empty item; of a category, when one is named."""
    group = {name: request.args.get(name, "") for name in ("category_zh", "category_en")}
    form = blank_form(score="redeemable", photo="optional", review_path="panel", **group)
    return render_template("rule_drafts/item.html", form=form, item=None, findings=[], draft=_draft())


@views.get("/rules/draft/items/<uuid:item_id>")
@requires("rules.manage")
def item(item_id: uuid.UUID) -> ResponseReturnValue:
    """One item, to be changed or taken out."""
    draft = _draft()
    found = _stored(draft, item_id)
    form = blank_form(**{name: getattr(found, name) for name in COLUMN_NAMES if name != "reporters"})
    form.typed.setdefault("reporters", sorted(found.reporters))
    return render_template(
        "rule_drafts/item.html", form=form, item=found, findings=lint_item(found), draft=draft
    )


@views.post("/rules/draft/items")
@requires("rules.manage")
def add_item() -> ResponseReturnValue:
    """Writes a new item."""
    return _put(_draft(), None)


@views.post("/rules/draft/items/<uuid:item_id>")
@requires("rules.manage")
def change_item(item_id: uuid.UUID) -> ResponseReturnValue:
    """Writes an item anew."""
    draft = _draft()
    return _put(draft, _stored(draft, item_id))


def _put(draft: DraftView, stored: RuleView | None) -> ResponseReturnValue:
    form = posted_form()
    try:
        line = _line(form)
        command = PutDraftItem(
            current_user.community_id, current_user.member_id, draft.id, line, stored.id if stored else None
        )
        transact(put_draft_item, command)
    except DomainError as error:
        shown = beside_its_field(error, "code") if error.code == "draft_code_taken" else error
        return show_again("rule_drafts/item.html", form, shown, item=stored, findings=[], draft=draft)
    if any(finding.is_refusal for finding in lint_item(line)):
        flash(_("%(code)s 记下了，但还不能通过，原因写在下面。", code=line.code), "info")
    else:
        flash(_("%(code)s 记下了。", code=line.code), "ok")
    return redirect(url_for("rule_drafts.show", _anchor=line.code), 303)


def _line(form: Form) -> RuleLine:
    """The form as a line of a sheet, so that both are held to the same. Raises Invalid ``form_invalid``."""
    values = {name: form.value(name) for name in COLUMN_NAMES}
    line, faults = read_line(values | {"reporters": "|".join(form.values("reporters"))})
    errors: dict[str, list[str]] = {}
    for fault in faults:
        errors.setdefault(fault.field, []).append(explain(fault))
    if errors:
        raise Invalid("form_invalid", errors=errors)
    return line


@views.post("/rules/draft/items/<uuid:item_id>/remove")
@requires("rules.manage")
def remove_item(item_id: uuid.UUID) -> ResponseReturnValue:
    """Leaves an item out of the next book."""
    command = RemoveDraftItem(current_user.community_id, current_user.member_id, _draft().id, item_id)
    transact(remove_draft_item, command)
    flash(_("从草稿里去掉了。现在的规则不变。"), "info")
    return redirect(url_for("rule_drafts.show"), 303)


@views.get("/rules/draft/adoption")
@requires("rules.manage")
def adoption() -> ResponseReturnValue:
    """What is adopted, by whom, with which tally, from when."""
    form = blank_form(adopted_on=current_user.today.isoformat())
    return render_template("rule_drafts/adoption.html", form=form, **_context(_draft()))


@views.post("/rules/draft/adoption")
@requires("rules.manage")
def adopt() -> Response:
    """Records the assembly's decision; the draft is the next version from then on."""
    form = posted_form()
    try:
        values = load_form(DraftAdoptionSchema)
        done = transact(adopt_draft, AdoptDraft(current_user.community_id, current_user.member_id, **values))
    except DomainError as error:
        if error.code in ("draft_closed", "draft_not_found"):  # a second click, or somebody else was faster
            flash(say(error), "info")
            return redirect(url_for("rule_drafts.show"), 303)
        shown = beside_its_field(error, FIELDS.get(error.code, ""))
        return show_again("rule_drafts/adoption.html", form, shown, **_context(_draft()))
    flash(
        _("第 %(version)s 版规则记下了，%(count)s 条，从 %(day)s 起生效。", version=done.version, count=done.items,
          day=day(values["in_force_from"])), "ok",
    )  # fmt: skip
    return redirect(url_for("rules.book", code=current_user.community_code, version=done.version), 303)

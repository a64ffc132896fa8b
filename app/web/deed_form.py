"""What the two forms for a deed share: the resident's own and the grid worker's round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from app.identity.viewer import Viewer
from app.photos import MOST_MEGABYTES, MOST_PHOTOS, keep_photos
from app.schemas.commands import FileRecordSchema
from app.sentences import say
from app.web.forms import Form, load_form, request_key
from points.errors import DomainError, Invalid
from points.people.queries import community_by_id
from points.records.operations import FileRecord
from points.records.policy import MOST_PIECES
from points.rules.policy import may_report
from points.rules.queries import RuleView, book_on

# Beside which field a refusal stands.
FIELDS = {
    "done_on_in_future": "done_on", "done_on_too_long_ago": "done_on", "rule_not_in_force": "done_on",
    "duplicate_record": "done_on", "cap_reached": "done_on", "quantity_not_counted": "quantity",
    "quantity_too_large": "quantity", "note_too_long": "note", "photo_required": "photos", "photo_used_before": "photos",
    "too_many_photos": "photos", "photo_too_large": "photos", "photo_too_many_pixels": "photos",
    "photo_is_heic": "photos", "photo_not_an_image": "photos", "photo_damaged": "photos", "evidence_not_found": "photos",
    "nobody_named": "member_ids", "member_not_found": "member_ids", "may_not_report": "member_ids",
    "too_many_members": "member_ids", "household_not_found": "member_ids", "case_exists": "done_on",
    "reason_needed": "note",
}  # fmt: skip


@dataclass(frozen=True)
class Category:
    """Items of one kind; ``key`` is the part of their codes before the dash."""

    key: str
    zh: str
    en: str
    rules: tuple[RuleView, ...]


def reportable(session: Session, viewer: Viewer, *, own: bool) -> list[Category]:
    """What the viewer may report today, for the own household or for others, in the book's order.

    Deductions are no reports: they need due process.
    """
    found: dict[str, list[RuleView]] = {}
    for rule in book_on(session, viewer.community_id, viewer.today):
        if rule.score != "conduct" and may_report(rule.reporters, viewer.roles, own=own):
            found.setdefault(rule.code.split("-")[0], []).append(rule)
    return [
        Category(key, rules[0].category_zh, rules[0].category_en, tuple(rules))
        for key, rules in found.items()
    ]


def rule_among(categories: list[Category], code: str, day: date) -> RuleView:
    """The item with this code. Raises Invalid ``rule_not_in_force`` when it is not among those."""
    for category in categories:
        for rule in category.rules:
            if rule.code == code:
                return rule
    raise Invalid("rule_not_in_force", rule=code, day=day)


def form_context(session: Session, viewer: Viewer, rule: RuleView) -> dict[str, Any]:
    """What the template of either form needs beside the form itself."""
    community, today = community_by_id(session, viewer.community_id), viewer.today
    return {
        "rule": rule,
        "community": community,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "earliest": today - timedelta(days=community.report_days),
        "most_pieces": MOST_PIECES,
        "most_photos": MOST_PHOTOS,
        "most_megabytes": MOST_MEGABYTES,
    }


def read_deed(form: Form, viewer: Viewer, **whom: Any) -> FileRecord:
    """The posted form as a command. ``whom``: ``member_ids`` or ``household_id``, overriding what was posted.

    Photos are kept first and their ids stay in the form: whatever else is refused, nobody has to send them again.
    Raises Invalid, ``form_invalid`` or a refusal of a photo.
    """
    refusal = _keep_photos(form, viewer)
    day = form.value("done_on")
    day = form.value("done_on_other") if day == "other" else day
    values = load_form(
        FileRecordSchema,
        "member_ids",
        "evidence_ids",
        done_on=day,
        evidence_ids=form.values("evidence_ids"),
        **whom,
    )
    if refusal is not None:
        raise refusal
    return FileRecord(
        community_id=viewer.community_id, actor_id=viewer.member_id, request_key=request_key(),
        rule_code=values["rule"], done_on=values["done_on"], member_ids=tuple(values["member_ids"]),
        household_id=values["household_id"], quantity=values["quantity"], note=values["note"],
        evidence_ids=tuple(values["evidence_ids"]),
    )  # fmt: skip


def _keep_photos(form: Form, viewer: Viewer) -> Invalid | None:
    kept = form.values("evidence_ids")
    ids, refusal = keep_photos(
        viewer.community_id, viewer.member_id, request.files.getlist("photos"), kept=len(kept)
    )
    form.typed["evidence_ids"] = [*kept, *map(str, ids)]
    return refusal


def beside_its_field(error: DomainError, field: str = "") -> DomainError:
    """The same refusal with its sentence in ``errors``, so that the form shows it where it belongs."""
    field = field or FIELDS.get(error.code, "")
    if not field or error.code == "form_invalid":
        return error
    return type(error)(error.code, **(error.facts | {"errors": {field: [say(error)]}}))

"""The public line: what administrators changed, who did it and why, for everybody to read and to follow."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import AdminAct, Member, Role

admin_act, member, role = AdminAct.__table__, Member.__table__, Role.__table__

# Act -> what it is about, in the order in which the kinds are offered as a filter.
ACTS = {
    "rules": ("rules_adopted", "rules_drafted", "rules_draft_dropped", "review_plan_changed"),
    "people": (
        "role_granted", "role_revoked", "roster_imported", "member_left", "phone_shown", "password_issued",
        "card_replaced", "card_revoked", "pin_set", "pin_removed", "group_elected", "seat_filled", "seat_ended",
        "seat_left", "relation_declared", "relation_ended", "relations_imported",
    ),
    "results": ("decision_confirmed", "decision_refused", "objection_dismissed", "award_corrected", "rechecks_drawn"),
    "points": ("budget_granted", "points_corrected"),
    "shop": (
        "shop_opened", "catalogue_imported", "price_changed", "item_offered", "item_withdrawn", "stock_corrected",
        "redemption_forced", "redemption_annulled", "redemption_refunded", "device_invited", "device_reassigned",
        "device_renamed", "device_revoked", "shop_code_issued", "counter_rules_changed", "voucher_extended",
        "deposit_kept", "care_listed", "care_ended", "allowances_reserved", "conflict_settled", "conflict_charged",
        "quarantine_noted", "shelf_looked_at",
        "unit_value_set", "settlement_signed", "funds_confirmed", "delivery_differs", "goods_spoiled",
        "goods_expired", "stock_taken", "price_announced", "price_kept", "item_added", "item_changed",
        "shop_changed", "shop_hours_changed", "shop_door", "wish_answered", "places_set",
    ),
}  # fmt: skip
KINDS = tuple(ACTS)
KIND_OF = {act: kind for kind, acts in ACTS.items() for act in acts}
AT_ONCE = 500


@dataclass(frozen=True)
class ActLine:
    """A line of the public list. ``actor`` acted in office and is named; ``subject`` is named only while ``serves`` (holds
    an office), else the name is to be masked. ``detail``: what changed, as a number, a word, or before -> after."""

    id: uuid.UUID
    act: str
    detail: str
    reason: str
    done_at: datetime
    actor: str | None
    subject: str | None
    serves: bool

    @property
    def kind(self) -> str | None:
        """One of ``KINDS``."""
        return KIND_OF.get(self.act)


def acts_of(
    session: Session, community_id: int, *, kind: str | None = None, span: tuple[datetime, datetime] | None = None,
    before: tuple[datetime, uuid.UUID] | None = None, limit: int = 50,
) -> list[ActLine]:  # fmt: skip
    """What administrators changed, newest first, of one of ``KINDS``, in a span (both ends counted), after the line
    ``before`` (moment and id). One statement, by key."""
    actor, subject = member.alias("actor"), member.alias("subject")
    serves = sa.exists().where(
        role.c.community_id == community_id,
        role.c.member_id == admin_act.c.subject_id,
        role.c.role != "resident",
    )
    query = (
        sa.select(admin_act, actor.c.name.label("actor"), subject.c.name.label("subject"), serves.label("serves"))
        .outerjoin(actor, sa.and_(actor.c.community_id == admin_act.c.community_id,
                                  actor.c.id == admin_act.c.actor_id))
        .outerjoin(subject, sa.and_(subject.c.community_id == admin_act.c.community_id,
                                    subject.c.id == admin_act.c.subject_id))
        .where(admin_act.c.community_id == community_id)
    )  # fmt: skip
    if kind is not None:
        query = query.where(admin_act.c.act.in_(ACTS[kind]))
    if span is not None:
        query = query.where(admin_act.c.done_at.between(*span))
    if before is not None:
        moment, last = before
        same = sa.and_(admin_act.c.done_at == moment, admin_act.c.id < last)
        query = query.where(sa.or_(admin_act.c.done_at < moment, same))
    rows = session.execute(query.order_by(admin_act.c.done_at.desc(), admin_act.c.id.desc()).limit(limit))
    return [
        ActLine(
            row.id, row.act, row.detail, row.reason, row.done_at, row.actor, row.subject, bool(row.serves)
        )
        for row in rows
    ]


def every_act(
    session: Session,
    community_id: int,
    *,
    kind: str | None = None,
    span: tuple[datetime, datetime] | None = None,
) -> Iterator[ActLine]:
    """All of them, newest first, read page by page."""
    before: tuple[datetime, uuid.UUID] | None = None
    while page := acts_of(session, community_id, kind=kind, span=span, before=before, limit=AT_ONCE):
        yield from page
        before = page[-1].done_at, page[-1].id

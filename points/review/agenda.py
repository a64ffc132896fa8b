"""What lies on the table: everything reported since the last session, deeds of several people once, and who stands aside."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.people.queries import members_by_id
from points.records.events import write_events
from points.records.models import Record
from points.review.models import AgendaItem, Recusal, ReviewSession, Seat
from points.review.policy import MOST_ITEMS, recusal_reason
from points.review.recusals import related_to
from points.rules.policy import is_routine
from points.rules.queries import RuleView, rules_by_id

record, item = Record.__table__, AgendaItem.__table__
COUNTS = ("votes_for", "votes_against", "votes_abstained", "recused", "present", "quorum")


def build_agenda(session: Session, meeting: ReviewSession, actor_id: uuid.UUID | None, now: datetime) -> int:
    """Puts what waits on the table: votes first, the block that may pass by consent after, oldest first.

    Returns the number of items to decide; a deed of several people is one.
    """
    rows = session.execute(
        sa.select(record)
        .where(record.c.community_id == meeting.community_id, record.c.state == "submitted")
        .order_by(record.c.id)
        .limit(MOST_ITEMS)
        .with_for_update()
    ).all()
    return lay_on_table(session, meeting, rows, actor_id, now)


def lay_on_table(
    session: Session,
    meeting: ReviewSession,
    rows: Sequence[sa.Row],
    actor_id: uuid.UUID | None,
    now: datetime,
) -> int:
    """Makes items of these records, with the recusals of everybody who sits; ``actor_id`` None: time opened it."""
    if not rows:
        return 0
    rules = rules_by_id(session, meeting.community_id, {row.rule_item_id for row in rows})
    deeds = _deeds(rows)
    deeds.sort(key=lambda deed: (_is_consent(rules[deed[0].rule_item_id], deed), deed[0].id))
    session.execute(sa.insert(item), _items(meeting, deeds, rules))
    write_recusals(session, meeting)
    ids = [row.id for row in rows]
    session.execute(
        sa.update(record)
        .where(record.c.community_id == meeting.community_id, record.c.id.in_(ids))
        .values(state="on_agenda")
    )
    write_events(session, meeting.community_id, ids, "put_on_agenda", actor_id, now=now)
    return len(deeds)


def _deeds(rows: Sequence[sa.Row]) -> list[list[sa.Row]]:
    """Records of one report are one deed (``points.records.operations`` numbers them behind a #)."""
    deeds: dict[tuple, list[sa.Row]] = defaultdict(list)
    for row in rows:
        deeds[row.reporter_id, row.rule_item_id, row.request_key.rpartition("#")[0]].append(row)
    return list(deeds.values())


def _is_consent(rule: RuleView, deed: Sequence[sa.Row]) -> bool:
    return is_routine(rule.review_path, rule.points_default * deed[0].quantity)


def _items(
    meeting: ReviewSession, deeds: Sequence[Sequence[sa.Row]], rules: dict[uuid.UUID, RuleView]
) -> list[dict[str, object]]:
    leading, following = [], []
    for position, deed in enumerate(deeds, 1):
        block = "consent" if _is_consent(rules[deed[0].rule_item_id], deed) else "vote"
        lead = _item(meeting, deed[0].id, position, block, None)
        leading.append(lead)
        following += [
            _item(meeting, row.id, len(deeds) + len(following) + at, block, lead["id"])
            for at, row in enumerate(deed[1:], 1)
        ]
    return leading + following


def _item(
    meeting: ReviewSession, record_id: uuid.UUID, position: int, block: str, follows_id: object
) -> dict[str, object]:
    return {
        "community_id": meeting.community_id, "id": new_id(), "session_id": meeting.id, "record_id": record_id,
        "position": position, "block": block, "follows_id": follows_id, **dict.fromkeys(COUNTS, 0),
    }  # fmt: skip


def write_recusals(
    session: Session, meeting: ReviewSession, judges: Collection[uuid.UUID] | None = None
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Writes down who stands aside from what: everybody on the roll, or only ``judges``; what is written stays.

    A deed of several people is one decision, so who is related to one of them stands aside from it whole. Returns the
    new pairs of item and judge.
    """
    sitting = judges if judges is not None else _sitting(session, meeting)
    rows = session.execute(
        sa.select(item.c.id, item.c.record_id, item.c.follows_id, record.c.member_id, record.c.household_id, record.c.reporter_id)
        .join(record, sa.and_(record.c.community_id == item.c.community_id, record.c.id == item.c.record_id))
        .where(item.c.community_id == meeting.community_id, item.c.session_id == meeting.id)
    ).all()  # fmt: skip
    found = _reasons(session, meeting.community_id, sitting, rows)
    deeds: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        deeds[row.follows_id or row.id].append(row.id)
    known = _known(session, meeting, sitting)
    new = [
        {"community_id": meeting.community_id, "id": new_id(), "item_id": item_id, "member_id": judge,
         "reason": reason, "voided_a_ballot": False}
        for (lead, judge), reason in found.items()
        for item_id in deeds[lead]
        if (item_id, judge) not in known
    ]  # fmt: skip
    if new:
        session.execute(sa.insert(Recusal.__table__), new)
    return [(line["item_id"], line["member_id"]) for line in new]


def _sitting(session: Session, meeting: ReviewSession) -> list[uuid.UUID]:
    return list(
        session.scalars(
            sa.select(Seat.member_id).where(
                Seat.community_id == meeting.community_id, Seat.session_id == meeting.id,
                Seat.left_at.is_(None),
            )
        )
    )  # fmt: skip


def _known(
    session: Session, meeting: ReviewSession, judges: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    rows = session.execute(
        sa.select(Recusal.item_id, Recusal.member_id)
        .join(item, sa.and_(item.c.community_id == Recusal.community_id, item.c.id == Recusal.item_id))
        .where(Recusal.community_id == meeting.community_id, item.c.session_id == meeting.id,
               Recusal.member_id.in_(judges))
    )  # fmt: skip
    return {(row.item_id, row.member_id) for row in rows}


def _reasons(
    session: Session, community_id: int, judges: Collection[uuid.UUID], rows: Sequence[sa.Row]
) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """(leading item, judge) -> why the judge stands aside."""
    briefs = members_by_id(session, community_id, judges)
    related = related_to(session, community_id, briefs, {row.record_id: row for row in rows})
    found: dict[tuple[uuid.UUID, uuid.UUID], str] = {}
    for row in rows:
        for judge, brief in briefs.items():
            reason = recusal_reason(
                judge=judge, judge_household=brief.household_id, member=row.member_id, household=row.household_id,
                reporter=row.reporter_id, declared=related.get((judge, row.record_id)),
            )  # fmt: skip
            if reason:
                found.setdefault((row.follows_id or row.id, judge), reason)
    return found

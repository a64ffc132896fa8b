"""The second level: a supervisor's word on a large award or a deduction that a panel approved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.notices.publishing import Award, publish_awards
from points.people.operations import write_act
from points.people.queries import members_by_id
from points.records.events import write_events
from points.review.closing import records_under_lock, set_state
from points.review.models import AgendaItem, Seat
from points.review.policy import recusal_reason
from points.review.recusals import related_to
from points.rules.queries import rules_by_id


@dataclass(frozen=True)
class ConfirmDecision:
    """The supervisor confirms an approval, or refuses it with a reason."""

    community_id: int
    actor_id: uuid.UUID
    item_id: uuid.UUID
    confirm: bool
    reason: str = ""


def confirm_decision(session: Session, command: ConfirmDecision, *, now: datetime) -> str:
    """Publishes the award, or ends the record as rejected; returns the item's outcome. Again: the same outcome.

    A deed of several people was scored once, and one word is said on it for all of them. Raises NotFound
    ``item_not_found``; NotAllowed ``related_to_item`` (own, household's, a relation's or reported by the supervisor),
    ``judge_of_item`` (sat in the session); Conflict ``no_second_level_needed``; Invalid ``reason_needed``.
    """
    items = _deed(session, command)
    lead, reason = items[0], command.reason.strip()
    if lead.second_level_by == command.actor_id and (lead.outcome == "approved") == command.confirm:
        return lead.outcome
    if lead.outcome != "needs_second_level":
        raise Conflict("no_second_level_needed")
    rows = records_under_lock(session, command.community_id, [item.record_id for item in items])
    _check_second_level(session, command, lead, rows)
    for item in items:
        item.second_level_by, item.second_level_at, item.second_level_reason = command.actor_id, now, reason
        item.outcome = "approved" if command.confirm else "not_confirmed"
    event = "confirmed" if command.confirm else "not_confirmed"
    write_events(session, command.community_id, list(rows), event, command.actor_id, now=now, note=reason)
    session.flush()
    rules = rules_by_id(session, command.community_id, {row.rule_item_id for row in rows.values()})
    if command.confirm:
        awards = [
            Award(rows[item.record_id], rules[rows[item.record_id].rule_item_id], item) for item in items
        ]
        publish_awards(session, command.community_id, awards, actor_id=command.actor_id, now=now)
    else:
        set_state(session, command.community_id, list(rows), "rejected")
    if all(rule.score != "conduct" for rule in rules.values()):  # nothing of a deduction is public
        act = "decision_confirmed" if command.confirm else "decision_refused"
        write_act(session, command, act, "", reason, now=now)
    return lead.outcome


def _deed(session: Session, command: ConfirmDecision) -> list[AgendaItem]:
    """The items of the deed under lock, the leading one first."""
    named = session.execute(
        sa.select(AgendaItem.id, AgendaItem.follows_id).where(
            AgendaItem.community_id == command.community_id, AgendaItem.id == command.item_id
        )
    ).one_or_none()
    if named is None:
        raise NotFound("item_not_found")
    lead = named.follows_id or named.id
    return list(
        session.scalars(
            sa.select(AgendaItem)
            .where(AgendaItem.community_id == command.community_id,
                   sa.or_(AgendaItem.id == lead, AgendaItem.follows_id == lead))
            .order_by(AgendaItem.position)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )  # fmt: skip


def _check_second_level(
    session: Session, command: ConfirmDecision, lead: AgendaItem, rows: Mapping[uuid.UUID, sa.Row]
) -> None:
    actor = members_by_id(session, command.community_id, [command.actor_id]).get(command.actor_id)
    if actor is None:
        raise NotAllowed("related_to_item")
    related = related_to(session, command.community_id, [actor.id], rows)
    for record_id, row in rows.items():
        if recusal_reason(
            judge=actor.id, judge_household=actor.household_id, member=row.member_id, household=row.household_id,
            reporter=row.reporter_id, declared=related.get((actor.id, record_id)),
        ):  # fmt: skip
            raise NotAllowed("related_to_item")
    sat = session.scalar(
        sa.select(Seat.id).where(
            Seat.community_id == command.community_id, Seat.session_id == lead.session_id,
            Seat.member_id == command.actor_id,
        )
    )  # fmt: skip
    if sat is not None:
        raise NotAllowed("judge_of_item")
    if not command.confirm and not command.reason.strip():
        raise Invalid("reason_needed")

"""The last word: the person appeals, and a supervisor who had no part in it answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.conduct.cases import lock_case, require_party, words_of, write_step
from points.conduct.models import ConductCase
from points.conduct.policy import may_appeal
from points.errors import Conflict, Gone, NotAllowed
from points.ledger.corrections import ReverseTransfer, reverse_transfer
from points.people.queries import members_by_id
from points.records.models import Record
from points.review.models import AgendaItem, Seat


@dataclass(frozen=True)
class AppealDeduction:
    """The person disagrees, with a reason; written by the person or taken down by an officer who is named."""

    community_id: int
    actor_id: uuid.UUID
    case_id: uuid.UUID
    reason: str


def appeal_deduction(session: Session, command: AppealDeduction, *, now: datetime) -> None:
    """Asks for another look, once, within 30 days of the deduction; it counts until it is answered.

    Raises NotFound ``case_not_found``; Conflict ``nothing_to_appeal``, ``already_appealed``; Gone ``appeal_over``;
    Invalid ``reason_needed``, ``note_too_long``.
    """
    case = lock_case(session, command.community_id, command.case_id)
    require_party(session, case, command.actor_id)
    if case.state in ("appealed", "reversed", "appeal_refused"):
        raise Conflict("already_appealed")
    if case.state != "posted":
        raise Conflict("nothing_to_appeal")
    if not may_appeal(case.state, case.posted_at, now):
        raise Gone("appeal_over")
    reason = words_of(command.reason)
    case.state = "appealed"
    write_step(session, case, "appealed", command.actor_id, now=now, note=reason)


@dataclass(frozen=True)
class AnswerAppeal:
    """The written answer. ``uphold``: the person is right, and the points come back by a correcting transfer."""

    community_id: int
    actor_id: uuid.UUID
    case_id: uuid.UUID
    uphold: bool
    answer: str


def answer_appeal(session: Session, command: AnswerAppeal, *, now: datetime) -> str:
    """Ends an appeal with a reason; returns the state. The same answer again changes nothing.

    Raises NotFound ``case_not_found``; NotAllowed ``related_to_item`` (the person's household, or the opener),
    ``judge_of_item`` (sat in the session), ``confirmed_it_before`` (gave the second level's word); Conflict
    ``no_appeal_waits``; Invalid ``reason_needed``, ``note_too_long``.
    """
    case = lock_case(session, command.community_id, command.case_id)
    wanted = "reversed" if command.uphold else "appeal_refused"
    if case.state == wanted:
        return case.state
    if case.state != "appealed":
        raise Conflict("no_appeal_waits")
    why_not = why_not_answer(session, case.community_id, case, command.actor_id)
    if why_not is not None:
        raise NotAllowed(why_not)
    answer = words_of(command.answer)
    if command.uphold:
        _give_back(session, case, command.actor_id, answer, now)
    case.state = wanted
    step = "appeal_upheld" if command.uphold else "appeal_refused"
    write_step(session, case, step, command.actor_id, now=now, note=answer)
    return case.state


def why_not_answer(
    session: Session, community_id: int, case: ConductCase | sa.Row, actor_id: uuid.UUID
) -> str | None:
    """Why this supervisor has had a part in it already, as a code; None for one who may answer.

    ``case`` needs ``household_id``, ``opener_id`` and ``item_id``.
    """
    actor = members_by_id(session, community_id, [actor_id]).get(actor_id)
    if actor is None or actor.household_id == case.household_id or actor_id == case.opener_id:
        return "related_to_item"
    item = session.execute(
        sa.select(AgendaItem.session_id, AgendaItem.second_level_by).where(
            AgendaItem.community_id == community_id, AgendaItem.id == case.item_id
        )
    ).one()
    if item.second_level_by == actor_id:
        return "confirmed_it_before"
    sat = session.scalar(
        sa.select(Seat.id).where(
            Seat.community_id == community_id, Seat.session_id == item.session_id, Seat.member_id == actor_id
        )
    )
    return None if sat is None else "judge_of_item"


def _give_back(session: Session, case: ConductCase, actor_id: uuid.UUID, answer: str, now: datetime) -> None:
    if case.transfer_id is not None:
        command = ReverseTransfer(case.community_id, new_id(), case.transfer_id, actor_id, reason=answer)
        case.correction_id = reverse_transfer(session, command, now=now).id
    session.execute(
        sa.update(Record.__table__)
        .where(Record.community_id == case.community_id, Record.id == case.record_id)
        .values(state="voided")
    )

"""The supervision group's written answer to an objection or an appeal."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotAllowed
from points.notices.concern import Bench
from points.notices.models import Notice, Objection
from points.notices.policy import LONGEST_REASON
from points.notices.remedies import put_in_force
from points.notices.rows import lock_notice_of, lock_objection
from points.records.models import Record
from points.review.scale import scale_of
from points.rules.models import RuleItem

record, rule = Record.__table__, RuleItem.__table__


@dataclass(frozen=True)
class AnswerObjection:
    """A written answer. ``uphold`` with ``points``: the award becomes this amount (of the whole deed); without: void."""

    community_id: int
    actor_id: uuid.UUID
    objection_id: uuid.UUID
    uphold: bool
    answer: str
    points: int | None = None


def answer_objection(session: Session, command: AnswerObjection, *, now: datetime) -> str:
    """Answers an objection or appeal; returns its state: still ``open`` while a second person has to confirm.

    Another answer takes the place of one that waits. The same answer again changes nothing. Raises NotFound
    ``objection_not_found``; NotAllowed ``related_to_item``, ``judge_of_item``, ``answered_by_group_first``; Conflict
    ``objection_answered``, ``budget_short``; Invalid ``reason_needed``, ``note_too_long``, ``new_points_needed``,
    ``points_unchanged``, ``points_out_of_range``.
    """
    doubt = lock_objection(session, command.community_id, command.objection_id)
    answer, after = command.answer.strip(), _points_after(command)
    is_repeat = (doubt.answered_by, doubt.answer, doubt.points_after) == (command.actor_id, answer, after)
    if doubt.state != "open":
        if is_repeat:
            return doubt.state
        raise Conflict("objection_answered")
    needs = (
        Bench(session, doubt.community_id, [doubt.record_id], now=now)
        .check(doubt, command.actor_id, now=now)
        .needs
    )
    if is_repeat:
        return doubt.state
    if not answer:
        raise Invalid("reason_needed")
    if len(answer) > LONGEST_REASON:
        raise Invalid("note_too_long", most=LONGEST_REASON)
    notice = lock_notice_of(session, doubt.community_id, doubt.record_id)
    _check_points(session, doubt, notice, after)
    doubt.answered_by, doubt.answer, doubt.points_after = command.actor_id, answer, after
    doubt.version += 1
    if needs == 1:
        _put_in_force_or_wait(session, doubt, notice, now)
    return doubt.state


@dataclass(frozen=True)
class ConfirmAnswer:
    """The second person's yes to the answer that was read; ``version`` tells which one that was."""

    community_id: int
    actor_id: uuid.UUID
    objection_id: uuid.UUID
    version: int


def confirm_answer(session: Session, command: ConfirmAnswer, *, now: datetime) -> str:
    """Lets a waiting answer count; returns the state. Confirming again changes nothing.

    Raises as ``answer_objection``; Conflict ``answer_replaced`` when another answer stands there now; NotAllowed
    ``own_answer``.
    """
    doubt = lock_objection(session, command.community_id, command.objection_id)
    if doubt.state != "open":
        if doubt.confirmed_by == command.actor_id and doubt.version == command.version:
            return doubt.state
        raise Conflict("objection_answered")
    Bench(session, doubt.community_id, [doubt.record_id], now=now).check(doubt, command.actor_id, now=now)
    if doubt.answer is None or doubt.version != command.version:
        raise Conflict("answer_replaced")
    if doubt.answered_by == command.actor_id:
        raise NotAllowed("own_answer")
    doubt.confirmed_by = command.actor_id
    put_in_force(session, doubt, lock_notice_of(session, doubt.community_id, doubt.record_id), now=now)
    return doubt.state


def _put_in_force_or_wait(session: Session, doubt: Objection, notice: Notice | None, now: datetime) -> None:
    """One person is enough, unless points that were spent would have to go back."""
    session.flush()
    try:
        with session.begin_nested():
            put_in_force(session, doubt, notice, now=now)
    except Conflict as error:
        if error.code != "reversal_would_overdraw":
            raise
        session.refresh(doubt)


def _points_after(command: AnswerObjection) -> int | None:
    """None: as before; 0: void; else the new amount."""
    return (command.points or 0) if command.uphold else None


def _check_points(session: Session, doubt: Objection, notice: Notice | None, after: int | None) -> None:
    stands = notice is not None and notice.state != "voided"
    if after == 0 and not stands:
        raise Invalid("new_points_needed")
    if not after:
        return
    if stands and after == doubt.points_before:
        raise Invalid("points_unchanged")
    scale = scale_of(session, doubt.community_id, doubt.record_id)
    least, most = scale.least, scale.most
    if not least <= after <= most:
        raise Invalid("points_out_of_range", least=least, most=most)

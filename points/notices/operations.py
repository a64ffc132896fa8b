"""Doubting a decision: an objection while the award is on notice, an appeal afterwards."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Gone, Invalid
from points.ledger.clocks import set_clock
from points.notices.answering import AnswerObjection, ConfirmAnswer, answer_objection, confirm_answer
from points.notices.models import Notice, Objection
from points.notices.policy import LONGEST_REASON
from points.notices.rows import lock_notice, lock_notice_of, lock_record, set_record
from points.notices.standing import check_appeal

__all__ = [
    "AnswerObjection", "ConfirmAnswer", "FileAppeal", "ObjectToNotice", "answer_objection", "confirm_answer",
    "file_appeal", "object_to_notice",
]  # fmt: skip


@dataclass(frozen=True)
class ObjectToNotice:
    """A resident doubts a notice, with a reason."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    notice_id: uuid.UUID
    reason: str


def object_to_notice(session: Session, command: ObjectToNotice, *, now: datetime) -> uuid.UUID:
    """Files an objection and stops the clock of the award. Once for each key; returns the objection.

    Raises NotFound ``notice_not_found``; Gone ``notice_over`` after the window; Conflict ``already_objected``,
    ``notice_voided``, ``request_key_reused``; Invalid ``reason_needed``, ``note_too_long``.
    """
    notice = lock_notice(session, command.community_id, command.notice_id)
    repeated = _repeated(session, command, "objection", notice.record_id)
    if repeated is not None:
        return repeated
    reason = _checked(command.reason)
    if notice.state == "voided":
        raise Conflict("notice_voided")
    if notice.state == "objected":
        raise Conflict("already_objected")
    if notice.ends_at <= now or not set_clock(session, command.community_id, notice.transfer_id, None):
        raise Gone("notice_over")
    left = int((notice.ends_at - now).total_seconds())
    notice.state, notice.ends_at = "objected", None
    doubt = _doubt(command, "objection", notice.record_id, reason, now, notice=notice)
    doubt.points_before, doubt.remaining_seconds = notice.points, left
    return _file(session, doubt, "objected", "objected", now)


@dataclass(frozen=True)
class FileAppeal:
    """A resident appeals what has become of a record, with a reason."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    record_id: uuid.UUID
    reason: str


def file_appeal(session: Session, command: FileAppeal, *, now: datetime) -> uuid.UUID:
    """Files an appeal: any resident against a posted award, the household against a rejected or voided one.

    Nothing stops meanwhile. Once for each key; returns the appeal. Raises what ``check_appeal`` raises; Conflict
    ``request_key_reused``; Invalid ``reason_needed``, ``note_too_long``.
    """
    notice = lock_notice_of(session, command.community_id, command.record_id)
    row = lock_record(session, command.community_id, command.record_id)
    repeated = _repeated(session, command, "appeal", row.id)
    if repeated is not None:
        return repeated
    standing = check_appeal(session, command.community_id, row.id, command.actor_id, now=now)
    reason = _checked(command.reason)
    doubt = _doubt(command, "appeal", row.id, reason, now, notice=notice)
    doubt.points_before = standing.points
    return _file(session, doubt, None, "appealed", now)


def _checked(text: str) -> str:
    """The reason, trimmed. Raises Invalid ``reason_needed``, ``note_too_long``."""
    reason = text.strip()
    if not reason:
        raise Invalid("reason_needed")
    if len(reason) > LONGEST_REASON:
        raise Invalid("note_too_long", most=LONGEST_REASON)
    return reason


def _repeated(
    session: Session, command: ObjectToNotice | FileAppeal, kind: str, record_id: uuid.UUID
) -> uuid.UUID | None:
    """What this key has filed before. Raises Conflict ``request_key_reused``."""
    earlier = session.scalar(
        sa.select(Objection).where(
            Objection.community_id == command.community_id, Objection.request_key == command.request_key
        )
    )
    if earlier is None:
        return None
    if (earlier.kind, earlier.record_id, earlier.objector_id) != (kind, record_id, command.actor_id):
        raise Conflict("request_key_reused")
    return earlier.id


def _doubt(
    command: ObjectToNotice | FileAppeal, kind: str, record_id: uuid.UUID, reason: str, now: datetime, *,
    notice: Notice | None,
) -> Objection:  # fmt: skip
    return Objection(
        community_id=command.community_id, id=new_id(), kind=kind, record_id=record_id,
        notice_id=notice.id if notice else None, objector_id=command.actor_id, reason=reason, state="open", filed_at=now,
        request_key=command.request_key,
    )  # fmt: skip


def _file(session: Session, doubt: Objection, state: str | None, event: str, now: datetime) -> uuid.UUID:
    session.add(doubt)
    set_record(session, doubt, state, event, None, now=now)
    return doubt.id

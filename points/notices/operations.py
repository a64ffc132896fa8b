"""Objecting to a notice, and the supervisor's answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from points.ledger.models import OpenPending
from points.ledger.operations import make_transfer
from points.ledger.results import NewTransfer
from points.notices.models import Notice, Objection
from points.people.queries import members_by_id
from points.records.events import write_event
from points.records.models import Record
from points.review.models import AgendaItem, Seat

LONGEST_REASON = 500
open_pending = OpenPending.__table__


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
    notice = _lock_notice(session, command.community_id, command.notice_id)
    repeated = session.scalar(
        sa.select(Objection).where(
            Objection.community_id == command.community_id, Objection.request_key == command.request_key
        )
    )
    if repeated is not None:
        if (repeated.notice_id, repeated.objector_id) != (notice.id, command.actor_id):
            raise Conflict("request_key_reused")
        return repeated.id
    if not command.reason.strip():
        raise Invalid("reason_needed")
    if len(command.reason) > LONGEST_REASON:
        raise Invalid("note_too_long", most=LONGEST_REASON)
    if notice.state == "voided":
        raise Conflict("notice_voided")
    if notice.state == "objected":
        raise Conflict("already_objected")
    if notice.ends_at <= now:
        raise Gone("notice_over")
    objection = Objection(
        community_id=command.community_id, id=new_id(), notice_id=notice.id, objector_id=command.actor_id,
        reason=command.reason.strip(), state="open", filed_at=now, request_key=command.request_key,
        remaining_seconds=int((notice.ends_at - now).total_seconds()),
    )  # fmt: skip
    session.add(objection)
    notice.state, notice.ends_at = "objected", None
    _set_clock(session, notice, None)
    _set_record(session, notice, "objected", "objected", None, now)
    return objection.id


@dataclass(frozen=True)
class AnswerObjection:
    """The supervisor's written answer. ``uphold`` voids the award, else the clock goes on."""

    community_id: int
    actor_id: uuid.UUID
    objection_id: uuid.UUID
    uphold: bool
    answer: str


def answer_objection(session: Session, command: AnswerObjection, *, now: datetime) -> str:
    """Ends an objection; returns its state. The same answer again changes nothing.

    Raises NotFound ``objection_not_found``; NotAllowed ``related_to_item`` (the supervisor's own household, own
    report or own objection), ``judge_of_item``; Conflict ``objection_answered``; Invalid ``reason_needed``.
    """
    objection = session.scalar(
        sa.select(Objection)
        .where(Objection.community_id == command.community_id, Objection.id == command.objection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if objection is None:
        raise NotFound("objection_not_found")
    wanted = "upheld" if command.uphold else "dismissed"
    if objection.state != "open":
        if objection.state == wanted and objection.answered_by == command.actor_id:
            return objection.state
        raise Conflict("objection_answered")
    if not command.answer.strip():
        raise Invalid("reason_needed")
    notice = _lock_notice(session, command.community_id, objection.notice_id)
    _check_supervisor(session, command, objection, notice)
    objection.state, objection.answer = wanted, command.answer.strip()
    objection.answered_by, objection.answered_at = command.actor_id, now
    if command.uphold:
        notice.state = "voided"
        _void_award(session, notice, command.actor_id, now)
        _set_record(session, notice, "voided", "objection_upheld", command.actor_id, now)
    else:
        notice.state, notice.ends_at = "on_notice", now + timedelta(seconds=objection.remaining_seconds)
        _set_clock(session, notice, notice.ends_at)
        _set_record(session, notice, "on_notice", "objection_dismissed", command.actor_id, now)
    return objection.state


def _lock_notice(session: Session, community_id: int, notice_id: uuid.UUID) -> Notice:
    notice = session.scalar(
        sa.select(Notice)
        .where(Notice.community_id == community_id, Notice.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if notice is None:
        raise NotFound("notice_not_found")
    return notice


def _set_clock(session: Session, notice: Notice, posts_at: datetime | None) -> None:
    """The only thing that ever changes about an open pending transfer."""
    session.execute(
        sa.update(open_pending)
        .where(open_pending.c.community_id == notice.community_id, open_pending.c.id == notice.transfer_id)
        .values(posts_at=posts_at)
    )


def _void_award(session: Session, notice: Notice, actor_id: uuid.UUID, now: datetime) -> None:
    if notice.transfer_id is not None:
        new = NewTransfer(
            notice.community_id, new_id(), "objection", kind="void", pending_id=notice.transfer_id, ref_kind="record",
            ref_id=notice.record_id, done_on=notice.done_on, actor_id=actor_id,
        )  # fmt: skip
        make_transfer(session, new, now=now)


def _set_record(
    session: Session, notice: Notice, state: str, event: str, actor_id: uuid.UUID | None, now: datetime
) -> None:
    session.execute(
        sa.update(Record.__table__)
        .where(Record.community_id == notice.community_id, Record.id == notice.record_id)
        .values(state=state)
    )
    write_event(session, notice.community_id, notice.record_id, event, actor_id, now=now)


def _check_supervisor(
    session: Session, command: AnswerObjection, objection: Objection, notice: Notice
) -> None:
    actor = members_by_id(session, command.community_id, [command.actor_id]).get(command.actor_id)
    reporter = session.scalar(
        sa.select(Record.reporter_id).where(
            Record.community_id == command.community_id, Record.id == notice.record_id
        )
    )
    if (
        actor is None
        or notice.household_id == actor.household_id
        or actor.id in (reporter, objection.objector_id)
    ):
        raise NotAllowed("related_to_item")
    sat = session.scalar(
        sa.select(Seat.id)
        .join(AgendaItem, sa.and_(AgendaItem.community_id == Seat.community_id,
                                  AgendaItem.session_id == Seat.session_id))
        .where(Seat.community_id == command.community_id, AgendaItem.id == notice.item_id,
               Seat.member_id == command.actor_id)
    )  # fmt: skip
    if sat is not None:
        raise NotAllowed("judge_of_item")

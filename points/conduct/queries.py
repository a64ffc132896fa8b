"""Reading cases. Who may read one is asked here too: it is the rule that keeps names out of the street."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.conduct.models import ConductCase, ConductEvent, ConductEvidence
from points.conduct.policy import (
    A_YEAR,
    APPEAL_WINDOW,
    COUNTING,
    REPLY_WINDOW,
    appeal_until,
    phase_of,
    reply_until,
)
from points.errors import NotFound
from points.people.models import Household, Member
from points.records.models import Record, RecordEvent
from points.review.models import AgendaItem, Recusal, ReviewSession, Seat
from points.review.recusals import stands_aside
from points.rules.models import RuleItem, RuleVersion

case, event, case_evidence = ConductCase.__table__, ConductEvent.__table__, ConductEvidence.__table__
member, household, record, record_event = (
    Member.__table__, Household.__table__, Record.__table__, RecordEvent.__table__,
)  # fmt: skip
rule, version = RuleItem.__table__, RuleVersion.__table__
item, meeting, seat, recusal = (
    AgendaItem.__table__, ReviewSession.__table__, Seat.__table__, Recusal.__table__,
)  # fmt: skip
opener = member.alias("opener")

# Steps of the review that belong to the story of a case; what it was called when it was counted is no step.
_OF_REVIEW = ("put_on_agenda", "carried_over", "approved", "rejected", "confirmed", "not_confirmed")


@dataclass(frozen=True)
class CaseLine:
    """A case as a list shows it. ``phase``: see ``policy.phase_of``; ``points``: how many were taken, once decided."""

    id: uuid.UUID
    state: str
    phase: str
    rule_code: str
    rule_zh: str
    rule_en: str
    rule_version: int
    member_id: uuid.UUID
    member_name: str
    household_id: uuid.UUID
    household_number: str
    opener_id: uuid.UUID
    opener_name: str
    done_on: date
    facts: str
    opened_at: datetime
    informed_at: datetime | None
    letter_at: datetime | None
    reply_until: datetime | None
    posted_at: datetime | None
    appeal_until: datetime | None
    points: int | None
    item_id: uuid.UUID | None
    record_id: uuid.UUID | None
    earlier_id: uuid.UUID | None


@dataclass(frozen=True)
class Step:
    """One dated step with its words. ``actor`` is who took it: of a reply the person, or the officer who wrote it down."""

    event: str
    note: str
    happened_at: datetime
    actor_id: uuid.UUID | None
    actor: str | None


@dataclass(frozen=True)
class Tally:
    """How the panel decided, in numbers."""

    held_at: datetime
    votes_for: int
    votes_against: int
    votes_abstained: int


@dataclass(frozen=True)
class CaseDetail:
    """A case with its story; ``warned_at``: when the warning it repeats was made."""

    line: CaseLine
    steps: tuple[Step, ...]
    photo_ids: tuple[uuid.UUID, ...]
    warned_at: datetime | None
    tally: Tally | None


def _of(other: sa.FromClause, column: sa.Column, own: sa.Table = case) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == own.c.community_id, other.c.id == column)


_lines = (
    sa.select(
        case, rule.c.name_zh, rule.c.name_en, version.c.number.label("version_number"),
        member.c.name.label("member_name"), household.c.number, opener.c.name.label("opener_name"),
        record.c.state.label("record_state"),
    )
    .join(rule, _of(rule, case.c.rule_item_id))
    .join(version, _of(version, rule.c.version_id, rule))
    .join(member, _of(member, case.c.member_id))
    .join(household, _of(household, case.c.household_id))
    .join(opener, _of(opener, case.c.opener_id))
    .outerjoin(record, _of(record, case.c.record_id))
)  # fmt: skip


def _line(row: sa.Row, now: datetime) -> CaseLine:
    return CaseLine(
        id=row.id, state=row.state, phase=phase_of(row.state, row.informed_at, row.record_state, now),
        rule_code=row.rule_code, rule_zh=row.name_zh, rule_en=row.name_en, rule_version=row.version_number,
        member_id=row.member_id, member_name=row.member_name, household_id=row.household_id,
        household_number=row.number, opener_id=row.opener_id, opener_name=row.opener_name, done_on=row.done_on,
        facts=row.facts, opened_at=row.opened_at, informed_at=row.informed_at, letter_at=row.letter_at,
        reply_until=reply_until(row.informed_at), posted_at=row.posted_at, appeal_until=appeal_until(row.posted_at),
        points=row.points, item_id=row.item_id, record_id=row.record_id, earlier_id=row.earlier_id,
    )  # fmt: skip


# A case the panel refused is over, though nobody touched it afterwards.
_refused = sa.and_(case.c.state == "filed", record.c.state == "rejected")
WHICH = {
    "open": sa.and_(case.c.state.in_(("noticed", "filed", "appealed")), sa.not_(sa.func.coalesce(_refused, sa.false()))),
    "appeals": case.c.state == "appealed",
    "over": sa.or_(case.c.state.not_in(("noticed", "filed", "appealed")), _refused),
}  # fmt: skip


def cases_page(
    session: Session, community_id: int, which: str, *, now: datetime, opener_id: uuid.UUID | None = None,
    before: uuid.UUID | None = None, limit: int = 50,
) -> list[CaseLine]:  # fmt: skip
    """Cases, newest first, below ``before``: ``which`` of ``WHICH``, of one opener or of all."""
    query = _lines.where(case.c.community_id == community_id, WHICH[which])
    if opener_id is not None:
        query = query.where(case.c.opener_id == opener_id)
    if before is not None:
        query = query.where(case.c.id < before)
    return [_line(row, now) for row in session.execute(query.order_by(case.c.id.desc()).limit(limit))]


def cases_about(
    session: Session, community_id: int, member_id: uuid.UUID, *, now: datetime, limit: int = 100
) -> list[CaseLine]:
    """Everything about one person, newest first: for that person."""
    query = _lines.where(case.c.community_id == community_id, case.c.member_id == member_id)
    return [_line(row, now) for row in session.execute(query.order_by(case.c.id.desc()).limit(limit))]


def cases_to_look_at(session: Session, community_id: int, member_id: uuid.UUID, *, now: datetime) -> int:
    """How many cases wait for the person's own word: the reply window runs, or the time for an appeal."""
    counted = (
        sa.select(sa.func.count())
        .select_from(case)
        .where(
            case.c.community_id == community_id, case.c.member_id == member_id,
            sa.or_(
                sa.and_(case.c.state.in_(("warned", "noticed")),
                        sa.or_(case.c.informed_at.is_(None), case.c.informed_at > now - REPLY_WINDOW)),
                sa.and_(case.c.state == "posted", case.c.posted_at > now - APPEAL_WINDOW),
            ),
        )
    )  # fmt: skip
    return session.scalar(counted) or 0


def conduct_score(session: Session, community_id: int, member_id: uuid.UUID, *, now: datetime) -> int:
    """The conduct points of one person, zero or below: deductions of the last year that no appeal took back. The ledger
    keeps older ones; they count for nothing any more."""
    taken = session.scalar(
        sa.select(sa.func.sum(case.c.points)).where(
            case.c.community_id == community_id, case.c.member_id == member_id, case.c.state.in_(COUNTING),
            case.c.posted_at > now - A_YEAR,
        )
    )  # fmt: skip
    return -int(taken or 0)


def case_detail(session: Session, community_id: int, case_id: uuid.UUID, *, now: datetime) -> CaseDetail:
    """One case with everything that happened. NotFound ``case_not_found``; who may read it: ``may_read``."""
    row = session.execute(
        _lines.where(case.c.community_id == community_id, case.c.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound("case_not_found")
    photos = session.scalars(
        sa.select(case_evidence.c.evidence_id)
        .where(case_evidence.c.community_id == community_id, case_evidence.c.case_id == case_id)
        .order_by(case_evidence.c.id)
    )
    warned_at = session.scalar(
        sa.select(case.c.opened_at).where(case.c.community_id == community_id, case.c.id == row.earlier_id)
    )
    steps = _steps(session, community_id, case_id, row.record_id)
    return CaseDetail(
        _line(row, now), steps, tuple(photos), warned_at, _tally(session, community_id, row.record_id)
    )


def _steps(
    session: Session, community_id: int, case_id: uuid.UUID, record_id: uuid.UUID | None
) -> tuple[Step, ...]:
    """The case's own steps and those of the review, in the order of time. Ids are ordered by time in both tables."""
    own = sa.select(event.c.id, event.c.event, event.c.note, event.c.happened_at, event.c.actor_id).where(
        event.c.community_id == community_id, event.c.case_id == case_id
    )
    of_review = sa.select(
        record_event.c.id, record_event.c.event, record_event.c.note, record_event.c.happened_at,
        record_event.c.actor_id,
    ).where(
        record_event.c.community_id == community_id, record_event.c.record_id == record_id,
        record_event.c.event.in_(_OF_REVIEW),
    )  # fmt: skip
    steps = sa.union_all(own, of_review).subquery("steps")
    rows = session.execute(
        sa.select(steps, member.c.name)
        .outerjoin(member, sa.and_(member.c.community_id == community_id, member.c.id == steps.c.actor_id))
        .order_by(steps.c.happened_at, steps.c.id)
    )
    return tuple(Step(row.event, row.note, row.happened_at, row.actor_id, row.name) for row in rows)


def _tally(session: Session, community_id: int, record_id: uuid.UUID | None) -> Tally | None:
    """Of the last session that decided."""
    row = session.execute(
        sa.select(meeting.c.scheduled_for, item.c.votes_for, item.c.votes_against, item.c.votes_abstained)
        .join(item, sa.and_(item.c.community_id == meeting.c.community_id, item.c.session_id == meeting.c.id))
        .where(meeting.c.community_id == community_id, item.c.record_id == record_id, item.c.outcome.is_not(None))
        .order_by(item.c.id.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    return None if row is None else Tally(*row)


def case_of_record(session: Session, community_id: int, record_id: uuid.UUID) -> uuid.UUID:
    """Which case an item of an agenda is about. NotFound ``case_not_found``."""
    found = session.scalar(
        sa.select(case.c.id).where(case.c.community_id == community_id, case.c.record_id == record_id)
    )
    if found is None:
        raise NotFound("case_not_found")
    return found


def judges_it(session: Session, community_id: int, record_id: uuid.UUID | None, member_id: uuid.UUID) -> bool:
    """Whether somebody sits in the open session on whose table the case lies, and does not stand aside from it."""
    if record_id is None:
        return False
    found = session.execute(
        sa.select(seat.c.id)
        .join(item, sa.and_(item.c.community_id == seat.c.community_id, item.c.session_id == seat.c.session_id))
        .join(meeting, _of(meeting, item.c.session_id, item))
        .where(
            seat.c.community_id == community_id, seat.c.member_id == member_id, item.c.record_id == record_id,
            meeting.c.state == "open",
            ~sa.exists().where(
                recusal.c.community_id == community_id, recusal.c.item_id == item.c.id,
                recusal.c.member_id == member_id,
            ),
        )
        .limit(1)
    ).one_or_none()  # fmt: skip
    return found is not None


def may_read(
    session: Session, community_id: int, line: CaseLine, viewer_id: uuid.UUID, *, sees_all: bool
) -> bool:
    """The person, the opener, the panel while it decides, supervisor and steward (``sees_all``) unless they sit in that
    panel and stand aside: nobody else."""
    if viewer_id in (line.member_id, line.opener_id):
        return True
    if sees_all:
        on_the_table = [] if line.record_id is None else [line.record_id]
        return not stands_aside(session, community_id, on_the_table, viewer_id)
    return judges_it(session, community_id, line.record_id, viewer_id)


def photo_of_case(session: Session, community_id: int, case_id: uuid.UUID, evidence_id: uuid.UUID) -> None:
    """NotFound ``evidence_not_found`` for a photo that does not belong to the case."""
    found = session.scalar(
        sa.select(case_evidence.c.id).where(
            case_evidence.c.community_id == community_id, case_evidence.c.case_id == case_id,
            case_evidence.c.evidence_id == evidence_id,
        )
    )  # fmt: skip
    if found is None:
        raise NotFound("evidence_not_found")

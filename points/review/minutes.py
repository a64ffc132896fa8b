"""What is written down of a closed session: its items with their outcome, and what the ledger made of its approvals.

``cut_off`` is the moment the paper speaks of: a word of the second level, or an award, that came later is not in it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import Account, Transfer
from points.people.models import Household, Member
from points.records.models import Record
from points.review.ballot_queries import ballots_of
from points.review.models import AgendaItem, Recusal, ReviewSession, Seat
from points.rules.models import RuleItem

item, record, rule, meeting, seat = (
    AgendaItem.__table__, Record.__table__, RuleItem.__table__, ReviewSession.__table__, Seat.__table__,
)  # fmt: skip
household, member, recusal = Household.__table__, Member.__table__, Recusal.__table__
transfer, account = Transfer.__table__, Account.__table__


@dataclass(frozen=True)
class StoodAside:
    """A reviewer who had no part in an item, and why. The name is not for the public."""

    name: str
    reason: str


@dataclass(frozen=True)
class SecondWord:
    """What the second level said about an approval. Name and words are not for the public."""

    confirmed: bool
    name: str
    reason: str
    given_at: datetime


@dataclass(frozen=True)
class MinutesItem:
    """One item. ``rejections``: the reasons of those who voted no, without who gave which.

    ``member_name`` is empty for a deed of a household; ``outcome`` as it stood at the cut-off.
    """

    id: uuid.UUID
    position: int
    block: str
    rule_code: str
    rule_zh: str
    rule_en: str
    score: str
    member_name: str | None
    household_number: str
    done_on: date
    quantity: int
    outcome: str
    points: int | None
    votes_for: int
    votes_against: int
    votes_abstained: int
    present: int
    quorum: int
    recused: tuple[StoodAside, ...]
    rejections: tuple[str, ...]
    second_word: SecondWord | None

    @property
    def is_approved(self) -> bool:
        """Approved, and confirmed where that was needed."""
        return self.outcome == "approved"


@dataclass(frozen=True)
class Awarded:
    """Awards of one unit (``points`` or ``honour``): what the session gave, what of it the ledger put on notice, and
    what of that an objection took back. ``given`` less ``published`` waits for the budget."""

    unit: str
    given: int
    published: int
    voided: int

    @property
    def waiting(self) -> int:
        """Approved, but not yet covered by a budget."""
        return self.given - self.published


@dataclass(frozen=True)
class ClosedSession:
    """A line of the public list of sessions."""

    id: uuid.UUID
    held_at: datetime
    secrecy: str
    roll: int
    present: int
    items: int
    approved: int


# What a session gives; deductions stand in no sum that others read.
UNIT_OF_SCORE = {"redeemable": "points", "honour": "honour"}
COPIED = tuple(
    name
    for name in MinutesItem.__dataclass_fields__
    if name not in ("outcome", "recused", "rejections", "second_word")
)


def items_of(
    session: Session, community_id: int, session_id: uuid.UUID, *, cut_off: datetime
) -> list[MinutesItem]:
    """Every item of a closed session, in the order of its agenda; three statements."""
    supervisor = member.alias("supervisor")
    rows = session.execute(
        sa.select(
            item, record.c.rule_code, rule.c.name_zh.label("rule_zh"), rule.c.name_en.label("rule_en"), rule.c.score,
            member.c.name.label("member_name"), household.c.number.label("household_number"), record.c.done_on,
            record.c.quantity, supervisor.c.name.label("supervisor"),
        )
        .join(record, sa.and_(record.c.community_id == item.c.community_id, record.c.id == item.c.record_id))
        .join(rule, sa.and_(rule.c.community_id == item.c.community_id, rule.c.id == record.c.rule_item_id))
        .join(household, sa.and_(household.c.community_id == item.c.community_id,
                                 household.c.id == record.c.household_id))
        .outerjoin(member, sa.and_(member.c.community_id == item.c.community_id, member.c.id == record.c.member_id))
        .outerjoin(supervisor, sa.and_(supervisor.c.community_id == item.c.community_id,
                                       supervisor.c.id == item.c.second_level_by))
        .where(item.c.community_id == community_id, item.c.session_id == session_id, item.c.outcome.is_not(None))
        .order_by(item.c.position)
    ).all()  # fmt: skip
    aside = _aside(session, community_id, session_id)
    rejections = _rejections(session, community_id, session_id)
    found = []
    for row in rows:
        word = _word(row, cut_off)
        found.append(
            MinutesItem(
                **{name: getattr(row, name) for name in COPIED}, outcome=_outcome(row, word),
                recused=tuple(aside.get(row.id, ())), rejections=tuple(rejections.get(row.id, ())), second_word=word,
            )
        )  # fmt: skip
    return found


def _word(row: sa.Row, cut_off: datetime) -> SecondWord | None:
    if row.second_level_at is None or row.second_level_at > cut_off:
        return None
    return SecondWord(
        row.outcome == "approved", row.supervisor or "", row.second_level_reason or "", row.second_level_at
    )


def _outcome(row: sa.Row, word: SecondWord | None) -> str:
    """A word that came after the cut-off has not been given yet."""
    return "needs_second_level" if row.second_level_at is not None and word is None else row.outcome


def _aside(session: Session, community_id: int, session_id: uuid.UUID) -> dict[uuid.UUID, list[StoodAside]]:
    rows = session.execute(
        sa.select(recusal.c.item_id, recusal.c.reason, member.c.name)
        .join(item, sa.and_(item.c.community_id == recusal.c.community_id, item.c.id == recusal.c.item_id))
        .join(
            member,
            sa.and_(member.c.community_id == recusal.c.community_id, member.c.id == recusal.c.member_id),
        )
        .where(recusal.c.community_id == community_id, item.c.session_id == session_id)
        .order_by(member.c.name, member.c.id)
    )
    found: dict[uuid.UUID, list[StoodAside]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(StoodAside(row.name, row.reason))
    return found


def _rejections(session: Session, community_id: int, session_id: uuid.UUID) -> dict[uuid.UUID, list[str]]:
    """In the order of their words: the order of the ballots would tell whose they are."""
    found: dict[uuid.UUID, list[str]] = {}
    for line in ballots_of(session, community_id, session_id):
        if line.choice == "reject":
            found.setdefault(line.item_id, []).append(line.reason)
    return {item_id: sorted(reasons) for item_id, reasons in found.items()}


def awarded_by(
    session: Session, community_id: int, session_id: uuid.UUID, items: list[MinutesItem], *, cut_off: datetime
) -> list[Awarded]:
    """The points and honours a session gave, beside what stood of them in the ledger; units without any are left out."""
    pending, void = transfer.alias("pending"), transfer.alias("void")
    rows = session.execute(
        sa.select(account.c.unit, sa.func.sum(pending.c.amount).label("published"),
                  sa.func.coalesce(sa.func.sum(void.c.amount), 0).label("voided"))
        .select_from(item)
        .join(pending, sa.and_(pending.c.community_id == item.c.community_id, pending.c.ref_kind == "record",
                               pending.c.ref_id == item.c.record_id, pending.c.kind == "pending",
                               pending.c.code == "award", pending.c.recorded_at <= cut_off))
        .join(account, sa.and_(account.c.community_id == item.c.community_id,
                               account.c.id == pending.c.credit_account_id))
        .outerjoin(void, sa.and_(void.c.community_id == item.c.community_id, void.c.pending_id == pending.c.id,
                                 void.c.kind == "void", void.c.effective_at <= cut_off))
        .where(item.c.community_id == community_id, item.c.session_id == session_id, item.c.outcome == "approved")
        .group_by(account.c.unit)
    )  # fmt: skip
    booked = {row.unit: (int(row.published), int(row.voided)) for row in rows}
    given: dict[str, int] = {}
    for one in items:
        unit = UNIT_OF_SCORE.get(one.score)
        if one.is_approved and unit is not None:
            given[unit] = given.get(unit, 0) + (one.points or 0)
    units = [unit for unit in UNIT_OF_SCORE.values() if unit in given]
    return [Awarded(unit, given[unit], *booked.get(unit, (0, 0))) for unit in units]


def closed_sessions(
    session: Session, community_id: int, *, before: tuple[datetime, uuid.UUID] | None = None, limit: int = 20
) -> list[ClosedSession]:
    """Sessions whose votes are counted, newest first, after the one that was due at ``before``."""
    query = sa.select(
        meeting.c.id, meeting.c.scheduled_for, meeting.c.secrecy, _count(seat, seat.c.left_at.is_(None)),
        _count(seat, sa.and_(seat.c.attended_at.is_not(None), seat.c.left_at.is_(None))), _count(item, sa.true()),
        _count(item, item.c.outcome == "approved"),
    ).where(meeting.c.community_id == community_id, meeting.c.closed_at.is_not(None))  # fmt: skip
    if before is not None:
        moment, last = before
        same = sa.and_(meeting.c.scheduled_for == moment, meeting.c.id < last)
        query = query.where(sa.or_(meeting.c.scheduled_for < moment, same))
    rows = session.execute(query.order_by(meeting.c.scheduled_for.desc(), meeting.c.id.desc()).limit(limit))
    return [ClosedSession(*row) for row in rows]


def _count(table: sa.Table, which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c.community_id == meeting.c.community_id, table.c.session_id == meeting.c.id, which)
        .scalar_subquery()
    )

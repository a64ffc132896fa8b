"""Closing a session: every item gets its written outcome, approvals become pending transfers on public notice."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict
from points.notices.publishing import Award, publish_awards
from points.records.events import write_events
from points.records.models import Record
from points.review.box import break_seals, votes_of
from points.review.duplicates import root_of
from points.review.models import AgendaItem, Recusal, ReviewSession, Seat
from points.review.other_panel import refer
from points.review.paper import require_checked_sheets
from points.review.policy import Vote, decide, decide_by_consent
from points.review.reading import lock_session, require_chair
from points.rules.policy import needs_second_level
from points.rules.queries import RuleView, rules_by_id

record, item = Record.__table__, AgendaItem.__table__
FINAL = ("approved", "needs_second_level", "rejected", "tied")
# What an outcome makes of the record: its state, and the line of its history. All others come back to the next session.
BECOMES = {
    "approved": ("decided", "approved"),
    "needs_second_level": ("decided", "approved"),
    "rejected": ("rejected", "rejected"),
    "tied": ("rejected", "rejected"),
    "duplicate": ("rejected", "rejected"),
}


@dataclass(frozen=True)
class CloseSession:
    """``actor_id`` None: time closes it (the job, or whoever comes first after its end)."""

    community_id: int
    actor_id: uuid.UUID | None
    session_id: uuid.UUID


@dataclass(frozen=True)
class SessionClosed:
    """How many items ended how."""

    outcomes: dict[str, int]


def close_session(session: Session, command: CloseSession, *, now: datetime) -> SessionClosed:
    """Counts all ballots and ends the session; closing again tells the same outcomes.

    Items with too few unrelated reviewers go to a panel of the supervision group. Raises NotFound; NotAllowed
    ``not_chair``; Conflict ``session_not_open`` (also for time, before its end), ``sheets_not_checked``.
    """
    meeting = lock_session(session, command.community_id, command.session_id)
    if command.actor_id is not None:
        require_chair(meeting, command.actor_id)
    if meeting.state == "closed":
        return SessionClosed(_outcomes(session, meeting))
    if meeting.state == "scheduled" or (command.actor_id is None and meeting.closes_at > now):
        raise Conflict("session_not_open")
    if command.actor_id is not None and meeting.kind == "paper":
        require_checked_sheets(session, meeting)
    decided = _decide_items(session, meeting)
    break_seals(session, meeting)  # before the end: a closed session's ballots are not touched
    meeting.state = "closed"
    meeting.closed_at = max(meeting.opened_at, min(now, meeting.closes_at))
    meeting.revision += 1
    session.flush()
    _write_outcomes(session, meeting.community_id, decided, command.actor_id, now)
    _publish(session, meeting, decided, command.actor_id, now)
    refer(session, meeting, [done.record_id for done in decided if done.outcome == "another_panel"], now=now)
    session.flush()
    return SessionClosed(_outcomes(session, meeting))


def _decide_items(session: Session, meeting: ReviewSession) -> list[_Ended]:
    """A session of 500 items is counted in the same number of statements as one of five."""
    rows = session.execute(
        sa.select(item.c.id, item.c.record_id, item.c.block, item.c.follows_id, item.c.same_as_id)
        .where(item.c.community_id == meeting.community_id, item.c.session_id == meeting.id)
        .order_by(item.c.position)
    ).all()
    records = records_under_lock(session, meeting.community_id, [row.record_id for row in rows])
    rules = rules_by_id(session, meeting.community_id, {row.rule_item_id for row in records.values()})
    counting = _Counting.of(session, meeting, [row.id for row in rows])
    ended: dict[uuid.UUID, _Ended] = {}
    for row in rows:
        deed = records[row.record_id]
        if row.follows_id is not None:
            ended[row.id] = replace(ended[row.follows_id], id=row.id, record_id=row.record_id, deed=deed)
        else:
            ended[row.id] = counting.decide(row, deed, rules[deed.rule_item_id])
    for row in rows:
        root = root_of(row.follows_id or row.id, {each.id: each.same_as_id for each in rows})
        if root != (row.follows_id or row.id):
            came = "duplicate" if ended[root].outcome in FINAL else ended[root].outcome
            ended[row.id] = replace(ended[row.id], outcome=came, points=None)
    return list(ended.values())


def _publish(
    session: Session, meeting: ReviewSession, decided: list[_Ended], actor_id: uuid.UUID | None, now: datetime
) -> None:
    awards = [Award(done.deed, done.rule, done) for done in decided if done.outcome == "approved"]
    publish_awards(session, meeting.community_id, awards, actor_id=actor_id, now=now)


@dataclass(frozen=True)
class _Ended:
    """An item with what came of it."""

    id: uuid.UUID
    record_id: uuid.UUID
    deed: sa.Row
    rule: RuleView
    block: str
    outcome: str
    points: int | None
    votes_for: int
    votes_against: int
    votes_abstained: int
    recused: int
    present: int
    quorum: int


_WRITTEN = (
    "outcome",
    "points",
    "votes_for",
    "votes_against",
    "votes_abstained",
    "recused",
    "present",
    "quorum",
)
_end_item = sa.update(item).where(
    item.c.community_id == sa.bindparam("of_community"), item.c.id == sa.bindparam("of_item")
)


def _write_outcomes(
    session: Session, community_id: int, ended: list[_Ended], actor_id: uuid.UUID | None, now: datetime
) -> None:
    if ended:
        session.execute(
            _end_item,
            [
                {"of_community": community_id, "of_item": done.id, "decided_at": now}
                | {name: getattr(done, name) for name in _WRITTEN}
                for done in ended
            ],
        )
    by_outcome = defaultdict(list)
    for done in ended:
        by_outcome[done.outcome].append(done.record_id)
    for outcome, record_ids in by_outcome.items():
        state, event = BECOMES.get(outcome, ("submitted", "carried_over"))
        set_state(session, community_id, record_ids, state)
        write_events(session, community_id, record_ids, event, actor_id, now=now, note=outcome)


@dataclass
class _Counting:
    """Everything the count of one session needs, read in three statements."""

    body: str
    attended: set[uuid.UUID]
    roll: set[uuid.UUID]
    recused: dict[uuid.UUID, set[uuid.UUID]]
    votes: dict[uuid.UUID, list[Vote]]

    @classmethod
    def of(cls, session: Session, meeting: ReviewSession, item_ids: list[uuid.UUID]) -> _Counting:
        seats = session.execute(
            sa.select(Seat.member_id, Seat.attended_at).where(
                Seat.community_id == meeting.community_id, Seat.session_id == meeting.id,
                Seat.left_at.is_(None),
            )
        ).all()  # fmt: skip
        recused = defaultdict(set)
        for item_id, member_id in session.execute(
            sa.select(Recusal.item_id, Recusal.member_id).where(
                Recusal.community_id == meeting.community_id, Recusal.item_id.in_(item_ids)
            )
        ):
            recused[item_id].add(member_id)
        attended = {seat.member_id for seat in seats if seat.attended_at}
        votes = votes_of(session, meeting, item_ids)
        return cls(meeting.body, attended, {seat.member_id for seat in seats}, recused, votes)

    def decide(self, row: sa.Row, deed: sa.Row, rule: RuleView) -> _Ended:
        """Counts one item; who is recused is neither present nor counted in the roll."""
        aside = self.recused[row.id] & self.roll
        present, may_decide = len(self.attended - aside), len(self.roll - aside)
        votes = self.votes.get(row.id, [])
        if row.block == "consent" and not votes:
            found = decide_by_consent(deed.expected_points, present=present, may_decide=may_decide)
        else:
            found = decide(votes, present=present, may_decide=may_decide, second_level=False)
            if found.outcome == "approved" and needs_second_level(rule.review_path, found.points):
                # Whether two thirds are needed is known only once the award is.
                found = decide(votes, present=present, may_decide=may_decide, second_level=True)
        outcome = found.outcome
        # The supervision group is the second level itself: two thirds of it have said so.
        if (
            outcome == "approved"
            and self.body == "review"
            and needs_second_level(rule.review_path, found.points)
        ):
            outcome = "needs_second_level"
        return _Ended(
            row.id, row.record_id, deed, rule, row.block, outcome, found.points, found.votes_for, found.votes_against,
            found.votes_abstained, len(aside), found.present, found.quorum,
        )  # fmt: skip


def records_under_lock(session: Session, community_id: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, sa.Row]:
    rows = session.execute(
        sa.select(record).where(record.c.community_id == community_id, record.c.id.in_(ids)).with_for_update()
    )
    return {row.id: row for row in rows}


def set_state(session: Session, community_id: int, record_ids: list[uuid.UUID], state: str) -> None:
    session.execute(
        sa.update(record)
        .where(record.c.community_id == community_id, record.c.id.in_(record_ids))
        .values(state=state)
    )


def _outcomes(session: Session, meeting: ReviewSession) -> dict[str, int]:
    rows = session.execute(
        sa.select(AgendaItem.outcome, sa.func.count())
        .where(
            AgendaItem.community_id == meeting.community_id,
            AgendaItem.session_id == meeting.id,
            AgendaItem.follows_id.is_(None),
        )
        .group_by(AgendaItem.outcome)
    )
    return dict(rows.all())

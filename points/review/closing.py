"""Closing a session: every item gets its written outcome, approvals become pending transfers on public notice."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.notices.publishing import Award, publish_awards
from points.people.queries import members_by_id
from points.records.events import write_event, write_events
from points.records.models import Record
from points.review.models import AgendaItem, Ballot, Recusal, ReviewSession, Seat
from points.review.policy import Vote, decide, decide_by_consent, recusal_reason
from points.review.sessions import lock_session, require_chair
from points.rules.policy import needs_second_level
from points.rules.queries import RuleView, rules_by_id

record, item = Record.__table__, AgendaItem.__table__
# What an outcome makes of the record: its state, and the line of its history. All others come back to the next session.
BECOMES = {
    "approved": ("decided", "approved"),
    "needs_second_level": ("decided", "approved"),
    "rejected": ("rejected", "rejected"),
    "tied": ("rejected", "rejected"),
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

    Raises NotFound; NotAllowed ``not_chair``; Conflict ``session_not_open`` (also for time, before its end).
    """
    meeting = lock_session(session, command.community_id, command.session_id)
    if command.actor_id is not None:
        require_chair(meeting, command.actor_id)
    if meeting.state == "closed":
        return SessionClosed(_outcomes(session, meeting))
    if meeting.state == "scheduled" or (command.actor_id is None and meeting.closes_at > now):
        raise Conflict("session_not_open")
    ended_at = min(now, meeting.closes_at)
    meeting.state, meeting.closed_at = "closed", ended_at
    meeting.revision += 1
    _decide_items(session, meeting, command.actor_id, now)
    session.flush()
    return SessionClosed(_outcomes(session, meeting))


def _decide_items(
    session: Session, meeting: ReviewSession, actor_id: uuid.UUID | None, now: datetime
) -> None:
    """A session of 500 items is counted in the same number of statements as one of five."""
    rows = session.execute(
        sa.select(item.c.id, item.c.record_id, item.c.block)
        .where(item.c.community_id == meeting.community_id, item.c.session_id == meeting.id)
        .order_by(item.c.position)
    ).all()
    records = _records(session, meeting.community_id, [row.record_id for row in rows])
    rules = rules_by_id(session, meeting.community_id, {row.rule_item_id for row in records.values()})
    counting = _Counting.of(session, meeting, [row.id for row in rows])
    ended = []
    for row in rows:
        deed = records[row.record_id]
        ended.append(counting.decide(row, deed, rules[deed.rule_item_id]))
    _write_outcomes(session, meeting.community_id, ended, actor_id, now)
    awards = [
        Award(records[done.record_id], rules[records[done.record_id].rule_item_id], done)
        for done in ended
        if done.outcome == "approved"
    ]
    publish_awards(session, meeting.community_id, awards, actor_id=actor_id, now=now)


@dataclass(frozen=True)
class _Ended:
    """An item with what came of it."""

    id: uuid.UUID
    record_id: uuid.UUID
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
        _set_state(session, community_id, record_ids, state)
        write_events(session, community_id, record_ids, event, actor_id, now=now, note=outcome)


@dataclass
class _Counting:
    """Everything the count of one session needs, read in three statements."""

    attended: set[uuid.UUID]
    roll: set[uuid.UUID]
    recused: dict[uuid.UUID, set[uuid.UUID]]
    votes: dict[uuid.UUID, list[Vote]]

    @classmethod
    def of(cls, session: Session, meeting: ReviewSession, item_ids: list[uuid.UUID]) -> _Counting:
        seats = session.execute(
            sa.select(Seat.member_id, Seat.attended_at).where(
                Seat.community_id == meeting.community_id, Seat.session_id == meeting.id
            )
        ).all()
        recused, votes = defaultdict(set), defaultdict(list)
        for item_id, member_id in session.execute(
            sa.select(Recusal.item_id, Recusal.member_id).where(
                Recusal.community_id == meeting.community_id, Recusal.item_id.in_(item_ids)
            )
        ):
            recused[item_id].add(member_id)
        for item_id, choice, points in session.execute(
            sa.select(Ballot.item_id, Ballot.choice, Ballot.points).where(
                Ballot.community_id == meeting.community_id, Ballot.item_id.in_(item_ids)
            )
        ):
            votes[item_id].append(Vote(choice, points))
        attended = {seat.member_id for seat in seats if seat.attended_at}
        return cls(attended, {seat.member_id for seat in seats}, recused, votes)

    def decide(self, row: sa.Row, deed: sa.Row, rule: RuleView) -> _Ended:
        """Counts one item; who is recused is neither present nor counted in the roll."""
        aside = self.recused[row.id]
        present, may_decide = len(self.attended - aside), len(self.roll - aside)
        if row.block == "consent":
            found = decide_by_consent(deed.expected_points, present=present, may_decide=may_decide)
        else:
            votes = self.votes[row.id]
            found = decide(votes, present=present, may_decide=may_decide, second_level=False)
            if found.outcome == "approved" and needs_second_level(rule.review_path, found.points):
                # Whether two thirds are needed is known only once the award is.
                found = decide(votes, present=present, may_decide=may_decide, second_level=True)
        outcome = found.outcome
        if outcome == "approved" and needs_second_level(rule.review_path, found.points):
            outcome = "needs_second_level"
        return _Ended(
            row.id, row.record_id, row.block, outcome, found.points, found.votes_for, found.votes_against,
            found.votes_abstained, len(aside), found.present, found.quorum,
        )  # fmt: skip


def _records(session: Session, community_id: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, sa.Row]:
    rows = session.execute(
        sa.select(record).where(record.c.community_id == community_id, record.c.id.in_(ids)).with_for_update()
    )
    return {row.id: row for row in rows}


def _set_state(session: Session, community_id: int, record_ids: list[uuid.UUID], state: str) -> None:
    session.execute(
        sa.update(record)
        .where(record.c.community_id == community_id, record.c.id.in_(record_ids))
        .values(state=state)
    )


def _outcomes(session: Session, meeting: ReviewSession) -> dict[str, int]:
    rows = session.execute(
        sa.select(AgendaItem.outcome, sa.func.count())
        .where(AgendaItem.community_id == meeting.community_id, AgendaItem.session_id == meeting.id)
        .group_by(AgendaItem.outcome)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class ConfirmDecision:
    """The second level: the supervisor confirms an approval, or refuses it with a reason."""

    community_id: int
    actor_id: uuid.UUID
    item_id: uuid.UUID
    confirm: bool
    reason: str = ""


def confirm_decision(session: Session, command: ConfirmDecision, *, now: datetime) -> str:
    """Publishes the award, or ends the record as rejected; returns the item's outcome. Again: the same outcome.

    Raises NotFound ``item_not_found``; NotAllowed ``related_to_item`` (own, household's or reported by the
    supervisor), ``judge_of_item`` (sat in the session); Conflict ``no_second_level_needed``; Invalid ``reason_needed``.
    """
    item = session.scalar(
        sa.select(AgendaItem)
        .where(AgendaItem.community_id == command.community_id, AgendaItem.id == command.item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if item is None:
        raise NotFound("item_not_found")
    if item.second_level_by == command.actor_id and (item.outcome == "approved") == command.confirm:
        return item.outcome
    if item.outcome != "needs_second_level":
        raise Conflict("no_second_level_needed")
    row = _records(session, command.community_id, [item.record_id])[item.record_id]
    _check_second_level(session, command, item, row)
    item.second_level_by, item.second_level_at, item.second_level_reason = (
        command.actor_id,
        now,
        command.reason.strip(),
    )
    item.outcome = "approved" if command.confirm else "not_confirmed"
    event = "confirmed" if command.confirm else "not_confirmed"
    write_event(
        session, command.community_id, row.id, event, command.actor_id, now=now, note=command.reason.strip()
    )
    session.flush()
    if command.confirm:
        rule = rules_by_id(session, command.community_id, {row.rule_item_id})[row.rule_item_id]
        award = Award(row, rule, item)
        publish_awards(session, command.community_id, [award], actor_id=command.actor_id, now=now)
    else:
        _set_state(session, command.community_id, [row.id], "rejected")
    return item.outcome


def _check_second_level(session: Session, command: ConfirmDecision, item: AgendaItem, row: sa.Row) -> None:
    actor = members_by_id(session, command.community_id, [command.actor_id]).get(command.actor_id)
    if actor is None or recusal_reason(
        judge=actor.id, judge_household=actor.household_id, member=row.member_id, household=row.household_id,
        reporter=row.reporter_id,
    ):  # fmt: skip
        raise NotAllowed("related_to_item")
    sat = session.scalar(
        sa.select(Seat.id).where(
            Seat.community_id == command.community_id, Seat.session_id == item.session_id,
            Seat.member_id == command.actor_id,
        )
    )  # fmt: skip
    if sat is not None:
        raise NotAllowed("judge_of_item")
    if not command.confirm and not command.reason.strip():
        raise Invalid("reason_needed")

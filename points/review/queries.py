"""Reading sessions. Until a session is closed nobody's ballot leaves this module but to the one who cast it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Member
from points.records.models import Record
from points.records.queries import PhotoView, RecordLine, photos_of, records_by_id
from points.review.ballot_queries import ballots_cast, own_ballots
from points.review.models import AgendaItem, Recusal, ReviewSession, Seat
from points.review.policy import MOST_ITEMS, quorum_of
from points.review.secrecy import Choice
from points.rules.queries import RuleView, rules_by_id

meeting_table, seat, item, recusal = (
    ReviewSession.__table__, Seat.__table__, AgendaItem.__table__, Recusal.__table__,
)  # fmt: skip
record, member = Record.__table__, Member.__table__


@dataclass(frozen=True)
class SessionView:
    """A session; ``state`` counts its end by time: open and past ``closes_at`` reads ``closed``."""

    id: uuid.UUID
    scheduled_for: datetime
    chair_id: uuid.UUID
    chair: str
    state: str
    secrecy: str
    roll_call_token: str
    current_position: int
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    revision: int
    items: int
    kind: str
    body: str
    roll_size: int | None
    roll_hash: str | None
    draw_seed: str | None


@dataclass(frozen=True)
class SeatView:
    """A name on the roll; ``left_at``: sat there at first."""

    member_id: uuid.UUID
    name: str
    attended_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True)
class ItemView:
    """An item as one reviewer (or the room) may see it. ``cast`` counts ballots; tallies are empty until closed.

    ``may_decide`` counts the roll without the recused, ``present`` those of them who are there. ``others``: who else did
    the same deed and gets the same. ``same_as``: the item of this session that reports the same deed.
    """

    id: uuid.UUID
    record: RecordLine
    rule: RuleView
    photos: tuple[PhotoView, ...]
    position: int
    block: str
    least: int
    most: int
    cast: int
    may_decide: int
    quorum: int
    own: Choice | None
    outcome: str | None
    points: int | None
    votes_for: int
    votes_against: int
    votes_abstained: int
    recused: int
    present: int
    others: tuple[RecordLine, ...]
    same_as: uuid.UUID | None
    usual: int

    def people(self) -> tuple[RecordLine, ...]:
        """Everybody who did it."""
        return (self.record, *self.others)


def sessions_of(
    session: Session, community_id: int, *, now: datetime, before: datetime | None = None,
    before_id: uuid.UUID | None = None, limit: int = 20,
) -> list[SessionView]:  # fmt: skip
    """Sessions, newest first, due before a moment; ``before_id`` tells apart those that are due at that very moment."""
    where = [meeting_table.c.community_id == community_id]
    if before is not None:
        earlier = meeting_table.c.scheduled_for < before
        same = sa.and_(meeting_table.c.scheduled_for == before, meeting_table.c.id < before_id)
        where.append(earlier if before_id is None else sa.or_(earlier, same))
    return _sessions(session, where, now, limit)


def session_by_id(
    session: Session, community_id: int, session_id: uuid.UUID, *, now: datetime
) -> SessionView:
    """One session. NotFound ``session_not_found``, also for another community's."""
    where = [meeting_table.c.community_id == community_id, meeting_table.c.id == session_id]
    found = _sessions(session, where, now, 1)
    if not found:
        raise NotFound("session_not_found")
    return found[0]


def _sessions(session: Session, where: list, now: datetime, limit: int) -> list[SessionView]:
    counted = (
        sa.select(sa.func.count())
        .select_from(item)
        .where(
            item.c.community_id == meeting_table.c.community_id,
            item.c.session_id == meeting_table.c.id,
            item.c.follows_id.is_(None),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(meeting_table, member.c.name, counted.label("items"))
        .join(member, sa.and_(member.c.community_id == meeting_table.c.community_id,
                              member.c.id == meeting_table.c.chair_id))
        .where(*where)
        .order_by(meeting_table.c.scheduled_for.desc(), meeting_table.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        SessionView(
            row.id, row.scheduled_for, row.chair_id, row.name,
            "closed" if row.state == "open" and row.closes_at <= now else row.state, row.secrecy, row.roll_call_token,
            row.current_position, row.opened_at, row.closes_at, row.closed_at, row.revision, row.items, row.kind, row.body,
            row.roll_size, row.roll_hash, row.draw_seed,
        )
        for row in rows
    ]  # fmt: skip


def revision_of(session: Session, community_id: int, session_id: uuid.UUID) -> int | None:
    """What the projector asks every second: one primary-key read."""
    return session.scalar(
        sa.select(meeting_table.c.revision).where(
            meeting_table.c.community_id == community_id, meeting_table.c.id == session_id
        )
    )


def waiting_records(session: Session, community_id: int) -> int:
    """How many reports the next session would find on its table (it takes ``MOST_ITEMS`` at most)."""
    waiting = (
        sa.select(record.c.id)
        .where(record.c.community_id == community_id, record.c.state == "submitted")
        .limit(MOST_ITEMS)
        .subquery()
    )
    return session.scalar(sa.select(sa.func.count()).select_from(waiting))


def seats_of(session: Session, community_id: int, session_id: uuid.UUID) -> list[SeatView]:
    """The roll, by name, with those who have left it."""
    rows = session.execute(
        sa.select(seat.c.member_id, seat.c.attended_at, seat.c.left_at, member.c.name)
        .join(member, sa.and_(member.c.community_id == seat.c.community_id, member.c.id == seat.c.member_id))
        .where(seat.c.community_id == community_id, seat.c.session_id == session_id)
        .order_by(member.c.name, member.c.id)
    )
    return [SeatView(row.member_id, row.name, row.attended_at, row.left_at) for row in rows]


def agenda_for(
    session: Session, community_id: int, session_id: uuid.UUID, viewer_id: uuid.UUID | None, *, now: datetime,
    position: int | None = None, record_id: uuid.UUID | None = None,
) -> list[ItemView]:  # fmt: skip
    """The items a member may see: all but those the member is recused from. None: the room's (projector, minutes).

    A deed of several people is one item.
    """
    session_by_id(session, community_id, session_id, now=now)
    query = sa.select(item).where(
        item.c.community_id == community_id, item.c.session_id == session_id, item.c.follows_id.is_(None)
    )
    if position is not None:
        query = query.where(item.c.position == position)
    if record_id is not None:
        query = query.where(item.c.record_id == record_id)
    if viewer_id is not None:
        query = query.where(
            ~sa.exists().where(
                recusal.c.community_id == community_id, recusal.c.item_id == item.c.id,
                recusal.c.member_id == viewer_id,
            )
        )  # fmt: skip
    rows = session.execute(query.order_by(item.c.position)).all()
    return _items(session, community_id, rows, viewer_id, session_id, now)


def item_for(
    session: Session, community_id: int, session_id: uuid.UUID, record_id: uuid.UUID, viewer_id: uuid.UUID, *,
    now: datetime,
) -> ItemView:  # fmt: skip
    """One item for one member. NotFound ``item_not_found``, also for the recused."""
    found = agenda_for(session, community_id, session_id, viewer_id, now=now, record_id=record_id)
    if not found:
        raise NotFound("item_not_found")
    return found[0]


def waiting_for_second_level(session: Session, community_id: int, *, now: datetime) -> list[ItemView]:
    """Approvals that the supervisor has to confirm, oldest first."""
    rows = session.execute(
        sa.select(item)
        .where(
            item.c.community_id == community_id,
            item.c.outcome == "needs_second_level",
            item.c.follows_id.is_(None),
        )
        .order_by(item.c.decided_at, item.c.position)
    ).all()
    return _items(session, community_id, rows, None, None, now)


def item_of_record(
    session: Session, community_id: int, record_id: uuid.UUID, *, now: datetime
) -> ItemView | None:
    """The last closed item of a record, with its tally."""
    rows = session.execute(
        sa.select(item)
        .where(
            item.c.community_id == community_id, item.c.record_id == record_id, item.c.outcome.is_not(None)
        )
        .order_by(item.c.id.desc())
        .limit(1)
    ).all()
    found = _items(session, community_id, rows, None, None, now)
    return found[0] if found else None


def session_of_item(session: Session, community_id: int, item_id: uuid.UUID) -> uuid.UUID | None:
    """In which session an item lay on the table."""
    return session.scalar(
        sa.select(item.c.session_id).where(item.c.community_id == community_id, item.c.id == item_id)
    )


def recusals_of(
    session: Session, community_id: int, session_id: uuid.UUID, *, member_id: uuid.UUID | None = None
) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Item -> (name, reason) of those who stand aside; for one member, or for the minutes."""
    query = (
        sa.select(recusal.c.item_id, recusal.c.reason, member.c.name)
        .join(item, sa.and_(item.c.community_id == recusal.c.community_id, item.c.id == recusal.c.item_id))
        .join(
            member,
            sa.and_(member.c.community_id == recusal.c.community_id, member.c.id == recusal.c.member_id),
        )
        .where(recusal.c.community_id == community_id, item.c.session_id == session_id)
    )
    if member_id is not None:
        query = query.where(recusal.c.member_id == member_id)
    found: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for row in session.execute(query):
        found.setdefault(row.item_id, []).append((row.name, row.reason))
    return found


def _items(
    session: Session, community_id: int, rows: list[sa.Row], viewer_id: uuid.UUID | None,
    session_id: uuid.UUID | None, now: datetime,
) -> list[ItemView]:  # fmt: skip
    ids = [row.id for row in rows]
    following = _following(session, community_id, ids)
    record_ids = [row.record_id for row in rows]
    everybody = [*record_ids, *(each for others in following.values() for each in others)]
    records = records_by_id(session, community_id, everybody, now=now)
    rule_ids = dict(
        session.execute(
            sa.select(record.c.id, record.c.rule_item_id).where(
                record.c.community_id == community_id, record.c.id.in_(record_ids)
            )
        ).all()
    )
    rules = rules_by_id(session, community_id, set(rule_ids.values()))
    photos = photos_of(session, community_id, record_ids)
    judges = _Judges.of(session, community_id, session_id, ids)
    counts = ballots_cast(session, community_id, ids)
    own = own_ballots(session, community_id, ids, viewer_id)
    views = []
    for row in rows:
        line, rule = records[row.record_id], rules[rule_ids[row.record_id]]
        may_decide, present = judges.of_item(row.id)
        ended = row.outcome is not None
        views.append(
            ItemView(
                row.id, line, rule, tuple(photos.get(row.record_id, ())), row.position, row.block,
                *rule.range_for(line.quantity), counts.get(row.id, 0), may_decide,
                row.quorum if ended else quorum_of(may_decide), own.get(row.id), row.outcome, row.points,
                row.votes_for, row.votes_against, row.votes_abstained, row.recused if ended else judges.aside(row.id),
                row.present if ended else present, tuple(records[each] for each in following.get(row.id, ())),
                row.same_as_id, rule.expected_points * line.quantity,
            )
        )  # fmt: skip
    return views


def _following(session: Session, community_id: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Leading item -> the records of the others who did the same deed."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    if ids:
        rows = session.execute(
            sa.select(item.c.follows_id, item.c.record_id)
            .where(item.c.community_id == community_id, item.c.follows_id.in_(ids))
            .order_by(item.c.position)
        )
        for row in rows:
            found.setdefault(row.follows_id, []).append(row.record_id)
    return found


@dataclass
class _Judges:
    """The roll, who of it is there, and who stands aside from what; read in two statements."""

    roll: set[uuid.UUID]
    attended: set[uuid.UUID]
    recused: dict[uuid.UUID, set[uuid.UUID]]

    @classmethod
    def of(
        cls, session: Session, community_id: int, session_id: uuid.UUID | None, ids: list[uuid.UUID]
    ) -> _Judges:
        seats = seats_of(session, community_id, session_id) if session_id else []
        recused: dict[uuid.UUID, set[uuid.UUID]] = {}
        if ids:
            rows = session.execute(
                sa.select(recusal.c.item_id, recusal.c.member_id).where(
                    recusal.c.community_id == community_id, recusal.c.item_id.in_(ids)
                )
            )
            for row in rows:
                recused.setdefault(row.item_id, set()).add(row.member_id)
        sitting = [each for each in seats if each.left_at is None]
        attended = {each.member_id for each in sitting if each.attended_at}
        return cls({each.member_id for each in sitting}, attended, recused)

    def of_item(self, item_id: uuid.UUID) -> tuple[int, int]:
        """How many may decide an item, and how many of them are there."""
        aside = self.recused.get(item_id, set())
        return len(self.roll - aside), len(self.attended - aside)

    def aside(self, item_id: uuid.UUID) -> int:
        """How many stand aside."""
        return len(self.recused.get(item_id, ()))

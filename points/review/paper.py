"""Paper meetings: attendance and tallies keyed in from the printed sheet, each tally by two persons."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.review.models import AgendaItem, PaperTally, Recusal, ReviewSession, Seat
from points.review.policy import Vote
from points.review.reading import lock_session, require_open
from points.review.scale import scale_of

TWO_PERSONS = 2
item, tally, seat = AgendaItem.__table__, PaperTally.__table__, Seat.__table__


@dataclass(frozen=True)
class NoteAttendance:
    """Who signed the sheet."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    member_ids: tuple[uuid.UUID, ...]


def note_attendance(session: Session, command: NoteAttendance, *, now: datetime) -> int:
    """Sets who was there, while the session is open; returns how many. Somebody not on the roll is not counted.

    Raises NotFound; Conflict ``session_not_open``, ``session_closed``, ``not_on_paper``.
    """
    meeting = _paper_meeting(session, command.community_id, command.session_id, now)
    mine = sa.and_(seat.c.community_id == meeting.community_id, seat.c.session_id == meeting.id)
    session.execute(sa.update(seat).where(mine).values(attended_at=None))
    session.execute(
        sa.update(seat)
        .where(mine, seat.c.member_id.in_(command.member_ids), seat.c.left_at.is_(None))
        .values(attended_at=now)
    )
    meeting.revision += 1
    return session.scalar(
        sa.select(sa.func.count()).select_from(seat).where(mine, seat.c.attended_at.is_not(None))
    )


@dataclass(frozen=True)
class KeyTally:
    """What stands on the sheet for one item; ``scores``: the points of each approving ballot."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    record_id: uuid.UUID
    scores: tuple[int, ...]
    votes_against: int
    votes_abstained: int


def key_tally(session: Session, command: KeyTally, *, now: datetime) -> bool:
    """Keys one item; True once two persons have keyed the same. One's own figures may be mended until the end.

    Raises NotFound ``item_not_found``; Conflict ``session_not_open``, ``session_closed``, ``not_on_paper``,
    ``keyed_by_two``; Invalid ``more_votes_than_present``, ``points_out_of_range``.
    """
    meeting = _paper_meeting(session, command.community_id, command.session_id, now)
    found = session.scalar(
        sa.select(AgendaItem).where(
            AgendaItem.community_id == command.community_id, AgendaItem.session_id == meeting.id,
            AgendaItem.record_id == command.record_id, AgendaItem.follows_id.is_(None),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound("item_not_found")
    _check_figures(session, command, meeting, found)
    keyed = {row.entered_by: row for row in session.scalars(
        sa.select(PaperTally).where(
            PaperTally.community_id == command.community_id, PaperTally.item_id == found.id
        )
    )}  # fmt: skip
    own = keyed.get(command.actor_id)
    if own is None:
        if len(keyed) >= TWO_PERSONS:
            raise Conflict("keyed_by_two")
        own = PaperTally(
            community_id=command.community_id, id=new_id(), item_id=found.id, entered_by=command.actor_id
        )
        session.add(own)
    own.scores = " ".join(str(score) for score in sorted(command.scores))
    own.votes_against, own.votes_abstained = command.votes_against, command.votes_abstained
    own.entered_at = now
    meeting.revision += 1
    return is_checked([*(row for key, row in keyed.items() if key != command.actor_id), own])


def is_checked(tallies: list[PaperTally] | list[sa.Row]) -> bool:
    """Two persons keyed the same figures."""
    figures = {(each.scores, each.votes_against, each.votes_abstained) for each in tallies}
    return len(tallies) == TWO_PERSONS and len(figures) == 1


def _check_figures(session: Session, command: KeyTally, meeting: ReviewSession, found: AgendaItem) -> None:
    aside = sa.select(Recusal.member_id).where(
        Recusal.community_id == command.community_id, Recusal.item_id == found.id
    )
    present = session.scalar(
        sa.select(sa.func.count())
        .select_from(seat)
        .where(seat.c.community_id == command.community_id, seat.c.session_id == meeting.id,
               seat.c.attended_at.is_not(None), seat.c.left_at.is_(None), seat.c.member_id.not_in(aside))
    )  # fmt: skip
    votes = len(command.scores) + command.votes_against + command.votes_abstained
    if votes > present:
        raise Invalid("more_votes_than_present", votes=votes, present=present)
    scale = scale_of(session, command.community_id, found.record_id)
    for score in command.scores:
        if not scale.least <= score <= scale.most:
            raise Invalid("points_out_of_range", least=scale.least, most=scale.most)


def _paper_meeting(
    session: Session, community_id: int, session_id: uuid.UUID, now: datetime
) -> ReviewSession:
    meeting = lock_session(session, community_id, session_id)
    require_open(meeting, now)
    if meeting.kind != "paper":
        raise Conflict("not_on_paper")
    return meeting


def tallies_of(session: Session, community_id: int, session_id: uuid.UUID) -> dict[uuid.UUID, list[sa.Row]]:
    """Item -> what was keyed for it, one row for each person."""
    rows = session.execute(
        sa.select(tally)
        .join(item, sa.and_(item.c.community_id == tally.c.community_id, item.c.id == tally.c.item_id))
        .where(tally.c.community_id == community_id, item.c.session_id == session_id)
    )
    found: dict[uuid.UUID, list[sa.Row]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(row)
    return found


def sheet_votes(session: Session, meeting: ReviewSession) -> dict[uuid.UUID, list[Vote]]:
    """The votes of every item that two persons keyed alike; the others have none and come back."""
    return {
        item_id: [
            *(Vote("approve", int(score)) for score in rows[0].scores.split()),
            *(Vote("reject") for _ in range(rows[0].votes_against)),
            *(Vote("abstain") for _ in range(rows[0].votes_abstained)),
        ]
        for item_id, rows in tallies_of(session, meeting.community_id, meeting.id).items()
        if is_checked(rows)
    }


def require_checked_sheets(session: Session, meeting: ReviewSession) -> None:
    """Conflict ``sheets_not_checked`` (``count``): something was keyed by one person only, or differently by two."""
    keyed = tallies_of(session, meeting.community_id, meeting.id)
    unchecked = sum(not is_checked(rows) for rows in keyed.values())
    if unchecked:
        raise Conflict("sheets_not_checked", count=unchecked)

"""Drawing a month's re-checks, and writing down a visit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day, period_of
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.fairness.drawing import default_count, draw, fingerprint
from points.fairness.models import FINDINGS, Recheck, RecheckRound
from points.fairness.queries import has_judged, is_concerned
from points.fairness.rounds import end_of, posted_in
from points.fairness.seeds import seed_after
from points.people.operations import write_act
from points.people.queries import community_by_id

LONGEST_WORDS = 500


@dataclass(frozen=True)
class DrawRechecks:
    """Draw among the awards of ``month`` (its first day). ``count`` None: 5 %, at least 3; more, never fewer."""

    community_id: int
    actor_id: uuid.UUID
    month: date
    count: int | None = None


def draw_rechecks(session: Session, command: DrawRechecks, *, now: datetime) -> uuid.UUID:
    """Draws once for a month and says so on the public line; again: the round there is. Returns it.

    The month must be over and the seed published after it, so that whoever draws can choose neither the list nor the
    seed. Raises Conflict ``month_not_over``, ``nothing_to_recheck``, ``seed_not_yet``; Invalid
    ``recheck_count_wrong``.
    """
    community_id = command.community_id
    community = community_by_id(session, community_id)
    month, zone = period_of(command.month, "month")[0], community.zone
    drawn = session.scalar(
        sa.select(RecheckRound.id).where(
            RecheckRound.community_id == community_id, RecheckRound.month == month
        )
    )
    if drawn is not None:
        return drawn
    if end_of(month) > local_day(now, zone):
        raise Conflict("month_not_over")
    posted = posted_in(session, community_id, month, zone=zone)
    if not posted:
        raise Conflict("nothing_to_recheck")
    count = _count(command.count, len(posted))
    seed = seed_after(session, community_id, end_of(month), zone=zone, now=now)
    if seed is None:
        raise Conflict("seed_not_yet")
    found = RecheckRound(
        community_id=community_id, id=new_id(), month=month, seed=seed.value.hex(), source=seed.source,
        size=len(posted), count=count, list_sha256=fingerprint([one.notice_id for one in posted]), drawn_at=now,
        drawn_by=command.actor_id,
    )  # fmt: skip
    session.add(found)
    session.flush()  # the visits point at it
    session.add_all(
        Recheck(community_id=community_id, id=new_id(), round_id=found.id, record_id=posted[number - 1].record_id,
                number=number, state="open", contact="", words="")
        for number in draw(seed.value, len(posted), count)
    )  # fmt: skip
    write_act(
        session,
        command,
        "rechecks_drawn",
        f"{month:%Y-%m} {count}/{len(posted)}",
        seed.value.hex()[:16],
        now=now,
    )
    return found.id


def _count(wanted: int | None, size: int) -> int:
    least = default_count(size)
    count = least if wanted is None else wanted
    if not least <= count <= size:
        raise Invalid("recheck_count_wrong", least=least, most=size)
    return count


@dataclass(frozen=True)
class NoteVisit:
    """What the supervisor found. ``contact``: who was asked and what they said."""

    community_id: int
    actor_id: uuid.UUID
    recheck_id: uuid.UUID
    state: str
    words: str
    contact: str = ""
    visited_on: date | None = None


def note_visit(session: Session, command: NoteVisit, *, now: datetime) -> str:
    """Writes a visit down, once; the same again changes nothing. Points stay: a wrong finding is a matter for a
    correction. Returns the state.

    Raises NotFound ``recheck_not_found``; NotAllowed ``related_to_item`` (own, household's or reported by the
    visitor), ``judge_of_item``; Conflict ``recheck_done``; Invalid ``finding_unknown``, ``reason_needed``,
    ``note_too_long``, ``visit_day_wrong`` (before the draw or to come).
    """
    found = session.scalar(
        sa.select(Recheck)
        .where(Recheck.community_id == command.community_id, Recheck.id == command.recheck_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("recheck_not_found")
    words, contact = command.words.strip(), command.contact.strip()
    if found.state != "open":
        if (found.state, found.visited_by, found.words) == (command.state, command.actor_id, words):
            return found.state
        raise Conflict("recheck_done")
    if command.state not in FINDINGS:
        raise Invalid("finding_unknown")
    if not words:
        raise Invalid("reason_needed")
    if max(len(words), len(contact)) > LONGEST_WORDS:
        raise Invalid("note_too_long", most=LONGEST_WORDS)
    if is_concerned(session, command.community_id, command.actor_id, found.record_id):
        raise NotAllowed("related_to_item")
    if has_judged(session, command.community_id, command.actor_id, found.record_id):
        raise NotAllowed("judge_of_item")
    found.visited_on = _visit_day(session, command, found, now)
    found.state, found.words, found.contact = command.state, words, contact
    found.visited_by, found.written_at = command.actor_id, now
    return found.state


def _visit_day(session: Session, command: NoteVisit, found: Recheck, now: datetime) -> date:
    zone = community_by_id(session, command.community_id).zone
    today = local_day(now, zone)
    drawn_at = session.scalar(
        sa.select(RecheckRound.drawn_at).where(
            RecheckRound.community_id == command.community_id, RecheckRound.id == found.round_id
        )
    )
    day = command.visited_on or today
    if not local_day(drawn_at, zone) <= day <= today:
        raise Invalid("visit_day_wrong")
    return day

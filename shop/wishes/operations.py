"""Wishing, wishing the same, and the steward's answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.models import Member
from points.people.operations import write_act
from shop.wishes.models import LONGEST_WISH, Wish, WishBacking

# So that the list stays everybody's: who has these waiting wishes again when one has its answer.
MOST_OPEN = 3
ANSWERS = ("coming", "done", "declined")
WAITING = ("open", "coming")


@dataclass(frozen=True)
class MakeWish:
    """A resident says what the shop should have."""

    community_id: int
    actor_id: uuid.UUID
    text: str


def make_wish(session: Session, command: MakeWish, *, now: datetime) -> uuid.UUID:
    """Writes the wish down, backed by who made it; returns its id, the same for the same waiting text of the same person.

    Raises Invalid ``wish_missing``; NotFound ``member_not_found``; Conflict ``too_many_wishes``.
    """
    text = command.text.strip()
    if not 1 <= len(text) <= LONGEST_WISH:
        raise Invalid("wish_missing", most=LONGEST_WISH)
    _lock_member(session, command)
    mine = session.execute(
        sa.select(Wish.id, Wish.text, Wish.state).where(
            Wish.community_id == command.community_id, Wish.member_id == command.actor_id, Wish.state.in_(WAITING)
        )
    ).all()  # fmt: skip
    for one in mine:
        if one.text == text:
            return one.id
    if sum(one.state == "open" for one in mine) >= MOST_OPEN:
        raise Conflict("too_many_wishes", most=MOST_OPEN)
    wish = Wish(
        community_id=command.community_id, id=new_id(), member_id=command.actor_id, text=text, created_at=now
    )
    session.add(wish)
    session.flush()
    _back(session, command, wish.id, now)
    return wish.id


@dataclass(frozen=True)
class BackWish:
    """Somebody wishes the same."""

    community_id: int
    actor_id: uuid.UUID
    wish_id: uuid.UUID


def back_wish(session: Session, command: BackWish, *, now: datetime) -> None:
    """Counts once for each member. NotFound ``wish_not_found``, ``member_not_found``; Conflict ``wish_is_answered``."""
    _lock_member(session, command)
    wish = _wish(session, command)
    if wish.state not in WAITING:
        raise Conflict("wish_is_answered")
    backed = sa.select(WishBacking.id).where(
        WishBacking.community_id == command.community_id, WishBacking.wish_id == wish.id,
        WishBacking.member_id == command.actor_id,
    )  # fmt: skip
    if session.scalar(backed) is None:
        _back(session, command, wish.id, now)


@dataclass(frozen=True)
class AnswerWish:
    """What comes of a wish: ``coming``, ``done`` or ``declined``, with a few words."""

    community_id: int
    actor_id: uuid.UUID
    wish_id: uuid.UUID
    state: str
    answer: str


def answer_wish(session: Session, command: AnswerWish, *, now: datetime) -> None:
    """Raises Invalid ``wish_answer_missing`` (state or words); NotFound ``wish_not_found``; Conflict ``wish_is_answered``
    for one that is done or declined."""
    answer = command.answer.strip()
    if command.state not in ANSWERS or not answer:
        raise Invalid("wish_answer_missing")
    wish = _wish(session, command)
    if wish.state not in WAITING:
        raise Conflict("wish_is_answered")
    wish.state, wish.answer, wish.answered_by, wish.answered_at = command.state, answer, command.actor_id, now
    write_act(session, command, "wish_answered", wish.text, answer, now=now)


def _lock_member(session: Session, command: MakeWish | BackWish) -> None:
    """Two taps of one person wait here for each other."""
    found = session.scalar(
        sa.select(Member.id)
        .where(Member.community_id == command.community_id, Member.id == command.actor_id, Member.left_at.is_(None))
        .with_for_update(key_share=True)
    )  # fmt: skip
    if found is None:
        raise NotFound("member_not_found")


def _wish(session: Session, command: BackWish | AnswerWish) -> Wish:
    wish = session.scalar(
        sa.select(Wish)
        .where(Wish.community_id == command.community_id, Wish.id == command.wish_id)
        .with_for_update(key_share=True)
    )
    if wish is None:
        raise NotFound("wish_not_found")
    return wish


def _back(session: Session, command: MakeWish | BackWish, wish_id: uuid.UUID, now: datetime) -> None:
    session.add(
        WishBacking(
            community_id=command.community_id, id=new_id(), wish_id=wish_id, member_id=command.actor_id, backed_at=now
        )
    )  # fmt: skip

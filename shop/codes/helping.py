"""Opening a helper session: the resident's card and PIN, on the helper's phone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import read_code
from points.errors import Invalid
from points.people.helping import LASTS, CloseHelping, close_helping
from points.people.models import Card, HelperSession
from points.people.queries import member_of_card
from shop.codes.pins import check_pin

card = Card.__table__


@dataclass(frozen=True)
class OpenHelping:
    """``code``: what was scanned or typed of the resident's card."""

    community_id: int
    helper_id: uuid.UUID
    code: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class HelpingOpened:
    """``pin``: ``ok``, else ``wrong``, ``locked`` or ``unset``, and there is no session."""

    pin: str
    session_id: uuid.UUID | None = None


def open_helping(session: Session, command: OpenHelping, *, now: datetime) -> HelpingOpened:
    """Opens a session of ``LASTS``; another one of this helper ends with it.

    A wrong PIN is an answer and no error, since the try must count. Raises Invalid ``code_not_ours``, ``helping_oneself``;
    NotFound ``card_not_found``, ``card_replaced``, ``member_not_found``.
    """
    token = read_code(command.code)
    if token is None:
        raise Invalid("code_not_ours")
    person = member_of_card(session, command.community_id, token)
    if person.id == command.helper_id:
        raise Invalid("helping_oneself")
    answer = check_pin(session, command.community_id, person.id, command.pin, now=now)
    if answer != "ok":
        return HelpingOpened(answer)
    close_helping(session, CloseHelping(command.community_id, command.helper_id), now=now)
    card_id = session.scalar(
        sa.select(card.c.id).where(card.c.community_id == command.community_id, card.c.token == token)
    )
    session_id = new_id()
    session.add(
        HelperSession(
            community_id=command.community_id, id=session_id, helper_id=command.helper_id, member_id=person.id,
            card_id=card_id, opened_at=now, ends_at=now + LASTS,
        )
    )  # fmt: skip
    return HelpingOpened("ok", session_id)

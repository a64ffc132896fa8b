"""The register of money set aside for goods: entered by one, confirmed by another, never changed."""

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
from shop.settlement.models import FundConfirmation, FundEntry

entry, confirmation, member = FundEntry.__table__, FundConfirmation.__table__, Member.__table__

MOST_FEN = 10_000_000_00


@dataclass(frozen=True)
class EnterFunds:
    """``fen`` were set aside (negative: taken out for goods), from ``source``."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    fen: int
    source: str
    note: str = ""


@dataclass(frozen=True)
class ConfirmFunds:
    """The paper behind an entry was seen."""

    community_id: int
    actor_id: uuid.UUID
    entry_id: uuid.UUID


@dataclass(frozen=True)
class FundLine:
    """A line of the register. ``confirmed_by`` is empty while it does not count yet."""

    id: uuid.UUID
    fen: int
    source: str
    note: str
    entered_by: str
    entered_at: datetime
    confirmed_by: str | None


def enter_funds(session: Session, command: EnterFunds, *, now: datetime) -> uuid.UUID:
    """A line that waits for its confirmation, once for each key.

    Raises Invalid ``fund_source_missing``, ``amount_must_be_positive``, ``amount_too_large``; Conflict ``request_key_reused``.
    """
    if not command.source.strip():
        raise Invalid("fund_source_missing")
    if command.fen == 0:
        raise Invalid("amount_must_be_positive")
    if abs(command.fen) > MOST_FEN:
        raise Invalid("amount_too_large", most=MOST_FEN // 100)
    earlier = session.execute(
        sa.select(entry).where(
            entry.c.community_id == command.community_id, entry.c.request_key == command.request_key
        )
    ).one_or_none()
    if earlier is not None:
        if (earlier.fen, earlier.entered_by) != (command.fen, command.actor_id):
            raise Conflict("request_key_reused")
        return earlier.id
    entry_id = new_id()
    session.execute(
        sa.insert(entry).values(
            community_id=command.community_id, id=entry_id, fen=command.fen, source=command.source.strip(),
            note=command.note.strip(), entered_by=command.actor_id, entered_at=now, request_key=command.request_key,
        )
    )  # fmt: skip
    return entry_id


def confirm_funds(session: Session, command: ConfirmFunds, *, now: datetime) -> None:
    """From now on the line counts, and everybody may read it. Again: nothing more.

    Raises NotFound ``fund_entry_not_found``; Conflict ``signed_by_same_person``.
    """
    found = session.execute(
        sa.select(entry, confirmation.c.id.label("confirmed"))
        .outerjoin(confirmation, sa.and_(confirmation.c.community_id == entry.c.community_id,
                                         confirmation.c.entry_id == entry.c.id))
        .where(entry.c.community_id == command.community_id, entry.c.id == command.entry_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound("fund_entry_not_found")
    if found.entered_by == command.actor_id:
        raise Conflict("signed_by_same_person")
    if found.confirmed is not None:
        return
    session.execute(
        sa.insert(confirmation).values(
            community_id=command.community_id, id=new_id(), entry_id=found.id, member_id=command.actor_id,
            confirmed_at=now,
        )
    )  # fmt: skip
    write_act(session, command, "funds_confirmed", f"{found.fen}", found.source, now=now)


def funds_fen(session: Session, community_id: int) -> int:
    """Confirmed money for goods, in fen."""
    return int(
        session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(entry.c.fen), 0))
            .join(confirmation, sa.and_(confirmation.c.community_id == entry.c.community_id,
                                        confirmation.c.entry_id == entry.c.id))
            .where(entry.c.community_id == community_id)
        )
    )  # fmt: skip


def fund_lines(session: Session, community_id: int, *, limit: int = 50) -> list[FundLine]:
    """The register, newest first."""
    first, second = member.alias("first"), member.alias("second")
    rows = session.execute(
        sa.select(entry, first.c.name.label("first_name"), second.c.name.label("second_name"))
        .join(first, sa.and_(first.c.community_id == entry.c.community_id, first.c.id == entry.c.entered_by))
        .outerjoin(confirmation, sa.and_(confirmation.c.community_id == entry.c.community_id,
                                         confirmation.c.entry_id == entry.c.id))
        .outerjoin(second, sa.and_(second.c.community_id == entry.c.community_id, second.c.id == confirmation.c.member_id))
        .where(entry.c.community_id == community_id)
        .order_by(entry.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        FundLine(row.id, row.fen, row.source, row.note, row.first_name, row.entered_at, row.second_name)
        for row in rows
    ]

"""Drawing up a statement, signing it, and saying what a point is worth."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.ledger.accounts import lock_rows
from points.people.models import Community, Member
from points.people.operations import write_act
from shop.catalogue.models import Shop
from shop.settlement.entries import account_of_shop, last_entry_before, parts_between
from shop.settlement.models import SettlementLine, SettlementSignature, SettlementStatement, UnitValue
from shop.settlement.policy import Heading, Part, digest_of

shop, statement, signature, unit_value = (
    Shop.__table__, SettlementStatement.__table__, SettlementSignature.__table__, UnitValue.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class SetUnitValue:
    """One point is worth ``fen`` (yuan fen) to a shop, for every entry recorded from ``now`` on."""

    community_id: int
    actor_id: uuid.UUID
    fen: int
    reason: str


@dataclass(frozen=True)
class DrawStatement:
    """Settle a shop up to ``until`` (now at the latest), from where the last statement ended."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    until: datetime


@dataclass(frozen=True)
class SignStatement:
    """``side`` is ``shop`` or ``village``; who may sign for which is the caller's to know."""

    community_id: int
    actor_id: uuid.UUID
    statement_id: uuid.UUID
    side: str


def set_unit_value(session: Session, command: SetUnitValue, *, now: datetime) -> uuid.UUID:
    """A new value from now on, with a line of the public list; what was recorded before keeps the value it had.

    Raises Invalid ``reason_needed``, ``amount_too_small``, ``amount_too_large``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    if command.fen < 1:
        raise Invalid("amount_too_small", least=1)
    if command.fen > 100_000:
        raise Invalid("amount_too_large", most=100_000)
    before = unit_value_at(session, command.community_id, now)
    value_id = new_id()
    session.execute(
        sa.insert(unit_value).values(
            community_id=command.community_id, id=value_id, fen=command.fen, valid_from=now,
            reason=command.reason.strip(), set_by=command.actor_id, set_at=now,
        )
    )  # fmt: skip
    detail = f"{'-' if before is None else before} → {command.fen}"
    write_act(session, command, "unit_value_set", detail, command.reason.strip(), now=now)
    return value_id


def unit_value_at(session: Session, community_id: int, moment: datetime) -> int | None:
    """Fen for one point at a moment; None while nobody has said."""
    return session.scalar(
        sa.select(unit_value.c.fen)
        .where(unit_value.c.community_id == community_id, unit_value.c.valid_from <= moment)
        .order_by(unit_value.c.valid_from.desc(), unit_value.c.id.desc())
        .limit(1)
    )


def values_in_force(
    session: Session, community_id: int, from_at: datetime, until: datetime
) -> list[tuple[datetime, int]]:
    """The moment and fen of every value of a point between two moments, the one in force at the start first.

    Before anybody had said, a point was worth what was said first. Empty while nobody has.
    """
    rows = session.execute(
        sa.select(unit_value.c.valid_from, unit_value.c.fen)
        .where(unit_value.c.community_id == community_id)
        .order_by(unit_value.c.valid_from, unit_value.c.id)
    ).all()
    begun = max(sum(row.valid_from <= from_at for row in rows), 1)
    later = [row for row in rows[begun:] if row.valid_from < until]
    return [(row.valid_from, row.fen) for row in (*rows[begun - 1 : begun], *later)]


def draw_statement(session: Session, command: DrawStatement, *, now: datetime) -> uuid.UUID:
    """Adds up the entries since the last statement and keeps names, parts and digest; returns the statement's id.

    The shop's account is locked, so that the last number stands. Every entry is worth what a point was worth when it was
    recorded. Raises NotFound ``shop_not_found``; Invalid ``period_not_over``; Conflict ``nothing_to_settle``,
    ``unit_value_missing``.
    """
    if command.until > now:
        raise Invalid("period_not_over")
    account = _lock_account(session, command.community_id, command.shop_id)
    before = last_statement(session, command.community_id, account.id)
    first, number = (before.last_seq + 1, before.number + 1) if before else (1, 1)
    from_at = before.until_at if before else account.opened_at
    values = values_in_force(session, command.community_id, from_at, command.until)
    if not values:
        raise Conflict("unit_value_missing")
    last = last_entry_before(session, command.community_id, account.id, first, command.until)
    if last < first or command.until <= from_at:
        raise Conflict("nothing_to_settle")
    parts = parts_between(session, command.community_id, account.id, first, last, values)
    head = Heading(*_names(session, command), account.id, number, from_at, command.until)
    return _keep(session, command, head, parts, now)


def _names(session: Session, command: DrawStatement) -> tuple[str, str]:
    """Of the village and the shop, as they are today."""
    row = session.execute(
        sa.select(Community.name.label("village"), shop.c.name.label("shop"))
        .join(shop, shop.c.community_id == Community.id)
        .where(shop.c.community_id == command.community_id, shop.c.id == command.shop_id)
    ).one()
    return row.village, row.shop


def _keep(
    session: Session, command: DrawStatement, head: Heading, parts: Sequence[Part], now: datetime
) -> uuid.UUID:
    statement_id = new_id()
    session.execute(
        sa.insert(statement).values(
            community_id=command.community_id, id=statement_id, shop_id=command.shop_id, **asdict(head),
            first_seq=parts[0].first_seq, last_seq=parts[-1].last_seq, points=sum(part.points for part in parts),
            fen=sum(part.fen for part in parts), digest=digest_of(head, parts), drawn_by=command.actor_id, drawn_at=now,
        )
    )  # fmt: skip
    session.execute(
        sa.insert(SettlementLine.__table__),
        [
            {"community_id": command.community_id, "id": new_id(), "statement_id": statement_id,
             "first_seq": part.first_seq, "last_seq": part.last_seq, "unit_value_fen": part.unit_value_fen,
             **asdict(line)}
            for part in parts for line in part.lines
        ],
    )  # fmt: skip
    return statement_id


def sign_statement(session: Session, command: SignStatement, *, now: datetime) -> int:
    """One side's signature; returns how many there are. The second closes the statement and is told to everybody.

    The same person again for the same side changes nothing. Raises NotFound ``statement_not_found``; Conflict
    ``side_signed``, ``signed_by_same_person``.
    """
    found = session.execute(
        sa.select(statement).where(
            statement.c.community_id == command.community_id, statement.c.id == command.statement_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("statement_not_found")
    lock_rows(session, command.community_id, {found.account_id})  # the two sides wait here for each other
    signed = {
        row.side: row.member_id
        for row in session.execute(
            sa.select(signature.c.side, signature.c.member_id).where(
                signature.c.community_id == command.community_id, signature.c.statement_id == found.id
            )
        )
    }
    if signed.get(command.side) == command.actor_id:
        return len(signed)
    if command.side in signed:
        raise Conflict("side_signed")
    if command.actor_id in signed.values():
        raise Conflict("signed_by_same_person")
    session.execute(
        sa.insert(signature).values(
            community_id=command.community_id, id=new_id(), statement_id=found.id, side=command.side,
            member_id=command.actor_id, name=_name_of(session, command), signed_at=now,
        )
    )  # fmt: skip
    if signed:
        write_act(
            session, command, "settlement_signed", f"{found.number} {found.points} {found.fen}", "", now=now
        )
    return len(signed) + 1


def _name_of(session: Session, command: SignStatement) -> str:
    return session.scalar(
        sa.select(Member.name).where(
            Member.community_id == command.community_id, Member.id == command.actor_id
        )
    )


def last_statement(session: Session, community_id: int, account_id: uuid.UUID) -> sa.Row | None:
    """The newest statement of an account."""
    return session.execute(
        sa.select(statement)
        .where(statement.c.community_id == community_id, statement.c.account_id == account_id)
        .order_by(statement.c.number.desc())
        .limit(1)
    ).one_or_none()


def _lock_account(session: Session, community_id: int, shop_id: uuid.UUID) -> sa.Row:
    found = account_of_shop(session, community_id, shop_id)
    if found is None:
        raise NotFound("shop_not_found")
    return lock_rows(session, community_id, {found.id})[found.id]

"""Reading statements, and adding them up again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Member
from shop.catalogue.models import Shop
from shop.settlement.entries import lines_between
from shop.settlement.models import LINE_KINDS, SettlementLine, SettlementSignature, SettlementStatement
from shop.settlement.policy import Line, Range, digest_of, net_of

statement, line, signature = (
    SettlementStatement.__table__,
    SettlementLine.__table__,
    SettlementSignature.__table__,
)
member, shop = Member.__table__, Shop.__table__


@dataclass(frozen=True)
class Signed:
    """Who signed for ``side``, and when."""

    side: str
    member_id: uuid.UUID
    name: str
    signed_at: datetime


@dataclass(frozen=True)
class StatementView:
    """A statement of a shop. ``points`` and ``fen`` are its net; ``signatures`` has two when it is closed."""

    id: uuid.UUID
    shop_id: uuid.UUID
    shop: str
    account_id: uuid.UUID
    number: int
    first_seq: int
    last_seq: int
    from_at: datetime
    until_at: datetime
    unit_value_fen: int
    points: int
    fen: int
    digest: str
    drawn_at: datetime
    signatures: tuple[Signed, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Both sides have signed."""
        return len(self.signatures) == 2

    def signed(self, side: str) -> Signed | None:
        """The signature of one side."""
        return next((one for one in self.signatures if one.side == side), None)


_columns = [
    statement.c[name] for name in StatementView.__dataclass_fields__ if name not in ("shop", "signatures")
]


def statements_of(
    session: Session, community_id: int, *, shop_id: uuid.UUID | None = None, before: uuid.UUID | None = None,
    limit: int = 50,
) -> list[StatementView]:  # fmt: skip
    """Statements, newest first, of one shop or of all, after the one with the id ``before``; two statements."""
    query = _with_shop(community_id)
    if shop_id is not None:
        query = query.where(statement.c.shop_id == shop_id)
    if before is not None:
        query = query.where(statement.c.id < before)
    rows = session.execute(query.order_by(statement.c.id.desc()).limit(limit)).all()
    signed = _signatures(session, community_id, [row.id for row in rows])
    return [_view(row, signed) for row in rows]


def statement_by_id(
    session: Session, community_id: int, statement_id: uuid.UUID
) -> tuple[StatementView, tuple[Line, ...]]:
    """A statement with its stored lines. NotFound ``statement_not_found``."""
    row = session.execute(_with_shop(community_id).where(statement.c.id == statement_id)).one_or_none()
    if row is None:
        raise NotFound("statement_not_found")
    stored = session.execute(
        sa.select(line).where(line.c.community_id == community_id, line.c.statement_id == statement_id)
    )
    by_kind = {one.kind: Line(one.kind, one.entries, one.points) for one in stored}
    lines = tuple(by_kind[kind] for kind in LINE_KINDS if kind in by_kind)
    return _view(row, _signatures(session, community_id, [row.id])), lines


def is_still_the_same(
    session: Session, community_id: int, view: StatementView, stored: tuple[Line, ...]
) -> bool:
    """Adds the ledger's entries up again: True when lines, sum and digest are what was signed."""
    lines = lines_between(session, community_id, view.account_id, view.first_seq, view.last_seq)
    span = Range(view.account_id, view.number, view.first_seq, view.last_seq, view.unit_value_fen)
    return lines == stored and net_of(lines) == view.points and digest_of(span, lines) == view.digest


def _with_shop(community_id: int) -> sa.Select:
    return (
        sa.select(*_columns, shop.c.name.label("shop"))
        .join(
            shop, sa.and_(shop.c.community_id == statement.c.community_id, shop.c.id == statement.c.shop_id)
        )
        .where(statement.c.community_id == community_id)
    )


def _view(row: sa.Row, signed: dict[uuid.UUID, list[Signed]]) -> StatementView:
    values = {name: getattr(row, name) for name in StatementView.__dataclass_fields__ if name != "signatures"}
    return StatementView(**values, signatures=tuple(signed.get(row.id, ())))


def _signatures(session: Session, community_id: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Signed]]:
    found: dict[uuid.UUID, list[Signed]] = {}
    if ids:
        rows = session.execute(
            sa.select(signature, member.c.name)
            .join(member, sa.and_(member.c.community_id == signature.c.community_id, member.c.id == signature.c.member_id))
            .where(signature.c.community_id == community_id, signature.c.statement_id.in_(ids))
            .order_by(signature.c.signed_at, signature.c.id)
        )  # fmt: skip
        for row in rows:
            found.setdefault(row.statement_id, []).append(
                Signed(row.side, row.member_id, row.name, row.signed_at)
            )
    return found

"""Reading statements, and adding them up again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from shop.settlement.entries import lines_between
from shop.settlement.models import LINE_KINDS, SettlementLine, SettlementSignature, SettlementStatement
from shop.settlement.policy import Heading, Line, Part, digest_of

statement, line, signature = (
    SettlementStatement.__table__,
    SettlementLine.__table__,
    SettlementSignature.__table__,
)


@dataclass(frozen=True)
class Signed:
    """Who signed for ``side``, by the name of that day, and when."""

    side: str
    member_id: uuid.UUID
    name: str
    signed_at: datetime


@dataclass(frozen=True)
class StatementView:
    """A statement of a shop, with the names of the day it was drawn. ``points`` and ``fen`` are its net; ``signatures`` has
    two when it is closed."""

    id: uuid.UUID
    shop_id: uuid.UUID
    village: str
    shop: str
    account_id: uuid.UUID
    number: int
    first_seq: int
    last_seq: int
    from_at: datetime
    until_at: datetime
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

    @property
    def heading(self) -> Heading:
        """What its digest covers beside its parts."""
        return Heading(self.village, self.shop, self.account_id, self.number, self.from_at, self.until_at)


_columns = [statement.c[name] for name in StatementView.__dataclass_fields__ if name != "signatures"]


def statements_of(
    session: Session, community_id: int, *, shop_id: uuid.UUID | None = None, before: uuid.UUID | None = None,
    limit: int = 50,
) -> list[StatementView]:  # fmt: skip
    """Statements, newest first, of one shop or of all, after the one with the id ``before``; two statements."""
    query = sa.select(*_columns).where(statement.c.community_id == community_id)
    if shop_id is not None:
        query = query.where(statement.c.shop_id == shop_id)
    if before is not None:
        query = query.where(statement.c.id < before)
    rows = session.execute(query.order_by(statement.c.id.desc()).limit(limit)).all()
    signed = _signatures(session, community_id, [row.id for row in rows])
    return [_view(row, signed) for row in rows]


def statement_by_id(
    session: Session, community_id: int, statement_id: uuid.UUID
) -> tuple[StatementView, tuple[Part, ...]]:
    """A statement with its stored parts. NotFound ``statement_not_found``."""
    row = session.execute(
        sa.select(*_columns).where(statement.c.community_id == community_id, statement.c.id == statement_id)
    ).one_or_none()
    if row is None:
        raise NotFound("statement_not_found")
    stored = session.execute(
        sa.select(line)
        .where(line.c.community_id == community_id, line.c.statement_id == statement_id)
        .order_by(line.c.first_seq)
    )
    return _view(row, _signatures(session, community_id, [row.id])), _parts(stored)


def _parts(stored: Iterable[sa.Row]) -> tuple[Part, ...]:
    found = []
    for key, rows in groupby(stored, key=lambda one: (one.first_seq, one.last_seq, one.unit_value_fen)):
        by_kind = {one.kind: Line(one.kind, one.entries, one.points) for one in rows}
        found.append(Part(*key, tuple(by_kind[kind] for kind in LINE_KINDS if kind in by_kind)))
    return tuple(found)


def is_still_the_same(
    session: Session, community_id: int, view: StatementView, stored: tuple[Part, ...]
) -> bool:
    """Adds the ledger's entries up again: True when parts, sums and digest are what was signed."""
    parts = tuple(
        replace(part, lines=lines_between(session, community_id, view.account_id, part.first_seq, part.last_seq))
        for part in stored
    )  # fmt: skip
    bounds = [view.first_seq, *(part.last_seq + 1 for part in parts)]
    return (
        parts == stored
        and bounds == [*(part.first_seq for part in parts), view.last_seq + 1]
        and (view.points, view.fen) == (sum(part.points for part in parts), sum(part.fen for part in parts))
        and digest_of(view.heading, parts) == view.digest
    )


def _view(row: sa.Row, signed: dict[uuid.UUID, list[Signed]]) -> StatementView:
    values = {name: getattr(row, name) for name in StatementView.__dataclass_fields__ if name != "signatures"}
    return StatementView(**values, signatures=tuple(signed.get(row.id, ())))


def _signatures(session: Session, community_id: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Signed]]:
    found: dict[uuid.UUID, list[Signed]] = {}
    if ids:
        rows = session.execute(
            sa.select(signature)
            .where(signature.c.community_id == community_id, signature.c.statement_id.in_(ids))
            .order_by(signature.c.signed_at, signature.c.id)
        )
        for row in rows:
            found.setdefault(row.statement_id, []).append(
                Signed(row.side, row.member_id, row.name, row.signed_at)
            )
    return found

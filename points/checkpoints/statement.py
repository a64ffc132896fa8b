"""A wallet's own statement to take home and check: every posted line with its proof, and what makes up the balance."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.checkpoints.queries import CheckpointView, Proven, newest_checkpoint, proofs
from points.ledger.models import Transfer
from points.ledger.queries import wallet

transfer = Transfer.__table__
# A post between two reads would make sums differ that are right.
TRIES = 3


@dataclass(frozen=True)
class OwnLine:
    """A posted line: number in the account, points with their sign, proof when it is sealed already."""

    transfer_id: uuid.UUID
    number: int
    points: int
    proven: Proven | None


@dataclass(frozen=True)
class OwnStatement:
    """Lines from the first on. ``arrived``: points of awards that time has posted and nobody has numbered yet.

    ``available`` + ``held`` + ``lapsed`` (past their last day, not written off yet) are the sum of all of them.
    """

    checkpoint: CheckpointView | None
    lines: list[OwnLine]
    arrived: list[tuple[uuid.UUID, int]]
    available: int
    held: int
    lapsed: int

    @property
    def adds_up(self) -> bool:
        """Whether the lines are the balance."""
        total = sum(line.points for line in self.lines) + sum(points for _, points in self.arrived)
        return total == self.available + self.held + self.lapsed


def own_statement(
    session: Session, community_id: int, account_id: uuid.UUID, *, now: datetime, today: date
) -> OwnStatement:
    """The whole statement of one wallet, proven in the newest checkpoint."""
    newest = newest_checkpoint(session, community_id)
    for _ in range(TRIES):
        found = _read(session, community_id, account_id, newest, now=now, today=today)
        if found.adds_up:
            break
    return found


def _read(
    session: Session, community_id: int, account_id: uuid.UUID, newest: CheckpointView | None, *, now: datetime,
    today: date,
) -> OwnStatement:  # fmt: skip
    rows = _lines(session, community_id, account_id)
    purse = wallet(session, community_id, account_id, now=now, today=today)
    with_lapsed = wallet(session, community_id, account_id, now=now, today=date.min).view
    proven = proofs(session, community_id, [row.id for row in rows], newest.size) if newest else {}
    return OwnStatement(
        checkpoint=newest,
        lines=[OwnLine(row.id, row.number, row.points, proven.get(row.id)) for row in rows],
        arrived=[(line.transfer_id, line.points) for line in purse.matured],
        available=purse.view.available,
        held=purse.view.held,
        lapsed=with_lapsed.available - purse.view.available,
    )


def _lines(session: Session, community_id: int, account_id: uuid.UUID) -> list[sa.Row]:
    """Both sides of the account by the number of the line, each by its own index."""
    sides = (
        sa.select(transfer.c.id, number.label("number"), (transfer.c.amount * sign).label("points")).where(
            transfer.c.community_id == community_id, account == account_id, number.is_not(None)
        )
        for account, number, sign in (
            (transfer.c.debit_account_id, transfer.c.debit_seq, -1),
            (transfer.c.credit_account_id, transfer.c.credit_seq, 1),
        )
    )
    return list(session.execute(sa.union_all(*sides).order_by("number")))

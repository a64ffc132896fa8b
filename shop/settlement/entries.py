"""Adding up a shop's account between two numbers, by the database: never row by row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import Account, Transfer
from shop.catalogue.models import Shop
from shop.counter.models import Redemption
from shop.settlement.policy import Line, Part, lines_of

account, transfer, shop, redemption = (
    Account.__table__,
    Transfer.__table__,
    Shop.__table__,
    Redemption.__table__,
)

_SIDES = (
    (transfer.c.credit_account_id, transfer.c.credit_seq, True),
    (transfer.c.debit_account_id, transfer.c.debit_seq, False),
)


def account_of_shop(session: Session, community_id: int, shop_id: uuid.UUID) -> sa.Row | None:
    """The account that a shop, or a partner, is settled by."""
    return session.execute(
        sa.select(account)
        .where(account.c.community_id == community_id, account.c.owner_id == shop_id, account.c.kind == "shop")
    ).one_or_none()  # fmt: skip


def lines_between(
    session: Session, community_id: int, account_id: uuid.UUID, first_seq: int, last_seq: int
) -> tuple[Line, ...]:
    """The lines of a statement over entries ``first_seq`` to ``last_seq``: one statement, over the index by number."""
    halves = [
        sa.select(
            transfer.c.code,
            sa.literal(comes_in).label("comes_in"),
            sa.func.count().label("entries"),
            sa.cast(sa.func.sum(transfer.c.amount), sa.BigInteger).label("points"),
        )
        .where(
            transfer.c.community_id == community_id, own == account_id, number.between(first_seq, last_seq)
        )
        .group_by(transfer.c.code)
        for own, number, comes_in in _SIDES
    ]
    rows = session.execute(sa.union_all(*halves))
    return lines_of((row.code, bool(row.comes_in), row.entries, int(row.points)) for row in rows)


def parts_between(
    session: Session, community_id: int, account_id: uuid.UUID, first_seq: int, last_seq: int,
    values: Sequence[tuple[datetime, int]],
) -> tuple[Part, ...]:  # fmt: skip
    """The parts of a statement over entries ``first_seq`` to ``last_seq``: cut where another of ``values`` came into force.

    ``values``: fen for a point with the moment it began, the one in force at the start first.
    """
    cuts: list[tuple[int, int, int]] = []
    (_began, fen), start = values[0], first_seq
    for moment, coming in values[1:]:
        end = last_entry_before(session, community_id, account_id, start, moment)
        if end >= start and coming != fen:
            cuts.append((start, end, fen))
            start = end + 1
        fen = coming
    if start <= last_seq:
        cuts.append((start, last_seq, fen))
    return tuple(
        Part(first, last, worth, lines_between(session, community_id, account_id, first, last))
        for first, last, worth in cuts
    )


def last_entry_before(
    session: Session, community_id: int, account_id: uuid.UUID, first_seq: int, moment: datetime
) -> int:
    """The highest number recorded before a moment, from ``first_seq`` on; ``first_seq - 1`` when there is none."""
    found = [
        session.scalar(
            sa.select(sa.func.max(number)).where(
                transfer.c.community_id == community_id, own == account_id, number >= first_seq,
                transfer.c.recorded_at < moment,
            )
        )
        for own, number, _ in _SIDES
    ]  # fmt: skip
    return max((seq for seq in found if seq is not None), default=first_seq - 1)


def from_earlier(
    session: Session, community_id: int, shop_id: uuid.UUID, account_id: uuid.UUID, first_seq: int, last_seq: int,
    day_begins: datetime,
) -> int:  # fmt: skip
    """Points handed over, of these entries, whose scan was before ``day_begins``: phones that uploaded later."""
    return int(
        session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(transfer.c.amount), 0))
            .select_from(transfer)
            .join(redemption, sa.and_(redemption.c.community_id == transfer.c.community_id,
                                      redemption.c.transfer_id == transfer.c.id))
            .where(transfer.c.community_id == community_id, transfer.c.credit_account_id == account_id,
                   transfer.c.credit_seq.between(first_seq, last_seq), redemption.c.shop_id == shop_id,
                   redemption.c.scanned_at < day_begins)
        )
    )  # fmt: skip

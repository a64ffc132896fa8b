"""On which day each point of a wallet ends. One row for each wallet and day, so a wallet has two or three."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from points.base import new_id
from points.ledger.models import WALLET_KINDS, Lot, LotUse, Transfer
from points.ledger.policy import NEVER, give_back, take_oldest
from points.ledger.results import NewTransfer

lot, lot_use, transfer = Lot.__table__, LotUse.__table__, Transfer.__table__
Days = Sequence[tuple[date, int]]

_lots = (
    sa.select(lot.c.expires_on, lot.c.points)
    .where(
        lot.c.community_id == sa.bindparam("community"),
        lot.c.account_id == sa.bindparam("account"),
        lot.c.points > 0,
    )
    .order_by(lot.c.expires_on)
)
_uses = sa.select(lot_use.c.transfer_id, lot_use.c.expires_on, lot_use.c.points).where(
    lot_use.c.community_id == sa.bindparam("community"),
    lot_use.c.transfer_id.in_(sa.bindparam("ids", expanding=True)),
)
_take = (
    sa.update(lot)
    .where(
        lot.c.community_id == sa.bindparam("community"),
        lot.c.account_id == sa.bindparam("account"),
        lot.c.expires_on == sa.bindparam("day"),
    )
    .values(points=lot.c.points - sa.bindparam("part"))
)


def _adding(insert: type) -> sa.Insert:
    row = insert(lot)
    return row.on_conflict_do_update(
        index_elements=["community_id", "account_id", "expires_on"],
        set_={"points": lot.c.points + row.excluded.points},
    )


_put = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}


def lots_of(session: Session, community_id: int, account_id: uuid.UUID) -> list[tuple[date, int]]:
    """``(expires_on, points)`` of a wallet, the day that comes first first; empty lots left out."""
    rows = session.execute(_lots, {"community": community_id, "account": account_id})
    return [(row.expires_on, row.points) for row in rows]


def uses_of(
    session: Session, community_id: int, transfer_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[date, int]]]:
    """Which days' points each transfer took, by its id; one that took none is left out."""
    used: dict[uuid.UUID, list[tuple[date, int]]] = {}
    if transfer_ids:
        for row in session.execute(_uses, {"community": community_id, "ids": list(transfer_ids)}):
            used.setdefault(row.transfer_id, []).append((row.expires_on, row.points))
    return used


def follow(
    session: Session, new: NewTransfer, *, debit_kind: str, credit_kind: str, held: int | None, in_lots: Days | None
) -> None:  # fmt: skip
    """Moves lots as a transfer that was just written demands.

    Held and spent points leave their lots, oldest first; a void, the unspent rest of a post and a reversal put them
    back on the days they had; an award opens a lot on its own day; points between wallets keep their days. ``held``
    is the amount of the pending transfer that a post or void resolves.
    """
    spent: Days = []
    if debit_kind in WALLET_KINDS:
        spent = _follow_debit(session, new, credit_kind, held, in_lots)
    if credit_kind in WALLET_KINDS and new.kind in ("posted", "post"):
        if new.reverses_id:
            spent = _days_to_give_back(session, new)
        more = new.amount - sum(points for _, points in spent)  # a correction may give more than was taken
        days = [*spent, (new.points_expire_on or NEVER, more)]
        put(session, new.community_id, [(new.credit_account_id, day, points) for day, points in days])


def _follow_debit(
    session: Session, new: NewTransfer, credit_kind: str, held: int | None, in_lots: Days | None
) -> Days:
    """Moves the lots of the debited wallet; returns the days of the points that have really gone."""
    wallet_id = new.debit_account_id
    if new.kind in ("posted", "pending"):
        there = lots_of(session, new.community_id, wallet_id) if in_lots is None else in_lots
        first = _day_of_reversed(session, new) if new.reverses_id else None
        return take(session, new, there, first=first)
    back = held if new.kind == "void" else held - new.amount
    if not back and credit_kind not in WALLET_KINDS:
        return []
    used = uses_of(session, new.community_id, [new.pending_id]).get(new.pending_id, [])
    put(session, new.community_id, [(wallet_id, day, points) for day, points in give_back(used, back)])
    return take_oldest(used, new.amount) if new.kind == "post" else []


def take(session: Session, new: NewTransfer, there: Days, *, first: date | None = None) -> Days:
    """Takes points out of the oldest lots and writes down which, under the wallet's lock.

    ``first`` goes before the oldest: an award that is taken back leaves the other points as they were.
    """
    own = [(day, points) for day, points in there if day == first]
    from_own = min(new.amount, sum(points for _, points in own))
    others = [(day, points) for day, points in there if day != first]
    taken = take_oldest(own, from_own) + take_oldest(others, new.amount - from_own)
    if not taken:
        return taken
    keys = {"community": new.community_id, "account": new.debit_account_id}
    session.execute(_take, [{**keys, "day": day, "part": part} for day, part in taken])
    use = {"community_id": new.community_id, "transfer_id": new.id}
    session.execute(
        sa.insert(lot_use),
        [{**use, "id": new_id(), "expires_on": day, "points": part} for day, part in taken],
    )
    return taken


def put(session: Session, community_id: int, parts: Iterable[tuple[uuid.UUID, date, int]]) -> None:
    """Adds points to lots: ``(account, day, points)``, several for one lot allowed."""
    sums: dict[tuple[uuid.UUID, date], int] = {}
    for account_id, day, points in parts:
        sums[account_id, day] = sums.get((account_id, day), 0) + points
    rows = [
        {"community_id": community_id, "id": new_id(), "account_id": key[0], "expires_on": key[1], "points": points}
        for key, points in sorted(sums.items())
        if points
    ]  # fmt: skip
    if rows:
        session.execute(_put[session.get_bind().dialect.name], rows)


def _days_to_give_back(session: Session, new: NewTransfer) -> Days:
    """The days of a debit that is being reversed; a posted hold took its points when it was pending."""
    original = _reversed(session, new)
    source = original.pending_id or original.id
    used = uses_of(session, new.community_id, [source]).get(source, [])
    return take_oldest(used, min(new.amount, sum(points for _, points in used)))


def _day_of_reversed(session: Session, new: NewTransfer) -> date | None:
    return _reversed(session, new).points_expire_on


def _reversed(session: Session, new: NewTransfer) -> sa.Row:
    return session.execute(
        sa.select(transfer.c.id, transfer.c.pending_id, transfer.c.points_expire_on).where(
            transfer.c.community_id == new.community_id, transfer.c.id == new.reverses_id
        )
    ).one()

"""What each of a household brought into the common wallet and what was fetched, for the household's own eyes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import Id, UtcDateTime
from points.ledger.models import OpenPending, Transfer
from points.people.models import Member
from points.records.models import Record
from shop.counter.models import Redemption
from shop.orders.models import Order

transfer, open_pending = Transfer.__table__, OpenPending.__table__
record, order, member, redemption = (
    Record.__table__, Order.__table__, Member.__table__, Redemption.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """Points that came in for a member's deeds, and points of the goods this member ordered.

    ``member_id`` and ``name`` are None for deeds of the household as a whole.
    """

    member_id: uuid.UUID | None
    name: str | None
    earned: int
    fetched: int


def shares_of_household(
    session: Session, community_id: int, wallet_id: uuid.UUID, *, since: datetime, now: datetime
) -> list[Share]:
    """Who brought how many points into a wallet since a moment, and for whose orders how many left it.

    What was corrected, undone or refunded counts back with the member it belongs to; points that are still on notice or
    held are not counted. The household as a whole stands last. Two statements.
    """
    keys = {"community": community_id, "wallet": wallet_id, "since": since, "now": now}
    earned = {(row.id, row.name): int(row.points) for row in session.execute(_earned, keys)}
    fetched = {(row.id, row.name): -int(row.points) for row in session.execute(_fetched, keys)}
    shares = [Share(*who, earned.get(who, 0), fetched.get(who, 0)) for who in earned | fetched]
    return sorted(shares, key=lambda share: (share.member_id is None, -share.earned, share.name or ""))


_community, _wallet = sa.bindparam("community"), sa.bindparam("wallet", type_=Id)
_since, _now = sa.bindparam("since", type_=UtcDateTime), sa.bindparam("now", type_=UtcDateTime)
_booked = sa.select(
    transfer.c.ref_kind, transfer.c.ref_id,
    sa.case((transfer.c.credit_account_id == _wallet, transfer.c.amount), else_=-transfer.c.amount).label("amount"),
).where(
    transfer.c.community_id == _community, transfer.c.kind.in_(["posted", "post"]),
    transfer.c.effective_at.between(_since, _now),
    sa.or_(transfer.c.credit_account_id == _wallet, transfer.c.debit_account_id == _wallet),
)  # fmt: skip
# Awards that time has posted and nobody has written down yet.
_matured = (
    sa.select(transfer.c.ref_kind, transfer.c.ref_id, open_pending.c.amount)
    .join(open_pending, sa.and_(open_pending.c.community_id == transfer.c.community_id,
                                open_pending.c.id == transfer.c.id))
    .where(transfer.c.community_id == _community, open_pending.c.credit_account_id == _wallet,
           open_pending.c.posts_at.between(_since, _now))
)  # fmt: skip


def _by_member(lines: sa.Subquery, kind: str, source: sa.Table) -> sa.Select:
    """What the wallet gained (less what it lost) through records or orders, by the member they belong to."""
    return (
        sa.select(member.c.id, member.c.name, sa.func.sum(lines.c.amount).label("points"))
        .select_from(source)
        .join(lines, lines.c.ref_id == source.c.id)
        .outerjoin(member, sa.and_(member.c.community_id == source.c.community_id,
                                   member.c.id == source.c.member_id))
        .where(source.c.community_id == _community, lines.c.ref_kind == kind)
        .group_by(member.c.id, member.c.name)
    )  # fmt: skip


_earned = _by_member(sa.union_all(_booked, _matured).subquery(), "record", record)
# A refund names the redemption, which names the order.
_with_refunds = _booked.subquery("booked")
_fetched = _by_member(
    sa.union_all(
        sa.select(_with_refunds).where(_with_refunds.c.ref_kind == "order"),
        sa.select(
            sa.literal("order").label("ref_kind"),
            redemption.c.order_id.label("ref_id"),
            _with_refunds.c.amount,
        )
        .join(
            redemption,
            sa.and_(redemption.c.community_id == _community, redemption.c.id == _with_refunds.c.ref_id),
        )
        .where(_with_refunds.c.ref_kind == "redemption"),
    ).subquery(),
    "order",
    order,
)

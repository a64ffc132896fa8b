"""Reserving points for a shop phone before it has no network, and giving them back.

Each phone spends only what is held for it, so two shops without network can never overdraw a wallet together.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.ledger.models import Account
from points.ledger.operations import create_transfer
from points.ledger.queries import wallet
from points.ledger.results import NewTransfer
from points.people.models import Card, Community, Household, Member
from shop.codes.models import MemberKey
from shop.devices.models import Device
from shop.offline.models import Allowance
from shop.offline.policy import GRACE, LONGEST_SPENDING

allowance, device = Allowance.__table__, Device.__table__
member, household, community = Member.__table__, Household.__table__, Community.__table__
account, card, key = Account.__table__, Card.__table__, MemberKey.__table__
till = account.alias("till")
PORTION = 25  # wallets of one transaction: each till waits for the locks of so many at most


@dataclass(frozen=True)
class ReserveAllowances:
    """Before a market day: up to ``points_each`` of every household with a card or a phone code, for ``hours``.

    ``grid_id``: only the households of one grid. ``shop_id``: the actor may reserve for this shop only (staff).
    ``after``: the wallet at which the portion before ended.
    """

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID
    hours: int
    points_each: int
    grid_id: uuid.UUID | None = None
    shop_id: uuid.UUID | None = None
    after: uuid.UUID | None = None


@dataclass(frozen=True)
class Reserved:
    """How many wallets points were reserved from, and how many points in all. ``after``: where the next portion begins;
    none when no wallet is left."""

    wallets: int
    points: int
    after: uuid.UUID | None = None


@dataclass(frozen=True)
class AskBack:
    """Somebody of the household wants the reserved points back."""

    community_id: int
    actor_id: uuid.UUID
    allowance_id: uuid.UUID


def reserve_allowances(session: Session, command: ReserveAllowances, *, now: datetime) -> Reserved:
    """Holds points of the wallets in question for one phone, ``PORTION`` of them; a wallet that has some there already is
    left alone. The public line of a whole run is ``telling.tell_reserved``'s to write (``app.reserving`` does both).

    Raises NotFound ``device_not_found``; NotAllowed ``device_revoked``; Invalid ``allowance_hours``,
    ``allowance_points``.
    """
    longest = int(LONGEST_SPENDING.total_seconds() // 3600)
    if not 1 <= command.hours <= longest:
        raise Invalid("allowance_hours", most=longest)
    phone = session.execute(
        sa.select(device, community.c.offline_allowance, community.c.zone, till.c.id.label("till_id"))
        .join(community, community.c.id == device.c.community_id)
        .join(till, sa.and_(till.c.community_id == device.c.community_id, till.c.kind == "shop",
                            till.c.owner_id == device.c.shop_id))
        .where(device.c.community_id == command.community_id, device.c.id == command.device_id)
        .with_for_update(of=device, key_share=True)
    ).one_or_none()  # fmt: skip
    if phone is None or command.shop_id not in (None, phone.shop_id):
        raise NotFound("device_not_found")
    if phone.revoked_at is not None:
        raise NotAllowed("device_revoked")
    if not 1 <= command.points_each <= phone.offline_allowance:
        raise Invalid("allowance_points", most=phone.offline_allowance)
    rows = _wallets(session, command, now)
    points = [_reserve(session, command, phone, row, now) for row in rows]
    after = rows[-1].id if len(rows) == PORTION else None
    return Reserved(sum(1 for one in points if one), sum(points), after)


def _wallets(session: Session, command: ReserveAllowances, now: datetime) -> list[sa.Row]:
    """The next wallets of people who can show a card or a phone code, from which nothing is reserved for this phone yet."""

    def has(table: sa.Table) -> sa.ColumnElement[bool]:
        return sa.exists().where(
            table.c.community_id == command.community_id, table.c.member_id == member.c.id, table.c.revoked_at.is_(None)
        )  # fmt: skip

    reserved = sa.exists().where(
        allowance.c.community_id == command.community_id, allowance.c.device_id == command.device_id,
        allowance.c.wallet_id == account.c.id, allowance.c.state == "open", allowance.c.held_until > now,
    )  # fmt: skip
    is_own = community.c.wallet_kind == "member"
    query = (
        sa.select(account.c.id, member.c.household_id, sa.case((is_own, member.c.id)).label("member_id"))
        .join(community, community.c.id == member.c.community_id)
        .join(household, sa.and_(household.c.community_id == member.c.community_id, household.c.id == member.c.household_id))
        .join(account, sa.and_(account.c.community_id == member.c.community_id,
                               account.c.kind == community.c.wallet_kind, account.c.closed_at.is_(None),
                               account.c.owner_id == sa.case((is_own, member.c.id), else_=member.c.household_id)))
        .where(member.c.community_id == command.community_id, member.c.left_at.is_(None),
               sa.or_(has(card), has(key)), ~reserved)
        .distinct()
        .order_by(account.c.id)
        .limit(PORTION)
    )  # fmt: skip
    if command.after is not None:
        query = query.where(account.c.id > command.after)
    if command.grid_id is not None:
        query = query.where(household.c.grid_id == command.grid_id)
    return list(session.execute(query))


def _spent_lately(session: Session, command: ReserveAllowances, wallet_id: uuid.UUID, now: datetime) -> int:
    """Points that phones without network have spent of a wallet in a day, also of what was given back since: reserving
    again is no way past the cap."""
    return int(
        session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(allowance.c.points - allowance.c.left), 0)).where(
                allowance.c.community_id == command.community_id, allowance.c.wallet_id == wallet_id,
                allowance.c.made_at > now - LONGEST_SPENDING,
            )
        )
    )  # fmt: skip


def _reserve(session: Session, command: ReserveAllowances, phone: sa.Row, row: sa.Row, now: datetime) -> int:
    there = wallet(session, command.community_id, row.id, now=now, today=local_day(now, phone.zone)).view
    points = min(command.points_each - _spent_lately(session, command, row.id, now), there.available)
    if points < 1:
        return 0
    allowance_id, spend_until = new_id(), now + timedelta(hours=command.hours)
    held_until = spend_until + GRACE
    transfer_id = hold(
        session, command, wallet_id=row.id, till_id=phone.till_id, points=points, allowance_id=allowance_id,
        until=held_until, now=now,
    )  # fmt: skip
    if transfer_id is None:  # somebody spent it this very moment
        return 0
    session.execute(
        sa.insert(allowance).values(
            community_id=command.community_id, id=allowance_id, device_id=phone.id, shop_id=phone.shop_id,
            household_id=row.household_id, member_id=row.member_id, wallet_id=row.id, shop_account_id=phone.till_id,
            points=points, left=points, transfer_id=transfer_id, spend_until=spend_until, held_until=held_until,
            state="open", made_at=now, made_by=command.actor_id,
        )
    )  # fmt: skip
    return points


def hold(
    session: Session, command: object, *, wallet_id: uuid.UUID, till_id: uuid.UUID, points: int,
    allowance_id: uuid.UUID, until: datetime, now: datetime,
) -> uuid.UUID | None:  # fmt: skip
    """Holds points of an allowance; None when they are not there."""
    transfer_id = new_id()
    new = NewTransfer(
        command.community_id, transfer_id, "allowance", "pending", wallet_id, till_id, points,  # type: ignore[attr-defined]
        expires_at=until, ref_kind="allowance", ref_id=allowance_id, actor_id=command.actor_id,  # type: ignore[attr-defined]
    )  # fmt: skip
    return transfer_id if create_transfer(session, new, now=now).ok else None


def ask_back(session: Session, command: AskBack, *, now: datetime) -> str:
    """Gives reserved points back: ``returned`` at once, or ``asked`` while a phone may still be spending them.

    Again: the same. Raises NotFound ``allowance_not_found``, also for another household's; Conflict ``allowance_over``.
    """
    own = sa.select(member.c.household_id).where(
        member.c.community_id == command.community_id, member.c.id == command.actor_id
    )
    row = session.execute(
        sa.select(allowance)
        .where(allowance.c.community_id == command.community_id, allowance.c.id == command.allowance_id,
               allowance.c.household_id == own.scalar_subquery(),
               sa.or_(allowance.c.member_id.is_(None), allowance.c.member_id == command.actor_id))
        .with_for_update(key_share=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("allowance_not_found")
    if row.state == "returned":
        return "returned"
    if row.state == "spent" or row.held_until <= now:
        raise Conflict("allowance_over")
    if row.shown_until is None or row.shown_until <= now:
        _give_back(session, command.actor_id, row, now)
        return "returned"
    if row.asked_back_at is None:
        _change(session, row, asked_back_at=now)
    return "asked"


def return_what_is_over(
    session: Session, community_id: int, device_id: uuid.UUID, actor_id: uuid.UUID, *, now: datetime
) -> int:
    """Called when a phone stands on line with nothing left to tell: what it spends no more goes back. How many."""
    rows = session.execute(
        sa.select(allowance)
        .where(
            allowance.c.community_id == community_id, allowance.c.device_id == device_id,
            allowance.c.state == "open", allowance.c.held_until > now,
            sa.or_(allowance.c.asked_back_at.is_not(None), allowance.c.spend_until <= now),
        )
        .order_by(allowance.c.id)
        .with_for_update(key_share=True)
    ).all()  # fmt: skip
    for row in rows:
        _give_back(session, actor_id, row, now)
    return len(rows)


def _give_back(session: Session, actor_id: uuid.UUID, row: sa.Row, now: datetime) -> None:
    void = NewTransfer(row.community_id, new_id(), "allowance", "void", pending_id=row.transfer_id,
                       actor_id=actor_id)  # fmt: skip
    create_transfer(session, void, now=now)  # one that lapsed meanwhile is back already
    _change(session, row, state="returned", transfer_id=None)


def _change(session: Session, row: sa.Row, **values: object) -> None:
    session.execute(
        sa.update(allowance)
        .where(allowance.c.community_id == row.community_id, allowance.c.id == row.id)
        .values(**values)
    )

"""Points of an allowance become the shop's: a part of what is held, or of what is there where the hold is over."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.ledger.operations import create_transfer
from points.ledger.results import NewTransfer
from shop.offline.allowances import hold
from shop.offline.models import Allowance

allowance = Allowance.__table__


def reserved_for(
    community_id: int, *, device_id: Any, shop_id: Any, household_id: Any, member_id: Any, at: Any
) -> tuple[sa.ColumnElement[bool], ...]:
    """What a phone could spend of for a person at a moment, though its hold may be over since. Values or columns.

    One that was given back counts only while a list that had it was in force.
    """
    return (
        allowance.c.community_id == community_id, allowance.c.device_id == device_id, allowance.c.shop_id == shop_id,
        allowance.c.household_id == household_id,
        sa.or_(allowance.c.member_id.is_(None), allowance.c.member_id == member_id),
        allowance.c.made_at <= at, allowance.c.spend_until > at,
        sa.or_(allowance.c.state != "returned", allowance.c.shown_until > at),
    )  # fmt: skip


def pay_from(
    session: Session, command: object, found: sa.Row, points: int, order_id: uuid.UUID, *, now: datetime
) -> tuple[uuid.UUID | None, str | None]:
    """Posts a part of the hold and holds the rest anew; where the hold has lapsed or came back, takes what is there, and
    never more than was reserved. Returns the transfer, or why not. ``command`` tells community and actor."""
    if not points:
        return None, None
    if points > found.left:
        return None, "insufficient_points"
    is_held = found.state == "open" and found.held_until > now
    transfer_id = new_id()
    side = (
        {} if is_held else {"debit_account_id": found.wallet_id, "credit_account_id": found.shop_account_id}
    )
    new = NewTransfer(
        command.community_id, transfer_id, "redemption", "post" if is_held else "posted", amount=points,  # type: ignore[attr-defined]
        pending_id=found.transfer_id if is_held else None, ref_kind="order", ref_id=order_id,
        actor_id=command.actor_id, **side,  # type: ignore[attr-defined]
    )  # fmt: skip
    result = create_transfer(session, new, now=now)
    if not result.ok:
        is_closed = result.status in ("debit_account_closed", "credit_account_closed")
        return None, "blocked" if is_closed else "insufficient_points"
    if is_held:
        _hold_the_rest(session, command, found, found.left - points, now)
    else:
        _keep(session, found, left=found.left - points)
    return transfer_id, None


def _hold_the_rest(session: Session, command: object, found: sa.Row, left: int, now: datetime) -> None:
    held = left and hold(
        session, command, wallet_id=found.wallet_id, till_id=found.shop_account_id, points=left,
        allowance_id=found.id, until=found.held_until, now=now,
    )  # fmt: skip
    if held:
        _keep(session, found, left=left, transfer_id=held, state="open")
    else:
        _keep(session, found, left=0, transfer_id=None, state="spent")


def _keep(session: Session, found: sa.Row, **values: Any) -> None:
    session.execute(
        sa.update(allowance)
        .where(allowance.c.community_id == found.community_id, allowance.c.id == found.id)
        .values(**values)
    )

"""The public line of points reserved for shop phones: one line for a whole run, though a run is many transactions.

A run that is broken off (a lost connection, a power cut) has reserved points that no line tells yet. They are told with the
run that completes it, or by the jobs when nobody does.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import AdminAct
from points.people.operations import write_act
from shop.devices.models import Device
from shop.offline.allowances import Reserved
from shop.offline.models import Allowance

allowance, device, admin_act = Allowance.__table__, Device.__table__, AdminAct.__table__
ACT = "allowances_reserved"
BROKEN_OFF = timedelta(minutes=5)  # no run is silent for so long between two of its portions


@dataclass(frozen=True)
class TellReserved:
    """A run has come to its end; the actor is who reserved."""

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID


def tell_reserved(session: Session, command: TellReserved, *, now: datetime) -> Reserved:
    """Writes one line for everything that is reserved for a phone and that no line tells; returns what it tells."""
    phone = session.execute(
        sa.select(device.c.id, device.c.name)
        .where(device.c.community_id == command.community_id, device.c.id == command.device_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if phone is None:
        return Reserved(0, 0)
    wallets, points = session.execute(
        sa.select(sa.func.count(allowance.c.wallet_id.distinct()), sa.func.coalesce(sa.func.sum(allowance.c.points), 0))
        .where(allowance.c.device_id == phone.id, _is_untold(command.community_id))
    ).one()  # fmt: skip
    if wallets:
        detail = f"{phone.name}: {wallets} / {points}"
        write_act(session, command, ACT, detail, "", now=now, subject_id=phone.id)
    return Reserved(wallets, int(points))


def untold_runs(session: Session, community_id: int, *, now: datetime) -> list[TellReserved]:
    """Runs that were broken off and that nobody has completed: each phone with who reserved for it."""
    rows = session.execute(
        sa.select(allowance.c.device_id, allowance.c.made_by, allowance.c.made_at)
        .where(_is_untold(community_id), allowance.c.held_until > now)
        .order_by(allowance.c.id)
    )
    last = {row.device_id: row for row in rows}
    return [
        TellReserved(community_id, row.made_by, row.device_id)
        for row in last.values()
        if row.made_at <= now - BROKEN_OFF
    ]


def _is_untold(community_id: int) -> sa.ColumnElement[bool]:
    """No line about its phone is younger than the allowance. Both ids are made under the lock of the phone's row, so they
    stand in the order of making; lines of before runs had portions name no phone and told everything."""
    told = sa.exists().where(
        admin_act.c.community_id == community_id, admin_act.c.act == ACT, admin_act.c.id > allowance.c.id,
        sa.or_(admin_act.c.subject_id == allowance.c.device_id, admin_act.c.subject_id.is_(None)),
    )  # fmt: skip
    return sa.and_(allowance.c.community_id == community_id, ~told)

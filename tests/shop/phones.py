"""Shop phones and what residents show at them, for the tests of the till without network."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.reserving import reserve_for_all
from points.base import new_id
from points.people.operations import IssueCard, issue_card
from points.people.queries import MemberBrief
from shop.codes.keys import code_keys
from shop.codes.models import MemberKey
from shop.codes.rotating import member_code
from shop.counter.operations import Outcome
from shop.counter.scan import SaleLine
from shop.devices.models import Device
from shop.devices.operations import EnrolDevice, InviteDevice, enrol_device, invite_device
from shop.devices.queries import open_invite
from shop.offline.allowances import ReserveAllowances, Reserved
from shop.offline.snapshot import TakeSnapshot, take_snapshot
from shop.offline.upload import OfflineScan, take_in
from tests.shop.till import Till


def given_phone(till: Till, name: str = "一号机", shop_id: uuid.UUID | None = None) -> tuple[uuid.UUID, str]:
    """An enrolled shop phone: its id, and the token in its cookie."""
    invited = InviteDevice(till.community_id, till.staff.id, shop_id or till.shop_id, name)
    device_id = till.run(invite_device, invited)
    db.session.rollback()
    code = open_invite(db.session(), till.community_id, device_id, now=till.now).code
    return device_id, till.run(enrol_device, EnrolDevice(code)).token


def given_device(till: Till, name: str = "一号机", shop_id: uuid.UUID | None = None) -> uuid.UUID:
    """An enrolled shop phone."""
    return given_phone(till, name, shop_id)[0]


def change_device(till: Till, device_id: uuid.UUID, **values: Any) -> None:
    """What the steward's page of phones does to one."""

    def change(session: Session, _command: object, *, now: datetime) -> None:
        session.execute(
            sa.update(Device.__table__)
            .where(Device.__table__.c.community_id == till.community_id, Device.__table__.c.id == device_id)
            .values(**values)
        )

    till.run(change, None)


def given_card(till: Till, person: MemberBrief) -> str:
    """A printed card; returns its code."""
    return till.run(issue_card, IssueCard(till.community_id, person.id, till.staff.id, replace=False))


def given_phone_key(till: Till, person: MemberBrief, handle: str = "7ABCDEF") -> str:
    """A resident's phone that shows rotating codes; returns its handle."""

    def add(session: Session, _command: object, *, now: datetime) -> None:
        session.execute(
            sa.insert(MemberKey.__table__).values(
                community_id=till.community_id, id=new_id(), member_id=person.id, handle=handle, made_at=now
            )
        )

    till.run(add, None)
    return handle


def phone_code(till: Till, handle: str, at: datetime | None = None) -> str:
    """What the resident's phone shows at a moment."""
    return member_code(handle, code_keys(db.session()).member_key(handle), at or till.now)


def reserve(till: Till, device_id: uuid.UUID, points: int = 20, hours: int = 10, **more: Any) -> Reserved:
    """Points of everybody with a card or a phone, for one phone of the shop."""
    command = ReserveAllowances(till.community_id, till.staff.id, device_id, hours, points, **more)
    with clock.at(till.now):
        return reserve_for_all(command)


def snapshot_for(till: Till, device_id: uuid.UUID, queued: int = 0) -> dict[str, Any]:
    """What the phone takes along."""
    return till.run(take_snapshot, TakeSnapshot(till.community_id, till.staff.id, device_id, queued))


def told(
    till: Till, device_id: uuid.UUID, code: str, *lines: tuple[str, int], nonce: str = "", ago: float = 0,
    clock_off: timedelta = timedelta(), put_right: timedelta = timedelta(), was_off: timedelta | None = None, **more: Any,
) -> Outcome:  # fmt: skip
    """A phone tells of a hand-over ``ago`` seconds before. Its own clock is ``clock_off`` ahead (negative: behind), and was
    ``was_off`` ahead at the hand-over, where somebody has set it since; both stamps are put right by one offset,
    ``put_right``, that of the last contact."""
    was_off = clock_off if was_off is None else was_off
    scanned_at = till.now - timedelta(seconds=ago) + was_off + put_right
    sent_at = till.now + clock_off + put_right
    pieces = tuple(SaleLine(till.items[item], quantity) for item, quantity in lines)
    values = {"actor_id": till.staff.id, "shop_id": till.shop_id, "device": "phone-1"} | more
    command = OfflineScan(
        till.community_id, code=code, nonce=nonce or till.a_key(), offline=True, lines=pieces, device_id=device_id,
        scanned_at=scanned_at, sent_at=sent_at, **values,
    )  # fmt: skip
    return till.run(take_in, command)

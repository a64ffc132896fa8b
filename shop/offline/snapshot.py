"""What a shop phone takes along for the time without network: one JSON value, small enough for ten thousand codes.

Codes stand in it as hashes and names are masked: whoever finds the phone reads neither codes nor names. Its parts are
described in ``shop.offline.policy``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import day_begins
from points.errors import NotAllowed, NotFound
from points.people.models import Card, Community, Household, Member
from points.people.names import mask_name
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import points_now
from shop.catalogue.queries import items_at
from shop.codes.keys import CodeKeys, code_keys
from shop.codes.models import MemberKey, MemberPin
from shop.codes.rotating import DAY_SECONDS, day_key
from shop.counter.consent import spent_by_card
from shop.devices.models import Device
from shop.offline.allowances import return_what_is_over
from shop.offline.models import Allowance
from shop.offline.policy import OFFLINE_KIND, SNAPSHOT_LASTS, code_mark
from shop.orders.models import Order, OrderLine

VERSION = 1
CLOSED_FOR = timedelta(days=7)  # codes that ended longer ago are simply unknown
ENDED = {"collected": "u", "cancelled": "c", "annulled": "c"}
ELSEWHERE, ON_LINE_ONLY = "e", "n"

order, line, item, shop = Order.__table__, OrderLine.__table__, Item.__table__, Shop.__table__
member, household, community = Member.__table__, Household.__table__, Community.__table__
device, allowance, card = Device.__table__, Allowance.__table__, Card.__table__
key, pin = MemberKey.__table__, MemberPin.__table__


@dataclass(frozen=True)
class TakeSnapshot:
    """A phone, and the actor who is signed in on it, asks for what it may do without network; ``queued`` scans still wait
    on it to be told."""

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID
    queued: int = 0


def take_snapshot(session: Session, command: TakeSnapshot, *, now: datetime) -> dict[str, Any]:
    """Gives back allowances that are over or wanted back, and returns what the phone may use for twelve hours.

    Raises NotFound ``device_not_found``; NotAllowed ``device_revoked``.
    """
    here = session.execute(
        sa.select(device, shop.c.name.label("shop_name"), community.c.zone, community.c.card_daily_cap,
                  community.c.name.label("community"))
        .join(shop, sa.and_(shop.c.community_id == device.c.community_id, shop.c.id == device.c.shop_id))
        .join(community, community.c.id == device.c.community_id)
        .where(device.c.community_id == command.community_id, device.c.id == command.device_id)
    ).one_or_none()  # fmt: skip
    if here is None:
        raise NotFound("device_not_found")
    if here.revoked_at is not None:
        raise NotAllowed("device_revoked")
    if not command.queued:
        return_what_is_over(session, here.community_id, here.id, command.actor_id, now=now)
    until = now + SNAPSHOT_LASTS
    items = _items(session, here, now)
    snapshot = {
        "v": VERSION, "made_at": _s(now), "valid_until": _s(until),
        "shop": {"id": str(here.shop_id), "name": here.shop_name},
        "device": {"id": str(here.id), "name": here.name, "serial": here.serial},
        "staff": str(command.actor_id), "community": {"id": str(here.community_id), "name": here.community, "zone": here.zone},
        "items": items, "orders": _orders(session, here, now, [row[0] for row in items]),
        "closed": _closed(session, here, now),
    }  # fmt: skip
    return snapshot | _payers(session, here, now, until)


def _s(moment: datetime) -> int:
    return int(moment.timestamp())


def _items(session: Session, here: sa.Row, now: datetime) -> list[list[Any]]:
    """Every item, since an order may hold one that is offered no more; only offered goods have free pieces."""
    found = items_at(session, here.community_id, here.shop_id, now=now, only_offered=False)
    facts = _facts(session, here.community_id, now)
    return [
        [str(one.id), one.code, facts[one.id].barcode, one.name_zh, one.name_en, facts[one.id].points_now,
         one.available if one.is_offered and one.kind == OFFLINE_KIND else 0, int(bool(one.limits)), one.icon,
         *_announced(facts[one.id], now)]
        for one in found
    ]  # fmt: skip


def _facts(session: Session, community_id: int, now: datetime) -> dict[uuid.UUID, sa.Row]:
    """Barcode, and the price of now and of the day that was announced, by item."""
    moment = sa.bindparam("now", now, type_=item.c.next_from.type)
    rows = session.execute(
        sa.select(item.c.id, item.c.barcode, item.c.next_points, item.c.next_from,
                  points_now(moment).label("points_now"))
        .where(item.c.community_id == community_id)
    )  # fmt: skip
    return {row.id: row for row in rows}


def _announced(facts: sa.Row, now: datetime) -> list[int]:
    """A price that is to come, and from when on: the list lasts for hours."""
    is_coming = facts.next_from is not None and facts.next_from > now
    return [facts.next_points, _s(facts.next_from)] if is_coming else []


def _orders(session: Session, here: sa.Row, now: datetime, items: list[str]) -> dict[str, list[Any]]:
    """Orders that wait at this shop, each with its lines as [place in the list of items, pieces]."""
    places = {item_id: at for at, item_id in enumerate(items)}
    waiting = sa.and_(
        order.c.community_id == here.community_id, order.c.shop_id == here.shop_id, order.c.state == "placed",
        order.c.token.is_not(None), order.c.expires_at > now, ~_needs_network(),
    )  # fmt: skip
    rows = session.execute(
        sa.select(order.c.id, order.c.token, order.c.points, order.c.expires_at, household.c.number, member.c.name)
        .join(household, sa.and_(household.c.community_id == order.c.community_id, household.c.id == order.c.household_id))
        .join(member, sa.and_(member.c.community_id == order.c.community_id, member.c.id == order.c.member_id))
        .where(waiting)
    )  # fmt: skip
    found = {
        row.id: (code_mark(row.token), [str(row.id), row.number, mask_name(row.name), [], row.points, _s(row.expires_at)])
        for row in rows
    }  # fmt: skip
    lines = session.execute(
        sa.select(line.c.order_id, line.c.item_id, line.c.quantity)
        .join(order, sa.and_(order.c.community_id == line.c.community_id, order.c.id == line.c.order_id))
        .where(line.c.community_id == here.community_id, waiting)
        .order_by(line.c.item_id)
    )
    for one in (
        lines
    ):  # an order or an item of this very moment is in one list and not in the other: the next list has it
        if one.order_id in found and str(one.item_id) in places:
            found[one.order_id][1][3].append([places[str(one.item_id)], one.quantity])
    return dict(found.values())


def _needs_network() -> sa.ColumnElement[bool]:
    """An order with more than goods: a voucher is issued when it is handed over, and lasts from then."""
    return (
        sa.exists()
        .where(line.c.community_id == order.c.community_id, line.c.order_id == order.c.id,
               item.c.community_id == line.c.community_id, item.c.id == line.c.item_id, item.c.kind != OFFLINE_KIND)
    )  # fmt: skip


def _closed(session: Session, here: sa.Row, now: datetime) -> dict[str, str]:
    """Codes that must not be used here, each with a letter of ``policy.CLOSED``: used, canceled, elsewhere, only with
    network, revoked."""
    since = now - CLOSED_FOR
    orders = session.execute(
        sa.select(order.c.token, order.c.state, order.c.shop_id).where(
            order.c.community_id == here.community_id, order.c.token.is_not(None),
            sa.or_(sa.and_(order.c.state.in_(ENDED), order.c.ended_at >= since),
                   sa.and_(order.c.state == "placed",
                           sa.or_(order.c.shop_id != here.shop_id, _needs_network()))),
        )
    )  # fmt: skip
    cards = session.scalars(
        sa.select(card.c.token).where(
            card.c.community_id == here.community_id, card.c.revoked_at.is_not(None)
        )
    )
    closed = {code_mark(row.token): _letter(row, here) for row in orders}
    return closed | {code_mark(token): "r" for token in cards}


def _letter(row: sa.Row, here: sa.Row) -> str:
    return ENDED.get(row.state) or (ON_LINE_ONLY if row.shop_id == here.shop_id else ELSEWHERE)


def _payers(session: Session, here: sa.Row, now: datetime, until: datetime) -> dict[str, Any]:
    """Allowances of this phone, and the cards and phones that may spend from each."""
    mine = sa.and_(
        allowance.c.community_id == here.community_id, allowance.c.device_id == here.id,
        allowance.c.shop_id == here.shop_id, allowance.c.state == "open",
        allowance.c.spend_until > now, allowance.c.asked_back_at.is_(None),
    )  # fmt: skip
    session.execute(sa.update(allowance).where(mine).values(shown_until=until))
    rows = session.execute(
        sa.select(allowance.c.id, household.c.number, allowance.c.left, allowance.c.spend_until)
        .join(household, sa.and_(household.c.community_id == allowance.c.community_id,
                                 household.c.id == allowance.c.household_id))
        .where(mine)
        .order_by(allowance.c.id)
    ).all()  # fmt: skip
    places = {row.id: at for at, row in enumerate(rows)}
    left = [row.left for row in rows]
    spent = spent_by_card(session, here.community_id, since=day_begins(now, here.zone))
    cards = {
        code_mark(row.token): [
            places[row.id], mask_name(row.name),
            max(0, min(left[places[row.id]], here.card_daily_cap - spent.get(row.member_id, 0))),
        ]
        for row in session.execute(_cards(mine))
        if row.id in places
    }  # fmt: skip
    days = range(_s(now) // DAY_SECONDS, _s(until) // DAY_SECONDS + 1)
    keys = code_keys(session)
    phones = {
        row.handle: [places[row.id], mask_name(row.name), _lent(keys, row.handle, days)]
        for row in session.execute(_holders(key, key.c.handle, mine))
        if row.id in places
    }
    lists = [[str(row.id), row.number, row.left, _s(row.spend_until)] for row in rows]
    return {"allowances": lists, "cards": cards, "phones": phones}


def _holders(table: sa.Table, code: sa.Column, mine: sa.ColumnElement[bool]) -> sa.Select:
    """What the people of a household (or the one member) show at a counter, in force."""
    return (
        sa.select(allowance.c.id, code, member.c.id.label("member_id"), member.c.name)
        .join(member, sa.and_(member.c.community_id == allowance.c.community_id,
                              member.c.household_id == allowance.c.household_id, member.c.left_at.is_(None),
                              sa.or_(allowance.c.member_id.is_(None), allowance.c.member_id == member.c.id)))
        .join(table, sa.and_(table.c.community_id == member.c.community_id, table.c.member_id == member.c.id,
                             table.c.revoked_at.is_(None)))
        .where(mine)
    )  # fmt: skip


def _cards(mine: sa.ColumnElement[bool]) -> sa.Select:
    """Cards in force: five wrong PINs stop one until somebody sets a new PIN."""
    is_locked = sa.exists().where(
        pin.c.community_id == member.c.community_id, pin.c.id == member.c.id, pin.c.locked_at.is_not(None)
    )
    return _holders(card, card.c.token, mine).where(~is_locked)


def _lent(keys: CodeKeys, handle: str, days: Iterable[int]) -> dict[str, str]:
    """Keys of this phone for the days the snapshot lasts, in hexadecimal digits; tomorrow's forge nothing after that."""
    key = keys.member_key(handle)
    return {str(day): day_key(key, day).hex() for day in days}

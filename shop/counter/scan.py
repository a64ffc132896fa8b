"""A scan and the order it found: what every step of a redemption looks at, read and locked in one statement."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from points.codes import read_code
from points.errors import Conflict
from points.ledger.models import Account
from points.people.models import Community, Household, Member
from points.prepared import Prepared
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.counter.policy import OrderFacts, fingerprint
from shop.orders.models import Order, OrderLine

order, line, item, shop, told = (
    Order.__table__, OrderLine.__table__, Item.__table__, Shop.__table__, Redemption.__table__,
)  # fmt: skip
member, household, community = Member.__table__, Household.__table__, Community.__table__
wallet, till = Account.__table__.alias("wallet"), Account.__table__.alias("till")


@dataclass(frozen=True)
class RedeemCode:
    """A scan at the counter of ``shop_id``; the staff member is the actor, ``device`` what scanned.

    ``may_force`` says that the actor holds the supervisor's permission; ``force`` that they used it.
    """

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    device: str
    code: str
    nonce: str
    scanned_at: datetime | None = None
    offline: bool = False
    force: bool = False
    may_force: bool = False
    reason: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """The answer of the contract. ``body`` holds plain values only; sentences are added where they are read."""

    status: str
    reason: str | None
    body: dict[str, Any]


@dataclass(frozen=True)
class Scan:
    """``at`` is the scan's logical time, ``lines`` the order it found line by line (none: the code is unknown)."""

    command: RedeemCode
    mark: str
    lines: list[Any]
    at: datetime
    now: datetime

    @property
    def order(self) -> Any:
        """The order's own columns stand in each of its lines."""
        return self.lines[0]

    @property
    def facts(self) -> OrderFacts:
        """What the decision needs."""
        found = self.order
        return OrderFacts(
            found.state, found.expires_at, found.shop_id == self.command.shop_id,
            found.wallet_closed_at is not None or found.till_closed_at is not None,
        )  # fmt: skip

    @property
    def is_late(self) -> bool:
        """The hold of the order is over: its points, perhaps its goods too, must be taken anew."""
        return self.order.state == "lapsed" or self.order.expires_at <= self.now


_told = Prepared(
    sa.select(told.c.fingerprint, told.c.status, told.c.reason, told.c.answer).where(
        told.c.community_id == sa.bindparam("community"), told.c.nonce == sa.bindparam("nonce")
    )
)


def _of(other: sa.FromClause, key: sa.ColumnElement) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == order.c.community_id, other.c.id == key)


# The order by its token with everything the answer says, and beside it what this nonce was told before.
_order = (
    sa.select(
        order.c.id, order.c.shop_id, order.c.household_id, order.c.state, order.c.points, order.c.expires_at,
        order.c.transfer_id, order.c.wallet_id, order.c.shop_account_id, line.c.item_id, line.c.quantity,
        line.c.points_each, item.c.name_zh, item.c.name_en, item.c.icon, order.c.member_id,
        member.c.name, household.c.number, shop.c.name.label("shop_name"), community.c.zone,
        wallet.c.closed_at.label("wallet_closed_at"), till.c.closed_at.label("till_closed_at"),
        told.c.fingerprint, told.c.status, told.c.reason, told.c.answer,
    )
    .select_from(order)
    .join(line, sa.and_(line.c.community_id == order.c.community_id, line.c.order_id == order.c.id))
    .join(item, _of(item, line.c.item_id))
    .join(member, _of(member, order.c.member_id))
    .join(household, _of(household, order.c.household_id))
    .join(shop, _of(shop, order.c.shop_id))
    .join(community, community.c.id == order.c.community_id)
    .join(wallet, _of(wallet, order.c.wallet_id))
    .join(till, _of(till, order.c.shop_account_id))
    .outerjoin(told, sa.and_(told.c.community_id == order.c.community_id, told.c.nonce == sa.bindparam("nonce")))
    .where(order.c.community_id == sa.bindparam("community"), order.c.token == sa.bindparam("token"))
    .order_by(line.c.item_id)
)  # fmt: skip
_found, _found_locked = Prepared(_order), Prepared(_order.with_for_update(of=order, key_share=True))


def content_of(command: RedeemCode) -> str:
    """What the nonce stands for: code and shop. Not the time or the network: a queue resends under the old nonce."""
    return fingerprint(command.code.strip(), command.shop_id)


def look_up(connection: sa.Connection, command: RedeemCode, mark: str) -> tuple[Outcome | None, list[Any]]:
    """What the nonce was told before, if anything, and the lines of the order under lock (a dry run locks nothing).

    Raises Conflict ``nonce_conflict`` when the nonce stands for something else.
    """
    token = read_code(command.code)
    keys = {"community": command.community_id, "nonce": command.nonce}
    lines: list[Any] = []
    if token:
        query = _found if command.dry_run else _found_locked
        lines = query.rows(connection, {**keys, "token": token})
    before = next(iter(lines or _told.rows(connection, keys)), None)
    if before is None or before.fingerprint is None:
        return None, lines
    if before.fingerprint != mark:
        raise Conflict("nonce_conflict")
    return Outcome(before.status, before.reason, json.loads(before.answer)), lines


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""A scan and the order it found: what every step of a redemption looks at, read and locked in one statement."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from points.codes import read_code
from points.errors import Conflict, Invalid
from points.ledger.models import Account
from points.people.models import Community, Household, Member
from points.prepared import Prepared
from shop.catalogue.doors import door_columns, is_shut
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.counter.policy import OrderFacts, fingerprint
from shop.orders.models import Order, OrderLine

# What a nonce stands for that was cancelled before its sale arrived.
ANYTHING = ""
LONGEST_NONCE = 80
order, line, item, shop, told = (
    Order.__table__, OrderLine.__table__, Item.__table__, Shop.__table__, Redemption.__table__,
)  # fmt: skip
member, household, community = Member.__table__, Household.__table__, Community.__table__
wallet, till = Account.__table__.alias("wallet"), Account.__table__.alias("till")


@dataclass(frozen=True)
class SaleLine:
    """Pieces of an item over the counter; ``points_each``: the price the till showed, None if it showed none."""

    item_id: uuid.UUID
    quantity: int
    points_each: int | None = None


@dataclass(frozen=True)
class RedeemCode:
    """A scan at the counter of ``shop_id``; the staff member is the actor, ``device`` what scanned.

    With ``lines`` the code is a member's (card or phone) and pays for them; without, it is an order's pick-up code.
    ``payer_id``: a member who confirmed on the own phone, then ``code`` is not looked at. ``may_force`` says that the actor
    holds the supervisor's permission; ``force`` that they used it. ``device_id``: an enrolled shop phone.
    ``seen_at``: when the site itself first saw the code of this sale (never what a device says): while goods are chosen
    a rotating code grows old. ``looks``: somebody looks before handing over: a refusal is stored, and else nothing happens.
    ``has_left``: told by an enrolled phone that had no network; whether a door was shut then is no question any more.
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
    lines: tuple[SaleLine, ...] = ()
    pin: str | None = None
    payer_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None
    seen_at: datetime | None = None
    looks: bool = False
    has_left: bool = False


@dataclass(frozen=True)
class Outcome:
    """The answer of the contract: ``ok``, ``error`` or ``incomplete`` (then ``body["requires"]``, and nothing is stored).

    ``body`` holds plain values only; sentences are added where they are read.
    """

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

    def is_shut(self, connection: sa.Connection) -> bool:
        """Whether this shop served nobody when it was scanned; another shop's order is not asked about that one's door."""
        found, own = self.order, self.command
        if own.has_left or found.shop_id != own.shop_id:
            return False
        return is_shut(found, connection, own.community_id, own.shop_id, at=self.at, zone=found.zone)

    @property
    def is_over(self) -> bool:
        """The order's time was over when it was scanned."""
        return self.order.expires_at <= self.at

    @property
    def is_late(self) -> bool:
        """The hold of the order is over: its points, perhaps its goods too, must be taken anew."""
        return self.order.state == "lapsed" or self.order.expires_at <= self.now


_told = Prepared(
    sa.select(told.c.fingerprint, told.c.status, told.c.reason, told.c.answer, told.c.device).where(
        told.c.community_id == sa.bindparam("community"), told.c.nonce == sa.bindparam("nonce")
    )
)


def _of(other: sa.FromClause, key: sa.ColumnElement) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == order.c.community_id, other.c.id == key)


# The order by its token with everything the answer says, and beside it what this nonce was told before.
_order = (
    sa.select(
        order.c.id, order.c.shop_id, order.c.household_id, order.c.member_id, order.c.state, order.c.points, order.c.expires_at,
        order.c.transfer_id, order.c.wallet_id, order.c.shop_account_id, line.c.item_id, line.c.quantity,
        line.c.points_each, item.c.name_zh, item.c.name_en, item.c.icon, item.c.kind,
        member.c.name, household.c.number, shop.c.name.label("shop_name"), *door_columns(shop), community.c.zone,
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


def is_nonce(text: str) -> bool:
    """Not empty, not too long, and no character in it that is not seen: no database takes all of those."""
    return 1 <= len(text) <= LONGEST_NONCE and text.isprintable()


def check_nonce(nonce: str) -> None:
    """Raises Invalid ``nonce_wrong``."""
    if not is_nonce(nonce):
        raise Invalid("nonce_wrong", most=LONGEST_NONCE)


def content_of(command: RedeemCode) -> str:
    """What the nonce stands for: code, shop and goods. Not the time or the network: a queue resends under the old nonce.

    Who confirmed on the own phone showed no code: their sale stands for shop and goods.
    """
    code = "" if command.payer_id else command.code.strip()
    goods = sorted((str(line.item_id), line.quantity) for line in command.lines)
    return fingerprint(code, command.shop_id, *([goods] if goods else []))


def look_up(connection: sa.Connection, command: RedeemCode, mark: str) -> tuple[Outcome | None, list[Any]]:
    """What the nonce was told before, if anything, and the lines of the order under lock (a dry run locks nothing).

    Raises Conflict ``nonce_conflict`` when the nonce stands for something else.
    """
    token = read_code(command.code)
    keys = {"community": command.community_id, "nonce": command.nonce}
    lines: list[Any] = []
    if token:
        query = _found if command.dry_run else _found_locked
        # An order that moves to another shop while this waits for its lock is no longer joined: then it is read anew.
        lines = query.rows(connection, {**keys, "token": token}) or query.rows(
            connection, {**keys, "token": token}
        )
    before = lines[0] if lines else what_was_told(connection, command)
    return told_before(before, mark), lines


def what_was_told(connection: sa.Connection, command: RedeemCode) -> Any:
    """The stored answer of the command's nonce, or None. Raises Invalid ``nonce_wrong``."""
    check_nonce(command.nonce)
    rows = _told.rows(connection, {"community": command.community_id, "nonce": command.nonce})
    return rows[0] if rows else None


def told_before(row: Any, mark: str) -> Outcome | None:
    """The stored answer of a nonce in a row that joins it. Conflict ``nonce_conflict`` when it stands for something else;
    a nonce that was cancelled before anything came under it stands for everything."""
    if row is None or row.fingerprint is None:
        return None
    if row.fingerprint not in (mark, ANYTHING):
        raise Conflict("nonce_conflict")
    return Outcome(row.status, row.reason, json.loads(row.answer))


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Reading vouchers: the household's, the counter's, the steward's, and what a partner has served in a period."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.ledger.models import Transfer
from points.people.models import Household, Member
from shop.catalogue.models import Item, Shop
from shop.vouchers.models import Voucher

voucher, item, member, household = Voucher.__table__, Item.__table__, Member.__table__, Household.__table__
transfer = Transfer.__table__
server, counter = Shop.__table__.alias("server"), Shop.__table__.alias("counter")
AT_ONCE = 200
READ_STATES = ("issued", "used", "lapsed", "annulled")


@dataclass(frozen=True)
class VoucherView:
    """A voucher as it is read now: ``state`` is issued, used, lapsed or annulled. ``served_by`` serves it, at ``place``.

    ``points`` were paid for its ``quantity`` pieces; ``fen``: what it pays of a bill, for a credit; ``used_in``: the name of
    the counter that used it, ``use_note`` what for.
    """

    id: uuid.UUID
    order_id: uuid.UUID
    item_id: uuid.UUID
    item_code: str
    kind: str
    name_zh: str
    name_en: str
    icon: str
    takes_place_at: datetime | None
    token: str
    quantity: int
    points: int
    fen: int
    state: str
    household_id: uuid.UUID
    household_number: str
    member: str
    partner_id: uuid.UUID | None
    server_id: uuid.UUID
    served_by: str
    place: str
    hours: str
    issued_at: datetime
    expires_at: datetime
    extended_at: datetime | None
    used_at: datetime | None
    used_in: str | None
    use_note: str


def _same(other: sa.FromClause, key: sa.ColumnElement) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == voucher.c.community_id, other.c.id == key)


_views = (
    sa.select(
        voucher, item.c.code.label("item_code"), item.c.kind, item.c.name_zh, item.c.name_en, item.c.icon, item.c.takes_place_at,
        household.c.number.label("household_number"), member.c.name.label("member"), server.c.id.label("server_id"),
        server.c.name.label("served_by"), server.c.place, server.c.hours, counter.c.name.label("used_in"),
    )
    .join(item, _same(item, voucher.c.item_id))
    .join(household, _same(household, voucher.c.household_id))
    .join(member, _same(member, voucher.c.member_id))
    .join(server, _same(server, sa.func.coalesce(voucher.c.partner_id, voucher.c.sold_by)))
    .outerjoin(counter, _same(counter, voucher.c.shop_id))
)  # fmt: skip


def read_state(state: str, expires_at: datetime, now: datetime) -> str:
    """What a stored state means at ``now``: an issued voucher past its time has lapsed."""
    return "lapsed" if state == "issued" and expires_at <= now else state


def _view(row: sa.Row, now: datetime) -> VoucherView:
    own = {name: getattr(row, name) for name in VoucherView.__dataclass_fields__ if name != "state"}
    return VoucherView(**own, state=read_state(row.state, row.expires_at, now))


def _views_of(session: Session, community_id: int, query: sa.Select, now: datetime) -> list[VoucherView]:
    rows = session.execute(query.where(voucher.c.community_id == community_id))
    return [_view(row, now) for row in rows]


def voucher_by_id(
    session: Session, community_id: int, voucher_id: uuid.UUID, *, now: datetime
) -> VoucherView:
    """NotFound ``voucher_not_found``; whose it is, is the caller's to ask."""
    found = _views_of(session, community_id, _views.where(voucher.c.id == voucher_id), now)
    if not found:
        raise NotFound("voucher_not_found")
    return found[0]


def voucher_by_token(session: Session, community_id: int, token: str, *, now: datetime) -> VoucherView:
    """NotFound ``voucher_not_found``."""
    found = _views_of(session, community_id, _views.where(voucher.c.token == token), now)
    if not found:
        raise NotFound("voucher_not_found")
    return found[0]


def vouchers_of_order(
    session: Session, community_id: int, order_id: uuid.UUID, *, now: datetime
) -> list[VoucherView]:
    """What an order brought, by item and piece."""
    query = _views.where(voucher.c.order_id == order_id).order_by(item.c.code, voucher.c.piece)
    return _views_of(session, community_id, query, now)


def vouchers_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 30,
) -> list[VoucherView]:  # fmt: skip
    """A household's vouchers, newest first, after the one ``before``."""
    query = _views.where(voucher.c.household_id == household_id)
    if before is not None:
        query = query.where(voucher.c.id < before)
    return _views_of(session, community_id, query.order_by(voucher.c.id.desc()).limit(limit), now)


def vouchers_got(
    session: Session, community_id: int, household_id: uuid.UUID, *, since: datetime, now: datetime
) -> list[VoucherView]:
    """What a household got since a moment, newest first, at most ``AT_ONCE``."""
    query = _views.where(voucher.c.household_id == household_id, voucher.c.issued_at >= since)
    return _views_of(session, community_id, query.order_by(voucher.c.id.desc()).limit(AT_ONCE), now)


def vouchers_sold_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime, limit: int = 30
) -> list[VoucherView]:
    """What a shop issued lately, newest first: for those who want theirs on paper."""
    query = _views.where(voucher.c.sold_by == shop_id).order_by(voucher.c.id.desc()).limit(limit)
    return _views_of(session, community_id, query, now)


def vouchers_used_at(
    session: Session, community_id: int, shop_id: uuid.UUID, span: tuple[datetime, datetime], *, now: datetime
) -> list[VoucherView]:
    """What a counter served in a span (both ends counted), oldest first: what a partner settles."""
    query = _views.where(voucher.c.shop_id == shop_id, voucher.c.used_at.between(*span))
    return _views_of(session, community_id, query.order_by(voucher.c.used_at, voucher.c.id), now)


def vouchers_settled(
    session: Session,
    community_id: int,
    account_id: uuid.UUID,
    first_seq: int,
    last_seq: int,
    *,
    now: datetime,
) -> list[VoucherView]:
    """Those whose points came to an account with its entries ``first_seq`` to ``last_seq``, oldest first: what stands
    behind a partner's statement."""
    came = sa.select(transfer.c.id).where(
        transfer.c.community_id == community_id, transfer.c.credit_account_id == account_id,
        transfer.c.credit_seq.between(first_seq, last_seq), transfer.c.code == "voucher",
    )  # fmt: skip
    query = _views.where(voucher.c.transfer_id.in_(came))
    return _views_of(session, community_id, query.order_by(voucher.c.used_at, voucher.c.id), now)


def open_vouchers(session: Session, community_id: int, *, now: datetime) -> list[VoucherView]:
    """Unused ones, those that end or ended first first: the steward may extend one."""
    query = _views.where(voucher.c.state == "issued").order_by(voucher.c.expires_at, voucher.c.id)
    return _views_of(session, community_id, query.limit(AT_ONCE), now)

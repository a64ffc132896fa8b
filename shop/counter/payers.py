"""Who pays for a sale at the counter: the holder of a card, of a phone that shows a code, or who confirmed on the own phone.

One statement finds the person, the household (locked: its limits are counted in order), the wallet, the shop's account and
what this nonce was told before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from points.codes import read_code
from points.ledger.models import Account
from points.people.models import Card, CodeToken, Community, Household, Member
from points.prepared import Prepared
from shop.catalogue.doors import door_columns
from shop.catalogue.models import Shop
from shop.codes.keys import CodeKeys
from shop.codes.models import MemberKey, MemberPin
from shop.codes.rotating import ROOM, MemberCode, is_fresh, is_genuine, read_member_code
from shop.counter.models import Redemption
from shop.counter.scan import RedeemCode

member, household, community, shop = (
    Member.__table__, Household.__table__, Community.__table__, Shop.__table__,
)  # fmt: skip
card, code_token, member_key, pin = (
    Card.__table__, CodeToken.__table__, MemberKey.__table__, MemberPin.__table__,
)  # fmt: skip
wallet, till = Account.__table__.alias("wallet"), Account.__table__.alias("till")
told, used = Redemption.__table__.alias("told"), Redemption.__table__.alias("used")
_community = sa.bindparam("community")
NAMED = "named"  # the means of whom staff named: they showed nothing, and the counter's book writes none


@dataclass(frozen=True)
class Payer:
    """``row``: the person and the accounts, as ``_columns`` name them. ``reasons``: why not, of the code alone.

    ``means`` and ``used_mark`` as the counter's book keeps them.
    """

    row: Any
    means: str
    used_mark: str | None
    reasons: tuple[str, ...]


_columns = (
    member.c.id.label("member_id"), member.c.name, member.c.left_at, household.c.id.label("household_id"),
    household.c.number, community.c.zone, community.c.card_daily_cap, community.c.confirm_above,
    wallet.c.id.label("wallet_id"), wallet.c.closed_at.label("wallet_closed_at"), shop.c.name.label("shop_name"),
    *door_columns(shop),
    till.c.id.label("till_id"), till.c.closed_at.label("till_closed_at"), pin.c.locked_at, told.c.fingerprint,
    told.c.status, told.c.reason, told.c.answer, used.c.scanned_at.label("used_at"),
)  # fmt: skip


def _who(start: sa.FromClause, *more: sa.ColumnElement, of: sa.ColumnElement) -> sa.Select:
    """``start`` finds the person's id in ``of``; the rest is the same for every kind of code."""
    return (
        sa.select(*_columns, *more)
        .select_from(start)
        .join(member, sa.and_(member.c.community_id == _community, member.c.id == of))
        .join(household, sa.and_(household.c.community_id == _community, household.c.id == member.c.household_id))
        .join(community, community.c.id == member.c.community_id)
        .join(shop, sa.and_(shop.c.community_id == _community, shop.c.id == sa.bindparam("shop")))
        .join(wallet, sa.and_(
            wallet.c.community_id == _community, wallet.c.kind == community.c.wallet_kind,
            wallet.c.owner_id == sa.case((community.c.wallet_kind == "household", member.c.household_id),
                                         else_=member.c.id)))
        .join(till, sa.and_(till.c.community_id == _community, till.c.kind == "shop", till.c.owner_id == shop.c.id))
        .outerjoin(pin, sa.and_(pin.c.community_id == _community, pin.c.id == member.c.id))
        .outerjoin(told, sa.and_(told.c.community_id == _community, told.c.nonce == sa.bindparam("nonce")))
        .outerjoin(used, sa.and_(used.c.community_id == _community, used.c.used_mark == sa.bindparam("mark")))
    )  # fmt: skip


def _both(query: sa.Select) -> tuple[Prepared, Prepared]:
    """Without a lock for a dry run, with one for the sale."""
    return Prepared(query), Prepared(query.with_for_update(of=household, key_share=True))


_by_key = _both(
    _who(member_key, member_key.c.revoked_at, of=member_key.c.member_id).where(
        member_key.c.community_id == _community, member_key.c.handle == sa.bindparam("handle")
    )
)
_by_card = _both(
    _who(
        code_token.join(card, sa.and_(card.c.community_id == _community, card.c.id == code_token.c.subject_id)),
        card.c.revoked_at, of=card.c.member_id,
    ).where(
        code_token.c.token == sa.bindparam("token"), code_token.c.community_id == _community,
        code_token.c.purpose == "card",
    )
)  # fmt: skip
_anyone = member.alias("anyone")
_by_member = _both(
    _who(_anyone, of=_anyone.c.id).where(
        _anyone.c.community_id == _community, _anyone.c.id == sa.bindparam("member")
    )
)


def find_payer(
    connection: sa.Connection, command: RedeemCode, keys: CodeKeys, *, at: datetime
) -> Payer | None:
    """Whoever the code belongs to; None when it belongs to nobody here, or a phone's code was not made by that phone."""
    values = {
        "community": command.community_id,
        "shop": command.shop_id,
        "nonce": command.nonce,
        "mark": None,
    }
    if command.payer_id is not None:
        row = _first(connection, _by_member, command, values | {"member": command.payer_id})
        return Payer(row, "own_phone", None, _gone(row)) if row else None
    ways = (_phone, _card) if ROOM in command.code.upper() else (_card, _phone)
    for way in ways:
        payer = way(connection, command, values, keys, at)
        if payer is not None:
            return payer
    return None


def _card(
    connection: sa.Connection, command: RedeemCode, values: dict[str, Any], _keys: CodeKeys, _at: datetime
) -> Payer | None:
    token = read_code(command.code)
    row = _first(connection, _by_card, command, values | {"token": token}) if token else None
    if row is None:
        return None
    is_over = row.revoked_at is not None or row.locked_at is not None
    return Payer(row, "card", None, (*(("revoked",) if is_over else ()), *_gone(row)))


def _phone(
    connection: sa.Connection, command: RedeemCode, values: dict[str, Any], keys: CodeKeys, at: datetime
) -> Payer | None:
    code = read_member_code(command.code, at)
    if code is None:
        return None
    row = _first(connection, _by_key, command, values | {"handle": code.handle, "mark": code.mark})
    if row is None or not is_genuine(code, keys.member_key(code.handle)):
        return None
    return Payer(row, "code", code.mark, (*_phone_reasons(row, code, at), *_gone(row)))


def _phone_reasons(row: Any, code: MemberCode, at: datetime) -> tuple[str, ...]:
    applies = {
        "revoked": row.revoked_at is not None,
        "invalid_time": not is_fresh(code, at.timestamp()),
        "already_redeemed": row.used_at is not None,
    }
    return tuple(reason for reason, is_so in applies.items() if is_so)


def _gone(row: Any) -> tuple[str, ...]:
    """Nobody shops for a household they have left."""
    return ("revoked",) if row.left_at is not None else ()


def _first(
    connection: sa.Connection, queries: Sequence[Prepared], command: RedeemCode, values: dict[str, Any]
) -> Any:
    plain, locking = queries
    rows = (plain if command.dry_run else locking).rows(connection, values)
    return rows[0] if rows else None

"""The code on a shop's counter: printed once, renewed when a copy turns up elsewhere."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code
from points.errors import NotFound
from points.people.operations import write_act, write_code
from shop.catalogue.models import Shop
from shop.codes.models import ShopCode

shop, shop_code = Shop.__table__, ShopCode.__table__


@dataclass(frozen=True)
class IssueShopCode:
    """A code for a counter; ``renew`` makes the one in use worthless. ``actor_id`` None: the command line."""

    community_id: int
    actor_id: uuid.UUID | None
    shop_id: uuid.UUID
    renew: bool = False


def issue_shop_code(session: Session, command: IssueShopCode, *, now: datetime) -> str:
    """The code in use, or a new version of it, with a line of the public list. NotFound ``shop_not_found``."""
    name = session.scalar(
        sa.select(shop.c.name)
        .where(shop.c.community_id == command.community_id, shop.c.id == command.shop_id)
        .with_for_update(key_share=True)
    )
    if name is None:
        raise NotFound("shop_not_found")
    codes = session.scalars(
        sa.select(ShopCode)
        .where(ShopCode.community_id == command.community_id, ShopCode.shop_id == command.shop_id)
        .order_by(ShopCode.version)
    ).all()
    if codes and codes[-1].revoked_at is None:
        if not command.renew:
            return codes[-1].token
        codes[-1].revoked_at = now
    made = ShopCode(
        community_id=command.community_id, id=new_id(), shop_id=command.shop_id, version=len(codes) + 1,
        token=new_code(), issued_at=now,
    )  # fmt: skip
    session.add(made)
    write_code(session, made.token, command.community_id, "shop", command.shop_id, now=now)
    write_act(session, command, "shop_code_issued", name, "", now=now)
    return made.token


@dataclass(frozen=True)
class ShopCodeView:
    """The code in use of a shop."""

    token: str
    version: int
    issued_at: datetime


def code_of_shop(session: Session, community_id: int, shop_id: uuid.UUID) -> ShopCodeView | None:
    """What is to be printed; None before the first."""
    row = session.execute(
        sa.select(shop_code.c.token, shop_code.c.version, shop_code.c.issued_at).where(
            shop_code.c.community_id == community_id, shop_code.c.shop_id == shop_id, shop_code.c.revoked_at.is_(None)
        )
    ).one_or_none()  # fmt: skip
    return ShopCodeView(**row._mapping) if row else None


def shop_of_code(session: Session, community_id: int, token: str) -> uuid.UUID:
    """At whose counter this code lies. NotFound ``shop_code_not_found``, also for another community's;
    ``shop_code_replaced`` for an old one."""
    row = session.execute(
        sa.select(shop_code.c.shop_id, shop_code.c.revoked_at).where(
            shop_code.c.community_id == community_id, shop_code.c.token == token
        )
    ).one_or_none()
    if row is None:
        raise NotFound("shop_code_not_found")
    if row.revoked_at is not None:
        raise NotFound("shop_code_replaced")
    return row.shop_id

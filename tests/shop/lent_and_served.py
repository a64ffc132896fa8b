"""A till that also sells services, lends for a deposit (L01) and for nothing (L02), and has a partner; vouchers are issued
as at a hand-over."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import db
from points.ledger.accounts import account_id_of
from points.ledger.queries import balance_of
from shop.catalogue.models import Item, Shop
from shop.catalogue.operations import ImportCatalogue, OpenShop, import_catalogue, open_shop
from shop.queries import items_at
from shop.vouchers.operations import UseVoucher, issue_vouchers, use_voucher
from shop.vouchers.queries import VoucherView
from tests.shop.till import Till, an_item, given_till

MORE = (
    an_item("S01", 6, kind="service"),
    an_item("S02", 5, kind="policy"),
    an_item("S03", 5, kind="service"),
    an_item("L01", 15, kind="loan"),
    an_item("L02", 0, kind="loan"),
)


def given_wide_till(**settings: Any) -> tuple[Till, uuid.UUID]:
    """The till, and the partner who serves S02 and S03 for ten days; S01 the shop serves itself."""
    till = given_till(**settings)
    till.run(import_catalogue, ImportCatalogue(till.community_id, None, MORE))
    partner = till.run(open_shop, OpenShop(till.community_id, None, "物业", "物业服务中心"))
    found = items_at(db.session(), till.community_id, till.shop_id, now=till.now, only_offered=False)
    till.items |= {one.code: one.id for one in found}
    db.session.rollback()

    def arrange(session: Session, _command: object, *, now: datetime) -> None:
        of_shop = (Shop.community_id == till.community_id, Shop.id == partner)
        session.execute(sa.update(Shop).where(*of_shop).values(kind="partner"))
        of_item = (
            Item.community_id == till.community_id,
            Item.id.in_([till.items["S02"], till.items["S03"]]),
        )
        session.execute(sa.update(Item).where(*of_item).values(partner_id=partner, voucher_days=10))

    till.run(arrange, None)
    for code in ("S01", "S02", "S03", "L01", "L02"):
        till.receive(code, 10)
    return till, partner


def sold(till: Till, code: str, pieces: int = 1, person: int = 0) -> list[VoucherView]:
    """An order of a service, collected, with what it brought."""
    order = till.order(till.people[person], (code, pieces))
    assert till.scan(order).status == "ok"
    return till.run(issue, (till.community_id, order.id, till.shop_id))


def issue(session: Session, what: tuple[int, uuid.UUID, uuid.UUID], *, now: datetime) -> list[VoucherView]:
    """As the counter does at a hand-over."""
    community_id, order_id, shop_id = what
    return issue_vouchers(session, community_id, order_id, shop_id=shop_id, now=now)


def use(till: Till, voucher: VoucherView, shop_id: uuid.UUID, nonce: str = "", note: str = "") -> VoucherView:
    """The counter of ``shop_id`` serves it."""
    command = UseVoucher(
        till.community_id, till.staff.id, shop_id, voucher.token, nonce or till.a_key(), note
    )
    return till.run(use_voucher, command)


def points_on(till: Till, kind: str, owner_id: uuid.UUID | None = None) -> int:
    """What an account of the community, a shop's or a partner's holds."""
    db.session.rollback()
    owner = (owner_id,) if owner_id else ()
    account_id = account_id_of(db.session(), till.community_id, kind, *owner)
    return (
        balance_of(db.session(), till.community_id, account_id, now=till.now).available if account_id else 0
    )

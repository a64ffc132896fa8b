"""The steward puts an item into the catalogue by hand, or changes one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.models import Community
from points.people.operations import write_act
from shop.catalogue.announcing import WITHOUT_PRICE, first_price
from shop.catalogue.limits import Limit, limits_by_item, set_limits
from shop.catalogue.models import KINDS, VOUCHER_KINDS, Item, Shop
from shop.catalogue.operations import ORDERABLE
from shop.catalogue.sheet import MOST_VOUCHER_DAYS, barcode_of, code_of
from shop.stock.models import Stock
from shop.vouchers.operations import move_tickets

MOST_LOW = 100_000


@dataclass(frozen=True)
class ItemDetails:
    """What an item is; texts in both languages (the Chinese name stands for a missing English one).

    ``takes_place_at``: when what a ticket is for begins; from then on it is not sold any more.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str = ""
    detail_zh: str = ""
    detail_en: str = ""
    unit_zh: str = ""
    unit_en: str = ""
    icon: str = "package"
    barcode: str | None = None
    voucher_days: int | None = None
    partner_id: uuid.UUID | None = None
    takes_place_at: datetime | None = None


@dataclass(frozen=True)
class ShelfPlan:
    """Whether a shop hands the item out, and below how many free pieces it is time to order more (None: the usual)."""

    shop_id: uuid.UUID
    is_sold: bool
    low_at: int | None = None


@dataclass(frozen=True)
class AddItem:
    """A new item with its first price: points, and a reference price in fen."""

    community_id: int
    actor_id: uuid.UUID
    details: ItemDetails
    points: int
    reference_fen: int
    limits: tuple[Limit, ...] = ()
    shelves: tuple[ShelfPlan, ...] = ()


@dataclass(frozen=True)
class EditItem:
    """Everything but the price (``announce_price``) and whether it is on offer (``offer_item``)."""

    community_id: int
    actor_id: uuid.UUID
    item_id: uuid.UUID
    details: ItemDetails
    limits: tuple[Limit, ...] = ()
    shelves: tuple[ShelfPlan, ...] = ()


def add_item(session: Session, command: AddItem, *, now: datetime) -> uuid.UUID:
    """Returns the new item's id; it is on offer when it can be ordered.

    Raises Invalid ``code_missing``, ``code_not_valid``, ``name_missing``, ``item_details_wrong``, ``barcode_not_valid``,
    ``price_missing``, ``limit_wrong``, ``limit_twice``; NotFound ``partner_not_found``, ``shop_not_found``; Conflict
    ``code_taken``, ``barcode_taken``.
    """
    values = _checked(session, command.community_id, command.details, None)
    has_price = values["kind"] not in WITHOUT_PRICE
    if has_price and command.points < 1:
        raise Invalid("price_missing")
    item = Item(
        community_id=command.community_id, id=new_id(), points=command.points if has_price else 0,
        reference_fen=command.reference_fen, is_offered=values["kind"] in ORDERABLE, **values,
    )  # fmt: skip
    session.add(item)
    session.flush()
    first_price(session, command, item, "", now=now)
    set_limits(session, command.community_id, item.id, command.limits)
    _plan_shelves(session, command.community_id, item.id, command.shelves)
    write_act(session, command, "item_added", f"{item.code} {item.name_zh}: {item.points}", "", now=now)
    return item.id


def edit_item(session: Session, command: EditItem, *, now: datetime) -> None:
    """Raises as ``add_item``, and NotFound ``item_not_found``. An item that cannot be ordered any more goes off offer."""
    item = locked_item(session, command.community_id, command.item_id)
    values = _checked(session, command.community_id, command.details, item.id)
    changed = any(getattr(item, name) != value for name, value in values.items())
    has_moved = values["takes_place_at"] not in (None, item.takes_place_at)
    for name, value in values.items():
        setattr(item, name, value)
    if has_moved:
        zone = session.get_one(Community, command.community_id).zone
        move_tickets(session, command.community_id, item.id, values["takes_place_at"], zone)
    item.is_offered = item.is_offered and item.kind in ORDERABLE
    if set(limits_by_item(session, command.community_id, [item.id]).get(item.id, ())) != set(command.limits):
        set_limits(session, command.community_id, item.id, command.limits)
        changed = True
    changed = _plan_shelves(session, command.community_id, item.id, command.shelves) or changed
    if changed:
        write_act(session, command, "item_changed", f"{item.code} {item.name_zh}", "", now=now)


@dataclass(frozen=True)
class SetItemPhoto:
    """The photo whose files are written, or none."""

    community_id: int
    actor_id: uuid.UUID
    item_id: uuid.UUID
    photo_id: uuid.UUID | None


def set_item_photo(session: Session, command: SetItemPhoto, *, now: datetime) -> uuid.UUID | None:
    """Returns the photo it had before, whose files nobody needs. NotFound ``item_not_found``."""
    item = locked_item(session, command.community_id, command.item_id)
    before, item.photo_id = item.photo_id, command.photo_id
    write_act(session, command, "item_changed", f"{item.code} {item.name_zh}", "", now=now)
    return before


def locked_item(session: Session, community_id: int, item_id: uuid.UUID) -> Item:
    """The item, for whoever changes it. NotFound ``item_not_found``."""
    item = session.scalar(
        sa.select(Item).where(Item.community_id == community_id, Item.id == item_id).with_for_update()
    )
    if item is None:
        raise NotFound("item_not_found")
    return item


def _checked(
    session: Session, community_id: int, details: ItemDetails, item_id: uuid.UUID | None
) -> dict[str, object]:
    """The columns of the details, trimmed."""
    values = {one.name: getattr(details, one.name) for one in fields(details)}
    values |= {name: value.strip() for name, value in values.items() if isinstance(value, str)}
    values["code"] = code_of(values["code"])
    values["name_en"] = values["name_en"] or values["name_zh"]
    values["barcode"] = values["barcode"] or None
    if not values["name_zh"]:
        raise Invalid("name_missing")
    if values["kind"] not in VOUCHER_KINDS:
        values["partner_id"] = None
    if values["kind"] not in (*VOUCHER_KINDS, "loan"):
        values["voucher_days"] = None
    if values["kind"] != "ticket":
        values["takes_place_at"] = None
    days = values["voucher_days"]
    if values["kind"] not in KINDS or not (days is None or 1 <= days <= MOST_VOUCHER_DAYS):
        raise Invalid("item_details_wrong")
    if values["barcode"] is not None:
        barcode_of(values["barcode"])
    _check_free(session, community_id, values, item_id)
    partner = sa.select(Shop.id).where(
        Shop.community_id == community_id, Shop.id == values["partner_id"], Shop.kind == "partner"
    )
    if values["partner_id"] is not None and session.scalar(partner) is None:
        raise NotFound("partner_not_found")
    return values


def _check_free(
    session: Session, community_id: int, values: dict[str, object], item_id: uuid.UUID | None
) -> None:
    same = Item.code == values["code"]
    if values["barcode"] is not None:
        same = sa.or_(same, Item.barcode == values["barcode"])
    query = sa.select(Item.code, Item.barcode, Item.name_zh).where(Item.community_id == community_id, same)
    if item_id is not None:
        query = query.where(Item.id != item_id)
    for other in session.execute(query):
        if other.code == values["code"]:
            raise Conflict("code_taken", item_code=other.code)
        raise Conflict("barcode_taken", name=other.name_zh)


def _plan_shelves(
    session: Session, community_id: int, item_id: uuid.UUID, plans: tuple[ShelfPlan, ...]
) -> bool:
    """Writes what differs; whether anything did."""
    shops = set(session.scalars(sa.select(Shop.id).where(Shop.community_id == community_id)))
    shelves = {
        shelf.shop_id: shelf
        for shelf in session.scalars(
            sa.select(Stock)
            .where(Stock.community_id == community_id, Stock.item_id == item_id)
            .order_by(Stock.shop_id)
            .with_for_update()
        )
    }
    changed = False
    for plan in plans:
        if plan.shop_id not in shops:
            raise NotFound("shop_not_found")
        if plan.low_at is not None and not 0 <= plan.low_at <= MOST_LOW:
            raise Invalid("item_details_wrong")
        shelf = shelves.get(plan.shop_id)
        if shelf is None and (plan.is_sold, plan.low_at) == (True, None):
            continue  # a shop without a shelf hands out what is delivered to it
        if shelf is None:
            shelf = Stock(
                community_id=community_id, id=new_id(), shop_id=plan.shop_id, item_id=item_id, on_hand=0, held=0,
                is_sold=True,
            )  # fmt: skip
            session.add(shelf)
            changed = True
        if (shelf.is_sold, shelf.low_at) != (plan.is_sold, plan.low_at):
            shelf.is_sold, shelf.low_at, changed = plan.is_sold, plan.low_at, True
    return changed

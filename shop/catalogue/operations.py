"""Opening a shop and putting goods into the catalogue."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.ledger.operations import open_account
from points.people.operations import write_act
from points.sheets import RowError
from shop.catalogue.announcing import FoldPrices, change_price, first_price, fold_prices
from shop.catalogue.limits import Limit, limits_by_item, set_limits
from shop.catalogue.models import SHOP_KINDS, Item, Shop
from shop.catalogue.sheet import CatalogueItem

# An order can name these; honours are given, and points are given away, elsewhere.
ORDERABLE = ("goods", "service", "ticket", "policy", "time credit")


@dataclass(frozen=True)
class OpenShop:
    """A counter with its account in the ledger."""

    community_id: int
    actor_id: uuid.UUID | None
    name: str
    place: str = ""
    hours: str = ""
    kind: str = "shop"


def open_shop(session: Session, command: OpenShop, *, now: datetime) -> uuid.UUID:
    """Opens a shop or a partner's counter; returns its id, also when one of that name is open already.

    Invalid ``name_missing``, ``shop_kind_wrong``.
    """
    if not command.name.strip():
        raise Invalid("name_missing")
    if command.kind not in SHOP_KINDS:
        raise Invalid("shop_kind_wrong")
    found = session.scalar(
        sa.select(Shop.id).where(Shop.community_id == command.community_id, Shop.name == command.name.strip())
    )
    if found is not None:
        return found
    shop = Shop(
        community_id=command.community_id, id=new_id(), name=command.name.strip(), place=command.place,
        hours=command.hours, kind=command.kind,
    )  # fmt: skip
    session.add(shop)
    open_account(session, command.community_id, "shop", shop.id, now=now)
    write_act(session, command, "shop_opened", shop.name, shop.place, now=now)
    return shop.id


@dataclass(frozen=True)
class ImportCatalogue:
    """Rows of a catalogue sheet that were read without error."""

    community_id: int
    actor_id: uuid.UUID | None
    items: tuple[CatalogueItem, ...]
    reason: str = ""


@dataclass(frozen=True)
class CatalogueImported:
    """How many items came in, changed or were as they are."""

    added: int
    changed: int
    unchanged: int


def import_catalogue(session: Session, command: ImportCatalogue, *, now: datetime) -> CatalogueImported:
    """Adds and updates items by code; running it twice changes nothing. Orders keep the price of their day.

    The public list says how many came and changed, and each new price beside the old one. Raises Conflict with the first
    code of ``check_catalogue``.
    """
    for error in check_catalogue(session, command.community_id, command.items):
        raise Conflict(error.code, **error.facts)
    fold_prices(session, FoldPrices(command.community_id), now=now)
    known = _items_by_code(session, command.community_id)
    limits = limits_by_item(session, command.community_id)
    partners = _partners(session, command.community_id)
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for line in command.items:
        item, values = known.get(line.code), _values(line, partners)
        outcome = _outcome(item, line, values, limits)
        counts[outcome] += 1
        if item is None:
            item = Item(
                community_id=command.community_id, id=new_id(), is_offered=_may_be_offered(line), **values
            )
            session.add(item)
            session.flush()
            first_price(session, command, item, command.reason, now=now)
            set_limits(session, command.community_id, item.id, line.limits)
        elif outcome == "changed":
            price = values["points"], values["reference_fen"]
            if price != (item.points, item.reference_fen):
                change_price(session, command, item, *price, command.reason, now=now)
            for name, value in values.items():
                setattr(item, name, value)
            set_limits(session, command.community_id, item.id, line.limits)
            # What the shop took off its list stays off it; a sheet only takes away what nobody can order.
            item.is_offered = item.is_offered and _may_be_offered(line)
    if counts["added"] or counts["changed"]:
        detail = f"+{counts['added']} ~{counts['changed']}"
        write_act(session, command, "catalogue_imported", detail, command.reason, now=now)
    return CatalogueImported(**counts)


def preview_catalogue(
    session: Session, community_id: int, items: Sequence[CatalogueItem]
) -> CatalogueImported:
    """What ``import_catalogue`` would do with these items, without doing it."""
    known, limits = _items_by_code(session, community_id), limits_by_item(session, community_id)
    partners = _partners(session, community_id)
    outcomes = Counter(
        _outcome(known.get(line.code), line, _values(line, partners), limits) for line in items
    )
    return CatalogueImported(outcomes["added"], outcomes["changed"], outcomes["unchanged"])


def check_catalogue(session: Session, community_id: int, items: Sequence[CatalogueItem]) -> list[RowError]:
    """What rows say that cannot be here: a partner nobody knows (``partner_not_found``), a barcode of another item
    (``barcode_taken``, ``name``) or of an earlier row (``barcode_twice``, ``first_line``)."""
    partners = _partners(session, community_id)
    owners = {
        item.barcode: item
        for item in _items_by_code(session, community_id).values()
        if item.barcode is not None
    }
    first_line: dict[str, int] = {}
    errors = []
    for line in items:
        if line.partner is not None and line.partner not in partners:
            errors.append(RowError(line.line, "partner", "partner_not_found", {"value": line.partner}))
        if line.barcode is None:
            continue
        owner, earlier = owners.get(line.barcode), first_line.setdefault(line.barcode, line.line)
        facts: dict[str, object] = {"value": line.barcode}
        if owner is not None and owner.code != line.code:
            errors.append(RowError(line.line, "barcode", "barcode_taken", facts | {"name": owner.name_zh}))
        elif earlier != line.line:
            errors.append(RowError(line.line, "barcode", "barcode_twice", facts | {"first_line": earlier}))
    return errors


def _partners(session: Session, community_id: int) -> dict[str, uuid.UUID]:
    rows = session.execute(
        sa.select(Shop.name, Shop.id).where(Shop.community_id == community_id, Shop.kind == "partner")
    )
    return {row.name: row.id for row in rows}


def _items_by_code(session: Session, community_id: int) -> dict[str, Item]:
    return {
        item.code: item for item in session.scalars(sa.select(Item).where(Item.community_id == community_id))
    }


def _outcome(
    item: Item | None, line: CatalogueItem, values: dict[str, Any], limits: dict[uuid.UUID, tuple[Limit, ...]]
) -> str:
    if item is None:
        return "added"
    differs = any(getattr(item, name) != value for name, value in values.items())
    differs = differs or line.limits != frozenset(limits.get(item.id, ()))
    return "changed" if differs or (item.is_offered and not _may_be_offered(line)) else "unchanged"


def _may_be_offered(line: CatalogueItem) -> bool:
    return line.kind in ORDERABLE and bool(line.points)


def _values(line: CatalogueItem, partners: Mapping[str, uuid.UUID]) -> dict[str, Any]:
    """The columns a line states; of partner, days and barcode only what it says."""
    told = {
        "partner_id": partners.get(line.partner or ""), "voucher_days": line.voucher_days, "barcode": line.barcode,
    }  # fmt: skip
    values = {
        name: getattr(line, name)
        for name in ("code", "kind", "name_zh", "name_en", "detail_zh", "detail_en", "unit_zh", "unit_en")
    }  # fmt: skip
    values |= {name: value for name, value in told.items() if value is not None}
    return values | {
        "points": line.points or 0,
        "reference_fen": line.reference_fen or 0,
        "icon": line.icon or "package",
    }


@dataclass(frozen=True)
class OfferItem:
    """Put an item on offer or take it off."""

    community_id: int
    actor_id: uuid.UUID
    item_id: uuid.UUID
    is_offered: bool
    reason: str


def offer_item(session: Session, command: OfferItem, *, now: datetime) -> None:
    """Changes what the catalogue shows, with a line of the public list; nothing happens when it shows that already.

    Invalid ``reason_needed``; NotFound ``item_not_found``; Conflict ``item_not_orderable`` (honours, gifts).
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    item = session.scalar(
        sa.select(Item)
        .where(Item.community_id == command.community_id, Item.id == command.item_id)
        .with_for_update()
    )
    if item is None:
        raise NotFound("item_not_found")
    if command.is_offered and (item.kind not in ORDERABLE or item.points == 0):
        raise Conflict("item_not_orderable")
    if item.is_offered == command.is_offered:
        return
    item.is_offered = command.is_offered
    write_act(
        session, command, "item_offered" if command.is_offered else "item_withdrawn",
        f"{item.code} {item.name_zh}", command.reason.strip(), now=now,
    )  # fmt: skip

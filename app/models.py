"""Every table of the house, gathered for migrations and for tests that look at all of them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from points.base import Base
from points.guards import append_only

ROOT_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

ROOMS = (
    "points.people.models",
    "points.groups.models",
    "points.ledger.models",
    "points.ledger.guards",
    "points.rules.models",
    "points.records.models",
    "points.review.models",
    "points.review.guards",
    "points.conduct.models",
    "points.notices.models",
    "points.fairness.models",
    "points.checkpoints.models",
    "points.gifts.models",
    "shop.catalogue.models",
    "shop.wishes.models",
    "shop.stock.models",
    "shop.stock.delivery_models",
    "shop.stock.count_models",
    "shop.orders.models",
    "shop.codes.models",
    "shop.devices.models",
    "shop.counter.models",
    "shop.vouchers.models",
    "shop.lending.models",
    "shop.care.models",
    "shop.offline.models",
    "shop.settlement.models",
    "app.identity.models",
)
for _room in ROOMS:
    import_module(_room)

metadata = Base.metadata

APPEND_ONLY = (
    "record_event",
    "conduct_event",
    "admin_act",
    "helped_act",
    "stock_move",
    "order_move",
    "item_price",
    "rule_version",
    "rule_item",
    "ballot_change",
    "secret_vote",
    "group_term",
    "rule_warning",
    "recheck_round",
    "sealed_leaf",
    "sealed_node",
    "checkpoint",
    "refund",
    "refund_line",
    "uploaded_scan",
    "quarantine_note",
    "day_close",
    "day_count",
    "day_countersign",
    "unit_value",
    "settlement_statement",
    "settlement_line",
    "settlement_signature",
    "fund_entry",
    "fund_confirmation",
)
for _name in APPEND_ONLY:
    append_only(metadata.tables[_name])

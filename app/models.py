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
    "shop.catalogue.models",
    "shop.wishes.models",
    "shop.stock.models",
    "shop.orders.models",
    "shop.codes.models",
    "shop.devices.models",
    "shop.counter.models",
    "app.identity.models",
)
for _room in ROOMS:
    import_module(_room)

metadata = Base.metadata

APPEND_ONLY = (
    "record_event",
    "conduct_event",
    "admin_act",
    "stock_move",
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
)
for _name in APPEND_ONLY:
    append_only(metadata.tables[_name])

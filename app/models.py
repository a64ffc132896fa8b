"""Every table of the house, gathered for migrations and for tests that look at all of them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from points.base import Base
from points.guards import append_only

ROOT_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

ROOMS = (
    "points.people.models",
    "points.ledger.models",
    "points.ledger.guards",
    "points.rules.models",
    "points.records.models",
    "points.review.models",
    "points.notices.models",
    "points.checkpoints.models",
    "shop.catalogue.models",
    "shop.stock.models",
    "shop.orders.models",
    "shop.counter.models",
    "app.identity.models",
)
for _room in ROOMS:
    import_module(_room)

metadata = Base.metadata

for _name in (
    "record_event", "admin_act", "stock_move", "rule_version", "rule_item", "sealed_leaf", "sealed_node", "checkpoint",
):  # fmt: skip
    append_only(metadata.tables[_name])

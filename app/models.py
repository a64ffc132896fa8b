"""Every table of the house, gathered for migrations and for tests that look at all of them."""

from pathlib import Path

import shop.catalogue.models
import shop.counter.models
import shop.orders.models
import shop.stock.models  # noqa: F401
from points.base import Base
from points.guards import append_only

for _name in ("record_event", "admin_act", "stock_move"):
    append_only(Base.metadata.tables[_name])
for _name in ("rule_version", "rule_item"):
    append_only(Base.metadata.tables[_name])

metadata = Base.metadata
ROOT_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

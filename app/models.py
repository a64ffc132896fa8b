"""Every table of the house, gathered for migrations and for tests that look at all of them."""

from pathlib import Path

import app.identity.models  # noqa: F401
import points.ledger.guards  # noqa: F401
import points.notices.models  # noqa: F401
import points.people.models  # noqa: F401
import points.records.models  # noqa: F401
import points.review.models  # noqa: F401
import points.rules.models  # noqa: F401
import shop.catalogue.models  # noqa: F401
import shop.counter.models  # noqa: F401
import shop.orders.models  # noqa: F401
import shop.stock.models  # noqa: F401
from points.base import Base
from points.guards import append_only

for _name in ("record_event", "admin_act", "stock_move"):
    append_only(Base.metadata.tables[_name])
for _name in ("rule_version", "rule_item"):
    append_only(Base.metadata.tables[_name])

metadata = Base.metadata
ROOT_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

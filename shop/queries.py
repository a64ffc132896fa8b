"""Everything that can be read of the shop, gathered from its rooms for those who show it."""

from shop.catalogue.queries import ItemView, ShopView, item_at, item_shelves, items_at, shop_by_id, shops_of
from shop.counter.queries import ScanView, scan_by_nonce, scan_of_order, scans_at, scans_of_orders
from shop.orders.limits import limits_left
from shop.orders.queries import (
    LineView,
    OrderView,
    order_by_id,
    order_lines,
    orders_by_id,
    orders_of_household,
    orders_to_collect,
)
from shop.stock.queries import MoveView, moves_at

__all__ = [
    "ItemView", "LineView", "MoveView", "OrderView", "ScanView", "ShopView", "item_at", "item_shelves", "items_at", "limits_left",
    "moves_at", "order_by_id", "order_lines", "orders_by_id", "orders_of_household", "orders_to_collect", "scan_by_nonce",
    "scan_of_order", "scans_at", "scans_of_orders", "shop_by_id", "shops_of",
]  # fmt: skip

"""Everything that can be read of the shop, gathered from its rooms for those who show it."""

from shop.catalogue.queries import ItemView, ShopView, item_at, item_shelves, items_at, shop_by_id, shops_of
from shop.counter.queries import (
    ScanView,
    redemption_by_id,
    scan_by_nonce,
    scan_of_order,
    scans_at,
    scans_of_orders,
    scans_page,
)
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
from shop.stock.books import OutLine, out_book
from shop.stock.count_queries import (
    TakeLine,
    TakeView,
    WriteOffView,
    take_by_id,
    take_lines,
    takes_at,
    takes_waiting,
    write_offs_waiting,
)
from shop.stock.delivery_queries import (
    Batch,
    DeliveryView,
    batches_on_shelf,
    deliveries_at,
    deliveries_in,
    deliveries_waiting,
    delivery_by_id,
    donations_of,
    ending_soon,
    papers_waiting,
    wishes_at,
)
from shop.stock.donors import DonorView, donors_of
from shop.stock.queries import MoveView, moves_at

__all__ = [
    "Batch", "DeliveryView", "DonorView", "ItemView", "LineView", "MoveView", "OrderView", "OutLine", "ScanView",
    "ShopView", "TakeLine", "TakeView", "WriteOffView", "batches_on_shelf", "deliveries_at", "deliveries_in",
    "deliveries_waiting", "delivery_by_id", "donations_of", "donors_of", "ending_soon", "item_at", "item_shelves", "items_at",
    "limits_left", "moves_at", "order_by_id", "order_lines", "orders_by_id", "orders_of_household",
    "orders_to_collect", "out_book", "papers_waiting", "redemption_by_id", "scan_by_nonce", "scan_of_order",
    "scans_at", "scans_of_orders", "scans_page", "shop_by_id", "shops_of", "take_by_id", "take_lines", "takes_at",
    "takes_waiting", "wishes_at", "write_offs_waiting",
]  # fmt: skip

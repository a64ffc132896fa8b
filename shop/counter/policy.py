"""What the counter may hand over. Pure: the order in which refusals are looked for is the contract's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from points.ledger.policy import WalletView

UNDO = timedelta(minutes=15)
OLDEST_OFFLINE_SCAN = timedelta(days=7)
# What a supervisor may override; an unknown code, a collected order or an empty shelf stays what it is.
FORCEABLE = "invalid_time"


# The contract's order: the first that applies is the answer. ``unapproved`` is told where ``insufficient_points`` would be
# (docs/decisions/0020-counter-sales.md).
REASONS = (
    "invalid", "revoked", "blocked", "unapproved", "invalid_time", "canceled", "already_redeemed", "product", "out_of_stock",
    "rules", "insufficient_points",
)  # fmt: skip


@dataclass(frozen=True)
class OrderFacts:
    """What the decision needs of an order; ``is_blocked``: the wallet that pays or the shop's account is closed;
    ``is_shut``: the shop serves nobody at the time of the scan."""

    state: str
    expires_at: datetime
    is_of_this_shop: bool = True
    is_blocked: bool = False
    is_shut: bool = False


def refusals(order: OrderFacts, *, at: datetime) -> list[str]:
    """Every reason not to hand over that an order scanned ``at`` shows by itself, in the contract's order.

    Before these stand ``invalid`` and ``revoked`` (no order has the code); after them, and only for an order whose hold
    is gone, what needs a look at shelf, limits and wallet (``out_of_stock``, ``rules``, ``unapproved``,
    ``insufficient_points``).
    """
    applies = {
        "blocked": order.is_blocked,
        "invalid_time": order.state in ("placed", "lapsed") and (order.expires_at <= at or order.is_shut),
        "canceled": order.state in ("cancelled", "annulled"),
        "already_redeemed": order.state == "collected",
        "product": not order.is_of_this_shop,
    }
    return [reason for reason, is_so in applies.items() if is_so]


def decide(reasons: list[str], *, may_force: bool) -> tuple[str | None, bool]:
    """The reason that is given (None: hand over), and whether force was needed for handing over."""
    if may_force and reasons == [FORCEABLE]:
        return None, True
    if may_force and len(reasons) > 1:
        reasons = [reason for reason in reasons if reason != FORCEABLE]
    return (reasons[0] if reasons else None), False


def why_short(purse: WalletView, points: int) -> str | None:
    """Why the wallet does not pay; ``unapproved`` when what is still on notice would make it enough. None: it pays."""
    if purse.available >= points:
        return None
    return "unapproved" if purse.available + purse.on_notice >= points else "insufficient_points"


def fingerprint(*parts: object) -> str:
    """What a nonce stands for: the same nonce with other content is a conflict."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def logical_time(scanned_at: datetime | None, *, is_offline: bool, now: datetime) -> datetime:
    """When the scan counts: the device's time for an offline scan of the last days, else the server's."""
    if is_offline and scanned_at is not None and now - OLDEST_OFFLINE_SCAN <= scanned_at <= now:
        return scanned_at
    return now


def may_annul(scanned_at: datetime, now: datetime) -> bool:
    """At most 15 minutes after the scan, whenever a device without network told of it."""
    return now - scanned_at <= UNDO

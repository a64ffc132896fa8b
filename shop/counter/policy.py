"""What the counter may hand over. Pure: the order in which refusals are looked for is the contract's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

UNDO = timedelta(minutes=15)
OLDEST_OFFLINE_SCAN = timedelta(days=7)


@dataclass(frozen=True)
class OrderFacts:
    """What the decision needs of an order."""

    state: str
    is_of_this_shop: bool
    expires_at: datetime


def refusal(order: OrderFacts | None, *, at: datetime) -> str | None:
    """The first reason that applies to a pick-up code scanned ``at``, or None: hand over.

    Contract order: invalid, invalid_time, canceled, already_redeemed, product.
    """
    if order is None:
        return "invalid"
    if order.state == "lapsed" or (order.state == "placed" and order.expires_at <= at):
        return "invalid_time"
    if order.state in ("cancelled", "annulled"):
        return "canceled"
    if order.state == "collected":
        return "already_redeemed"
    return None if order.is_of_this_shop else "product"


def fingerprint(*parts: object) -> str:
    """What a nonce stands for: the same nonce with other content is a conflict."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def logical_time(scanned_at: datetime | None, *, is_offline: bool, now: datetime) -> datetime:
    """When the scan counts: the device's time for an offline scan of the last days, else the server's."""
    if is_offline and scanned_at is not None and now - OLDEST_OFFLINE_SCAN <= scanned_at <= now:
        return scanned_at
    return now


def may_annul(recorded_at: datetime, now: datetime) -> bool:
    """At most 15 minutes after the scan."""
    return now - recorded_at <= UNDO

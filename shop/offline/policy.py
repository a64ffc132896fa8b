"""What a shop phone may hand over without network. Pure, and the same in ``static/js/lib/offline/verdict.js``.

``tests/shop/offline_cases.json`` is the one table that holds both to the same answers. Reasons are the contract's
(docs/decisions/0005-till.md), in its order; ``why`` is finer, for the sentence on the phone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from points.codes import read_code
from shop.codes.rotating import HANDLE, STEP, MemberCode, day_of, is_fresh, proof_of, step_near

SNAPSHOT_LASTS = timedelta(hours=12)
LONGEST_SPENDING = timedelta(hours=24)
GRACE = timedelta(hours=24)  # of a hold, for an upload that comes late
OLDEST_SCAN = timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=5)
TOLD_SLACK = timedelta(seconds=10)  # of the moment of a scan: between sending and taking in lies the way
MOST_PIECES, MARK_DIGITS = 99, 32
OFFLINE_KIND = "goods"  # a voucher or a loan needs the server
CLOSED = {
    "r": ("revoked", "replaced"),
    "c": ("canceled", "canceled"),
    "u": ("already_redeemed", "used"),
    "e": ("product", "other_shop"),
    "n": ("rules", "needs_network"),
}
# A snapshot's rows are lists: ten thousand codes must fit in 5 MB. An order is [id, household, name, lines, points,
# ends]; an allowance [id, household, points, ends]; a card [place of its allowance, name, points that the day's cap leaves
# it] (an older list has no cap); a phone [place of its allowance, name, keys by day]; an item [id, code, barcode, zh, en,
# points, free, limited, icon], and where a price is announced its points and its moment behind that: a page that is older
# than they are reads on.
ITEM_CELLS = 9


@dataclass(frozen=True)
class Verdict:
    """``give`` (``points``: what it costs), ``choose`` (a known payer: which goods?) or ``refuse``.

    ``mark`` is what is used up by it: the code of an order, the step of a phone's code; nothing for a card.
    """

    verdict: str
    reason: str | None = None
    why: str | None = None
    points: int = 0
    mark: str | None = None


def code_mark(token: str) -> str:
    """How a snapshot names a code without telling it: the first 16 bytes of its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()[:MARK_DIGITS]


def verdict(
    snapshot: Mapping[str, Any] | None, local: Mapping[str, Any], now: int, text: str, lines: Sequence[Any]
) -> Verdict:
    """``local``: marks ``used`` on this phone, points ``spent`` by allowance, pieces ``taken`` by item, ``seen_at``.

    ``now`` and ``seen_at`` (the latest moment the phone knows it has lived through) are whole seconds of Unix time.
    """
    late = _snapshot_wrong(snapshot, local, now)
    if late:
        return _no("invalid_time", late)
    token = read_code(text)
    if token is None:
        return _no("invalid", "damaged")
    mark = code_mark(token)
    closed = CLOSED.get(snapshot["closed"].get(mark, ""))
    if closed:
        return _no(*closed)
    order = snapshot["orders"].get(mark)
    if order:
        return _order(order, mark, local, now, lines)
    payer, used = snapshot["cards"].get(mark), None
    cap = payer[2] if payer is not None and len(payer) > 2 else None
    if payer is None:
        payer = snapshot["phones"].get(token[:HANDLE])
        if payer is None:
            return _no("invalid", "unknown")
        wrong, used = _phone_code(token, payer[2], now)
        if wrong:
            return _no(*wrong)
        if used in local["used"]:
            return _no("already_redeemed", "used_here")
    identifier, _household, points, ends = snapshot["allowances"][payer[0]]
    left = (points if cap is None else min(points, cap)) - local["spent"].get(identifier, 0)
    return _sale(snapshot, left, ends, used, local, now, lines)


def _no(reason: str, why: str) -> Verdict:
    return Verdict("refuse", reason, why)


def _snapshot_wrong(snapshot: Mapping[str, Any] | None, local: Mapping[str, Any], now: int) -> str | None:
    if snapshot is None:
        return "no_snapshot"
    slack = int(CLOCK_SLACK.total_seconds())
    if now < max(snapshot["made_at"], local["seen_at"]) - slack:
        return "clock"
    return "snapshot_old" if now >= snapshot["valid_until"] else None


def _order(
    order: Sequence[Any], mark: str, local: Mapping[str, Any], now: int, lines: Sequence[Any]
) -> Verdict:
    if lines:
        return _no("invalid", "lines_not_wanted")
    if mark in local["used"]:
        return _no("already_redeemed", "used_here")
    if order[5] <= now:
        return _no("invalid_time", "order_over")
    return Verdict("give", points=order[4], mark=mark)


def _phone_code(token: str, keys: Mapping[str, str], now: int) -> tuple[tuple[str, str] | None, str | None]:
    step = step_near(token, now)
    code = MemberCode(token[:HANDLE], step, token[HANDLE + STEP : -1])
    key = keys.get(str(day_of(step)))
    if key is None:
        return ("invalid_time", "rotated"), None
    if not hmac.compare_digest(proof_of(bytes.fromhex(key), step), code.proof):
        return ("invalid", "forged"), None
    if not is_fresh(code, now):
        return ("invalid_time", "rotated"), None
    return None, code.mark


def _sale(
    snapshot: Mapping[str, Any], left: int, ends: int, used: str | None, local: Mapping[str, Any], now: int,
    lines: Sequence[Any],
) -> Verdict:  # fmt: skip
    if not lines:
        return Verdict("choose", mark=used)
    pieces = _pieces(lines)
    if pieces is None:
        return _no("invalid", "quantity")
    items = {item[0]: item for item in snapshot["items"]}
    chosen = [(items.get(item_id), quantity) for item_id, quantity in pieces.items()]
    if any(item is None for item, _ in chosen):
        return _no("product", "unknown_item")
    if any(item[6] - local["taken"].get(item[0], 0) < quantity for item, quantity in chosen):
        return _no("out_of_stock", "sold_out")
    if any(item[7] for item, _ in chosen):
        return _no("rules", "limited")
    points = sum(price_of(item, now) * quantity for item, quantity in chosen)
    if ends <= now:
        return _no("insufficient_points", "allowance_over")
    if points > left:
        return _no("insufficient_points", "over_allowance")
    return Verdict("give", points=points, mark=used)


def price_of(item: Sequence[Any], now: int) -> int:
    """Points for one piece of an item of the list: the announced price from its moment on."""
    return item[9] if len(item) > ITEM_CELLS and item[10] <= now else item[5]


def _pieces(lines: Sequence[Any]) -> dict[str, int] | None:
    """Pieces by item; None when a quantity is no whole number from 1 to 99, also after adding up."""
    pieces: dict[str, int] = {}
    for item_id, quantity in lines:
        if isinstance(quantity, bool) or not isinstance(quantity, int | float) or quantity != int(quantity):
            return None
        pieces[item_id] = pieces.get(item_id, 0) + int(quantity)
        if quantity < 1 or pieces[item_id] > MOST_PIECES:
            return None
    return pieces


def counted_time(scanned_at: datetime | None, sent_at: datetime | None, now: datetime) -> datetime:
    """When a scan without network counts, whatever the phone's clock says.

    The phone tells the time of the scan and the time of sending by the same clock; the difference is the scan's age,
    right even when the clock is a day off. An age below nothing or above seven days is no age: then it counts now.
    """
    if scanned_at is None:
        return now
    age = (sent_at or now) - scanned_at
    return now - age if timedelta(0) <= age <= OLDEST_SCAN else now

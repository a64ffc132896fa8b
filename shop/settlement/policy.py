"""The rules of settling that need neither a database nor a clock."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shop.settlement.models import LINE_KINDS

# What an entry of a shop's account is, by its code: credits come in, debits go out. An allowance is goods that left while
# there was no network. Everything else (a correction) is told apart as "other", so that nothing is ever left out.
_COMES_IN = {"redemption": "redeemed", "order": "redeemed", "allowance": "redeemed", "voucher": "vouchers_in",
             "deposit": "deposits_in"}  # fmt: skip
_GOES_OUT = {"annul": "annulled", "refund": "refunded", "voucher": "vouchers_out", "deposit": "deposits_out"}


@dataclass(frozen=True)
class Line:
    """Entries of one kind; ``points`` as they moved the shop's account: negative for what left it."""

    kind: str
    entries: int
    points: int


@dataclass(frozen=True)
class Part:
    """Entries by number, both ends counted, all recorded while a point was worth ``unit_value_fen``."""

    first_seq: int
    last_seq: int
    unit_value_fen: int
    lines: tuple[Line, ...]

    @property
    def points(self) -> int:
        """Its net."""
        return net_of(self.lines)

    @property
    def fen(self) -> int:
        """What its net comes to."""
        return self.points * self.unit_value_fen


@dataclass(frozen=True)
class Heading:
    """What a statement says of itself: between whom, by their names of that day, which one, and for which time."""

    village: str
    shop: str
    account_id: uuid.UUID
    number: int
    from_at: datetime
    until_at: datetime


def kind_of(code: str, *, comes_in: bool) -> str:
    """One of ``LINE_KINDS``."""
    return (_COMES_IN if comes_in else _GOES_OUT).get(code, "other")


def lines_of(sums: Iterable[tuple[str, bool, int, int]]) -> tuple[Line, ...]:
    """Lines from sums ``(code, comes_in, entries, points)``, in the order of ``LINE_KINDS``; kinds without entries are
    left out."""
    found: dict[str, tuple[int, int]] = {}
    for code, comes_in, entries, points in sums:
        kind = kind_of(code, comes_in=comes_in)
        before = found.get(kind, (0, 0))
        found[kind] = before[0] + entries, before[1] + (points if comes_in else -points)
    return tuple(Line(kind, *found[kind]) for kind in LINE_KINDS if kind in found)


def net_of(lines: Sequence[Line]) -> int:
    """Points by which the account moved."""
    return sum(line.points for line in lines)


def digest_of(head: Heading, parts: Sequence[Part]) -> str:
    """SHA-256, in hex, over a statement's heading and parts as JSON in UTF-8 without blanks, keys as written here, moments
    in UTC."""
    facts = {
        "village": head.village, "shop": head.shop, "account": str(head.account_id), "number": head.number,
        "from": head.from_at.astimezone(UTC).isoformat(), "until": head.until_at.astimezone(UTC).isoformat(),
        "parts": [
            [part.first_seq, part.last_seq, part.unit_value_fen,
             [[line.kind, line.entries, line.points] for line in part.lines]]
            for part in parts
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


# Below these it is time to do something; the first is a word of caution, the second an alarm.
COVER_ENOUGH, COVER_ALARM = 100, 60  # per cent of what is promised that lies on the shelf
SHELF_ENOUGH, SHELF_ALARM = 1.0, 0.5  # months that the shelf lasts at the present pace
BEHIND_ENOUGH, BEHIND_ALARM = 3.0, 1.0  # months that shelf and money last together
STATES = ("none", "enough", "low", "alarm")


def cover_percent(shelf_points: int, owed: int) -> int | None:
    """How much of the promised points the goods on the shelf would redeem, in whole per cent, rounded down.

    None while nothing is promised. Below 100 no more points should be given before there are goods (design: budgets).
    """
    return shelf_points * 100 // owed if owed > 0 else None


def state_of(measure: float | None, enough: float, alarm: float) -> str:
    """One of ``STATES`` for a measure; ``none`` while there is nothing to measure."""
    if measure is None:
        return "none"
    return "enough" if measure >= enough else "low" if measure >= alarm else "alarm"


def months_left(behind: int, redeemed_each_month: float) -> float | None:
    """How many months that many points last at the pace of the last months; None while nothing is redeemed."""
    return behind / redeemed_each_month if redeemed_each_month > 0 else None

"""The first answer of a nonce, kept for ever."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from points.prepared import Prepared
from shop.counter.models import Redemption
from shop.counter.scan import Outcome, RedeemCode

redemption = Redemption.__table__
LONGEST_REASON = 200

_store = Prepared(
    sa.insert(redemption),
    (
        "community_id", "id", "nonce", "fingerprint", "device", "device_id", "shop_id", "staff_id", "order_id",
        "member_id", "status", "reason", "points", "transfer_id", "is_offline", "force_sent", "forced", "force_reason",
        "means", "used_mark", "answer", "scanned_at", "recorded_at",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What is told, and what it is about. ``points`` of what was handed over; ``used_mark`` what it used up."""

    id: uuid.UUID
    status: str
    body: dict[str, Any]
    reason: str | None = None
    order_id: uuid.UUID | None = None
    member_id: uuid.UUID | None = None
    points: int = 0
    transfer_id: uuid.UUID | None = None
    forced: bool = False
    means: str | None = None
    used_mark: str | None = None


def store(
    connection: sa.Connection, command: RedeemCode, mark: str, answer: Answer, *, at: datetime, now: datetime
) -> Outcome:
    """Stores it under the command's nonce. The database refuses a second answer, and a second use of ``used_mark``."""
    _store.run(
        connection,
        {
            "community_id": command.community_id, "id": answer.id, "nonce": command.nonce, "fingerprint": mark,
            "device": command.device, "device_id": command.device_id, "shop_id": command.shop_id,
            "staff_id": command.actor_id, "order_id": answer.order_id, "member_id": answer.member_id,
            "status": answer.status, "reason": answer.reason, "points": answer.points,
            "transfer_id": answer.transfer_id, "is_offline": command.offline, "force_sent": command.force,
            "forced": answer.forced, "force_reason": command.reason[:LONGEST_REASON], "means": answer.means,
            "used_mark": answer.used_mark, "answer": json.dumps(answer.body, ensure_ascii=False), "scanned_at": at,
            "recorded_at": now,
        },
    )  # fmt: skip
    return Outcome(answer.status, answer.reason, answer.body)

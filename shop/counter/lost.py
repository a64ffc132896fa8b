"""After a lost answer: what became of a nonce, and making certain that it was not booked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import NotAllowed
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.answers import Answer, store
from shop.counter.models import Redemption
from shop.counter.scan import ANYTHING, Outcome, RedeemCode, told_before, what_was_told

redemption = Redemption.__table__


def answer_of(session: Session, command: RedeemCode) -> Outcome | None:
    """The stored answer of a nonce, None when nothing came under it. Raises Invalid ``nonce_wrong``;
    NotAllowed ``other_device`` for another phone's."""
    row = what_was_told(session.connection(), command)
    if row is None:
        return None
    if row.device != command.device:
        raise NotAllowed("other_device")
    return told_before(row, row.fingerprint)


@dataclass(frozen=True)
class CancelSale:
    """The device gives a sale up whose answer it never saw."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    device: str
    nonce: str
    device_id: uuid.UUID | None = None


def cancel_sale(session: Session, command: CancelSale, *, now: datetime) -> dict[str, Any]:
    """Afterwards the sale is certainly not booked: what was, is annulled; what comes later under the nonce is refused.

    Returns ``{"status": "cancelled"}``, or the annulment. Raises Invalid ``nonce_wrong``; NotAllowed
    ``other_device``; Gone ``undo_time_over``.
    """
    as_scan = RedeemCode(
        command.community_id, command.actor_id, command.shop_id, command.device, "", command.nonce,
        device_id=command.device_id,
    )  # fmt: skip
    before = answer_of(session, as_scan)
    if before is not None and before.status == "ok":
        undo = AnnulRedemption(command.community_id, command.actor_id, command.device, command.nonce)
        return annul_redemption(session, undo, now=now)
    if before is None:
        body = {"status": "error", "reason": "canceled", "sale": True}
        store(
            session.connection(),
            as_scan,
            ANYTHING,
            Answer(new_id(), "error", body, reason="canceled"),
            at=now,
            now=now,
        )
    return {"status": "cancelled"}

"""Who borrows: whoever showed a code or a card, found as the counter finds who pays for a sale.

What was shown stands in the counter's book under a nonce of the loan's key: a line without order and without points, since
a deposit is not the shop's. So a rotating code that lent something sells nothing, and the other way round.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, NotFound
from shop.codes.keys import code_keys
from shop.counter.answers import Answer, store
from shop.counter.payers import NAMED, Payer, find_payer
from shop.counter.scan import RedeemCode


def borrower_of(session: Session, scan: RedeemCode, *, now: datetime) -> Payer:
    """The borrower, whose household is locked (a dry run locks nothing).

    Raises NotFound ``member_not_found`` (also for who has left); Conflict ``code_not_known``, ``code_stopped``,
    ``code_over``, ``code_used_before``.
    """
    found = find_payer(session.connection(), scan, code_keys(session), at=scan.seen_at or now)
    if scan.payer_id is not None:
        if found is None or found.reasons:
            raise NotFound("member_not_found")
        return replace(found, means=NAMED)
    if found is None:
        raise Conflict("code_not_known")
    if "revoked" in found.reasons:
        raise Conflict("code_stopped")
    if "invalid_time" in found.reasons:
        raise Conflict("code_over")
    if "already_redeemed" in found.reasons:
        raise Conflict("code_used_before")
    return found


def member_of_code(
    session: Session, community_id: int, shop_id: uuid.UUID, code: str, *, seen_at: datetime | None, now: datetime
) -> uuid.UUID:  # fmt: skip
    """Whose code or card it is, for a look before anything is lent. Raises what ``borrower_of`` raises."""
    scan = RedeemCode(community_id, new_id(), shop_id, "", code, "", seen_at=seen_at, dry_run=True)
    return borrower_of(session, scan, now=now).row.member_id


def note_scan(
    session: Session, scan: RedeemCode, mark: str, borrower: Payer, loan_id: uuid.UUID, transfer_id: uuid.UUID | None, *,
    now: datetime,
) -> None:  # fmt: skip
    """The line of the counter's book; the database refuses a second use of the same rotating code."""
    answer = Answer(
        new_id(), "ok", {"status": "ok", "loan_id": str(loan_id)}, member_id=borrower.row.member_id,
        transfer_id=transfer_id, means=None if borrower.means == NAMED else borrower.means, used_mark=borrower.used_mark,
    )  # fmt: skip
    store(session.connection(), scan, mark, answer, at=now, now=now)

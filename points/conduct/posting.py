"""The end of a review: what panel and supervisor agreed on goes to the conduct account, and nowhere else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.conduct.cases import write_step
from points.conduct.models import ConductCase
from points.ledger.operations import make_transfer, open_account
from points.ledger.results import NewTransfer
from points.records.models import Record

# Where deducted conduct points go to, and come back from when an appeal is upheld. It opens with the first deduction.
CONDUCT_SOURCE = uuid.UUID(int=2)


@dataclass(frozen=True)
class PostDeduction:
    """A decided record of a conduct rule; ``points`` to take, zero or more."""

    community_id: int
    actor_id: uuid.UUID | None
    record_id: uuid.UUID
    item_id: uuid.UUID
    points: int


def post_deduction(session: Session, command: PostDeduction, *, now: datetime) -> None:
    """Takes the points from the member's conduct account at once: no wallet is touched, and nothing is put on notice.
    Again: nothing more happens.

    For ``points.notices.publishing``, which hands over what must not hang on the board.
    """
    case = session.scalars(
        sa.select(ConductCase)
        .where(ConductCase.community_id == command.community_id, ConductCase.record_id == command.record_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if case.state != "filed":
        return
    case.transfer_id = _take(session, case, command, now) if command.points else None
    case.state, case.points, case.item_id, case.posted_at = "posted", command.points, command.item_id, now
    session.execute(
        sa.update(Record.__table__)
        .where(Record.community_id == command.community_id, Record.id == command.record_id)
        .values(state="posted")
    )
    write_step(session, case, "posted", command.actor_id, now=now)


def _take(session: Session, case: ConductCase, command: PostDeduction, now: datetime) -> uuid.UUID:
    """The account has no floor: it holds nothing that anybody could spend."""
    own = open_account(session, case.community_id, "conduct", case.member_id, now=now)
    source = open_account(session, case.community_id, "issue", CONDUCT_SOURCE, unit="conduct", now=now)
    transfer_id = new_id()
    make_transfer(
        session,
        NewTransfer(
            case.community_id, transfer_id, "award", debit_account_id=own, credit_account_id=source,
            amount=command.points, ref_kind="conduct", ref_id=case.id, done_on=case.done_on, actor_id=command.actor_id,
        ),
        now=now,
    )  # fmt: skip
    return transfer_id

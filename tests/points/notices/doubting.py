"""Short words for objections, appeals and their answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import db
from app.transaction import transact
from points.ledger.check import check_ledger
from points.ledger.models import Transfer
from points.ledger.operations import account_id_of
from points.ledger.queries import balance_of, wallet
from points.notices.operations import (
    AnswerObjection,
    ConfirmAnswer,
    FileAppeal,
    ObjectToNotice,
    answer_objection,
    confirm_answer,
    file_appeal,
    object_to_notice,
)
from points.notices.queries import NoticeView, ObjectionView, notices_of_records, objection_by_id
from points.people.operations import GrantRole, grant_role
from points.people.queries import MemberBrief
from points.records.operations import FiledRecord
from points.records.queries import record_detail
from tests.builders import MONDAY, Village, a_key, given_decided, given_record

WINDOW_ENDS = MONDAY + timedelta(minutes=20, days=3)
TOMORROW = MONDAY + timedelta(days=1, minutes=20)
POSTED = WINDOW_ENDS + timedelta(days=1)


def read(query: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """A query in a transaction of its own."""
    try:
        return query(db.session(), *args, **more)
    finally:
        db.session.rollback()


def given_award(village: Village, at: int = 0, points: int = 6) -> FiledRecord:
    """An award of the resident number ``at`` on notice since Monday."""
    record = given_record(village, village.residents[at])
    given_decided(village, [record], points=points)
    return record


def notice_of(village: Village, record: FiledRecord) -> NoticeView:
    """The notice of a record, now."""
    return read(notices_of_records, village.community_id, [record.id], now=clock.now())[record.id]


def object_to(village: Village, record: FiledRecord, by: MemberBrief, reason: str = "没看见") -> uuid.UUID:
    """An objection."""
    command = ObjectToNotice(village.community_id, by.id, a_key(), notice_of(village, record).id, reason)
    return transact(object_to_notice, command)


def appeal(village: Village, record: FiledRecord, by: MemberBrief, reason: str = "不对") -> uuid.UUID:
    """An appeal."""
    return transact(file_appeal, FileAppeal(village.community_id, by.id, a_key(), record.id, reason))


def answered(
    village: Village, doubt: uuid.UUID, by: MemberBrief, points: int | None = None, words: str = "查过了"
) -> str:
    """An answer: None dismisses, 0 voids, anything else is the new amount."""
    command = AnswerObjection(
        village.community_id, by.id, doubt, points is not None, words, points if points else None
    )
    return transact(answer_objection, command)


def confirmed(village: Village, doubt: uuid.UUID, by: MemberBrief, version: int = 1) -> str:
    """The second person's yes."""
    return transact(confirm_answer, ConfirmAnswer(village.community_id, by.id, doubt, version))


def view(village: Village, doubt: uuid.UUID) -> ObjectionView:
    """An objection or appeal, now."""
    return read(objection_by_id, village.community_id, doubt, now=clock.now())


def more(village: Village, role: str, count: int) -> list[MemberBrief]:
    """All holders of a role, after the last ``count`` residents got it as well."""
    added = village.residents[-count:]
    for member in added:
        transact(grant_role, GrantRole(village.community_id, member.id, role, "推选"))
    return [village.one(role), *added]


def in_wallet(village: Village, record: FiledRecord) -> tuple[int, int]:
    """Usable and on notice, of the household of a record."""
    account = read(account_id_of, village.community_id, "household", record.household_id)
    today = clock.today("Asia/Shanghai")
    found = read(wallet, village.community_id, account, now=clock.now(), today=today).view
    return found.available, found.on_notice


def budget_left(village: Village) -> int:
    """What awards may still take."""
    account = read(account_id_of, village.community_id, "budget")
    return read(balance_of, village.community_id, account, now=clock.now()).available


def booked(village: Village, record: FiledRecord) -> list[sa.Row]:
    """Every transfer about a record, oldest first."""
    query = (
        sa.select(Transfer.__table__)
        .where(Transfer.community_id == village.community_id, Transfer.ref_id == record.id)
        .order_by(Transfer.recorded_at, Transfer.id)
    )
    return read(lambda session: session.execute(query).all())


def history(village: Village, record: FiledRecord) -> list[str]:
    """The events of a record, with what stands beside them."""
    detail = read(record_detail, village.community_id, record.id, now=clock.now())
    return [f"{line.event} {line.note}".strip() for line in detail.events]


def wrong_numbers(village: Village) -> list[object]:
    """What ``ledger check`` finds."""
    return read(lambda session: list(check_ledger(session, village.community_id)))

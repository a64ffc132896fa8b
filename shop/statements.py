"""A wallet's statement with the story behind each line: the deed, its rule, session and notice, or the shop and goods."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.queries import EntryLine, entries_of, wallet
from points.notices.queries import NoticeView, notices_of_records
from points.records.queries import RecordLine, records_by_id
from points.review.models import AgendaItem, ReviewSession
from shop.queries import OrderView, ScanView, orders_by_id, scans_of_orders

item, meeting = AgendaItem.__table__, ReviewSession.__table__


@dataclass(frozen=True)
class Sitting:
    """The session that decided a deed."""

    id: uuid.UUID
    scheduled_for: datetime


@dataclass(frozen=True)
class StatementLine:
    """An entry and what it is about: a deed (``record``, ``notice``, ``sitting``) or goods (``order``, ``scan``)."""

    entry: EntryLine
    record: RecordLine | None = None
    notice: NoticeView | None = None
    sitting: Sitting | None = None
    order: OrderView | None = None
    scan: ScanView | None = None


def statement_page(
    session: Session, community_id: int, wallet_id: uuid.UUID, *, now: datetime, today: date,
    before: int | None = None, skip: int = 0, limit: int = 20,
) -> list[StatementLine]:  # fmt: skip
    """Lines of a wallet, newest first, below line number ``before``.

    Without it they begin with awards that time has posted and nobody has numbered yet (``entry.seq`` None); ``skip``
    leaves out the first of those, which an earlier page showed.
    """
    matured: Sequence[EntryLine] = ()
    if before is None:
        found = wallet(session, community_id, wallet_id, now=now, today=today).matured
        matured = found[skip : skip + limit]
    rows = limit - len(matured)
    numbered = entries_of(session, community_id, wallet_id, before=before, rows=rows) if rows else []
    return explain(session, community_id, [*matured, *numbered], now=now)


def explain(
    session: Session, community_id: int, entries: Sequence[EntryLine], *, now: datetime
) -> list[StatementLine]:
    """Entries with their stories, in the same order; six statements for however many."""
    record_ids = [entry.ref_id for entry in entries if entry.ref_kind == "record"]
    records = records_by_id(session, community_id, record_ids, now=now)
    notices = notices_of_records(session, community_id, record_ids, now=now)
    sittings = _sittings(session, community_id, [notice.item_id for notice in notices.values()])
    order_ids = [entry.ref_id for entry in entries if entry.ref_kind == "order"]
    orders = orders_by_id(session, community_id, order_ids, now=now)
    scans = scans_of_orders(session, community_id, order_ids)
    lines = []
    for entry in entries:
        notice = notices.get(entry.ref_id)
        lines.append(
            StatementLine(
                entry, records.get(entry.ref_id), notice, sittings.get(notice.item_id) if notice else None,
                orders.get(entry.ref_id), scans.get(entry.ref_id),
            )
        )  # fmt: skip
    return lines


def _sittings(session: Session, community_id: int, item_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Sitting]:
    if not item_ids:
        return {}
    rows = session.execute(
        sa.select(item.c.id, meeting.c.id.label("session_id"), meeting.c.scheduled_for)
        .join(meeting, sa.and_(meeting.c.community_id == item.c.community_id, meeting.c.id == item.c.session_id))
        .where(item.c.community_id == community_id, item.c.id.in_(item_ids))
    )  # fmt: skip
    return {row.id: Sitting(row.session_id, row.scheduled_for) for row in rows}

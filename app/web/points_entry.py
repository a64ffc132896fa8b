"""One line of the statement, opened: the deed with its rule, session, tally and notice, or the shop, goods and staff."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.web.points import code_word, views
from points.ledger.entries import Entry, entry_by_id, honour_accounts
from points.notices.queries import NoticeView, notices_of_records
from points.records.queries import RecordDetail, record_detail
from points.review.queries import ItemView, SessionView, item_of_record, session_by_id, session_of_item
from shop.queries import OrderView, ScanView, order_by_id, scan_of_order


@dataclass(frozen=True)
class Deed:
    """Everything that led to an award."""

    record: RecordDetail
    item: ItemView | None
    meeting: SessionView | None
    notice: NoticeView | None


@dataclass(frozen=True)
class Purchase:
    """Everything that led to goods over the counter."""

    order: OrderView
    scan: ScanView | None


@views.get("/points/entries/<uuid:transfer_id>")
@requires("points.own")
def entry(transfer_id: uuid.UUID) -> ResponseReturnValue:
    """One line: what it was for, and who decided it or handed it over."""
    session, viewer = db.session(), current_user._get_current_object()
    found = entry_by_id(
        session, viewer.community_id, transfer_id, _own_accounts(session, viewer), now=clock.now()
    )
    return render_template(
        "points/entry.html", entry=found, word=code_word(found.code), deed=_deed(session, viewer, found),
        purchase=_purchase(session, viewer, found),
    )  # fmt: skip


def _own_accounts(session: Session, viewer: Viewer) -> list[uuid.UUID]:
    honours = honour_accounts(session, viewer.community_id, (viewer.member_id, viewer.household_id))
    return honours if viewer.wallet_id is None else [viewer.wallet_id, *honours]


def _deed(session: Session, viewer: Viewer, found: Entry) -> Deed | None:
    if found.ref_kind != "record" or found.ref_id is None:
        return None
    community_id, now = viewer.community_id, clock.now()
    item = item_of_record(session, community_id, found.ref_id, now=now)
    session_id = session_of_item(session, community_id, item.id) if item else None
    return Deed(
        record_detail(session, community_id, found.ref_id, now=now),
        item,
        session_by_id(session, community_id, session_id, now=now) if session_id else None,
        notices_of_records(session, community_id, [found.ref_id], now=now).get(found.ref_id),
    )


def _purchase(session: Session, viewer: Viewer, found: Entry) -> Purchase | None:
    if found.ref_kind != "order" or found.ref_id is None:
        return None
    return Purchase(
        order_by_id(session, viewer.community_id, found.ref_id, now=clock.now()),
        scan_of_order(session, viewer.community_id, found.ref_id),
    )

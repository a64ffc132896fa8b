"""Oneself: who the token speaks for, what is in the wallet, and where it came from."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response
from flask_login import current_user

from app import clock
from app.api.calls import call, give, give_page
from app.api.cursors import as_number, as_text, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.v1.tokens import MEMBER
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.schemas.answers.base import page_of
from app.schemas.answers.entries import EntrySchema
from app.schemas.answers.people import MeSchema
from points.conduct.queries import conduct_score
from points.errors import NotFound
from points.ledger.queries import wallet
from points.ledger.scores import scores_of
from shop.statements import StatementLine, statement_page

views = Blueprint("api_me", __name__)

EntryPage = page_of(EntrySchema)
WALLET = "0199a0aa-5c00-7d21-8a7e-2f60d3d1b003"
AWARD = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b004", "kind": "award", "points": 4, "at": "2026-09-10T00:52:00Z",
    "deed": {"record_id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b005", "done_on": "2026-09-06", "quantity": 1,
             "member": {"id": MEMBER["id"], "name": "张桂兰"}},
    "rule": {"code": "AID-02", "version": 1, "name_zh": "照看邻居老人", "name_en": "Look after an elderly neighbour"},
    "session": {"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b006", "scheduled_for": "2026-09-07T00:30:00Z"},
    "tally": {"for": 4, "against": 1, "abstained": 0, "by_consent": False},
    "notice": {"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b007", "published_at": "2026-09-07T00:52:00Z",
               "ends_at": "2026-09-10T00:52:00Z", "days": 3},
    "order_id": None, "shop": None, "goods": [], "handed_over_by": None,
}  # fmt: skip


@views.get("/me")
@requires("account.own")
@call(
    "The member behind the token: roles, wallet with every coming end, honour, conduct (of the last year), minutes.", MeSchema,
    example={
        "member": {"id": MEMBER["id"], "name": "张桂兰"}, "household": MEMBER["household"],
        "community": MEMBER["community"], "roles": ["resident"],
        "wallet": {"id": WALLET, "available": 36, "held": 5, "on_notice": 4,
                   "expiring": [{"on": "2027-12-31", "points": 36}]},
        "honour": 20, "conduct": 0, "minutes": 0,
    },
)  # fmt: skip
def me() -> Response:
    """What the first page of a mini-program needs, in four statements."""
    viewer, session, now = current_user, db.session(), clock.now()
    scores = scores_of(session, viewer.community_id, (viewer.member_id, viewer.household_id), now=now)
    return give(
        MeSchema,
        {
            "member": {"id": viewer.member_id, "name": viewer.name},
            "household": viewer,
            "community": viewer,
            "roles": sorted(viewer.roles),
            "wallet": _wallet(viewer),
            "honour": scores.honour,
            "conduct": conduct_score(session, viewer.community_id, viewer.member_id, now=now),
            "minutes": scores.minutes,
        },
    )


def _wallet(viewer: Viewer) -> dict[str, Any] | None:
    if viewer.wallet_id is None:
        return None
    found = wallet(
        db.session(), viewer.community_id, viewer.wallet_id, now=clock.now(), today=viewer.today
    ).view
    return {
        "id": viewer.wallet_id,
        "available": found.available,
        "held": found.held,
        "on_notice": found.on_notice,
        "expiring": [{"on": day, "points": points} for day, points in found.expiring],
    }


@views.get("/wallets/<uuid:wallet_id>/statement")
@requires("points.own")
@call(
    "Entries of the own wallet, newest first, each with what it was for: deed, rule, session, tally and notice, or shop"
    " and goods.", EntryPage, query=PageQuery, example={"items": [AWARD], "next": None},
)  # fmt: skip
def statement(wallet_id: uuid.UUID, query: dict[str, Any]) -> Response:
    """Other people's wallets are not there at all."""
    viewer = current_user
    if wallet_id != viewer.wallet_id:
        raise NotFound("account_not_found")
    before, skip = _place(query["after"])
    lines = statement_page(
        db.session(), viewer.community_id, wallet_id, now=clock.now(), today=viewer.today, before=before, skip=skip,
        limit=query["limit"] + 1,
    )  # fmt: skip
    shown = [_entry(line) for line in lines]
    unnumbered = sum(line.entry.seq is None for line in lines[: query["limit"]])

    def cursor_of(last: dict[str, Any]) -> str:
        if last["seq"] is None:
            return write_cursor("unnumbered", skip + unnumbered)
        return write_cursor("numbered", last["seq"])

    return give_page(EntryPage, shown, query["limit"], cursor_of)


def _place(after: str | None) -> tuple[int | None, int]:
    """Where a page begins: below a line's number, or past the first of the lines that have none yet."""
    if after is None:
        return None, 0
    kind, number = read_cursor(after, as_text, as_number)
    return (number, 0) if kind == "numbered" else (None, number)


def _entry(line: StatementLine) -> dict[str, Any]:
    entry, notice, order = line.entry, line.notice, line.order
    return {
        "id": entry.transfer_id,
        "seq": entry.seq,
        "kind": entry.code,
        "points": entry.points,
        "at": entry.effective_at,
        "deed": line.record,
        "rule": line.record,
        "session": line.sitting,
        "tally": notice,
        "notice": None if notice is None else _notice_period(line),
        "order_id": order.id if order else None,
        "shop": order,
        "goods": order.lines if order else (),
        "handed_over_by": line.scan.staff if line.scan else None,
    }


def _notice_period(line: StatementLine) -> dict[str, Any]:
    notice = line.notice
    days = (notice.ends_at - notice.published_at).days if notice.ends_at else None
    return {"id": notice.id, "published_at": notice.published_at, "ends_at": notice.ends_at, "days": days}

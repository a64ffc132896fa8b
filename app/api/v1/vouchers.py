"""What the own household still has of the shop: vouchers to be served, and things that were borrowed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response
from flask_login import current_user

from app import clock
from app.api.calls import call, give_page
from app.api.cursors import as_id, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.v1.shop import ORDER, SHOP
from app.database import db
from app.permissions import requires
from app.schemas.answers.base import page_of
from app.schemas.answers.vouchers import LoanSchema, VoucherSchema
from shop.lending.queries import loans_page
from shop.vouchers.queries import vouchers_of_household

views = Blueprint("api_vouchers", __name__)

VoucherPage, LoanPage = page_of(VoucherSchema), page_of(LoanSchema)
VOUCHER = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b050", "state": "issued", "code": "7Q2M8X4B6T1D5V0NZ3K9F3",
    "item_id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b051", "kind": "service", "name_zh": "理发一次", "name_en": "A haircut",
    "icon": "scissors", "quantity": 1, "points": 8, "fen": 0, "order_id": ORDER["id"], "member": "张桂兰",
    "served_by": SHOP | {"place": "村委会东侧", "hours": "每天 8:00 到 18:00"}, "issued_at": "2026-09-11T01:30:00Z",
    "expires_at": "2026-12-10T01:30:00Z", "takes_place_at": None, "used_at": None, "used_in": None, "use_note": "",
}  # fmt: skip
LOAN = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b052", "state": "out", "is_late": False,
    "item_id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b053", "name_zh": "雨伞（借用）", "name_en": "umbrella (on loan)",
    "points": 5, "shop": SHOP, "member": "张桂兰", "lent_at": "2026-09-11T01:30:00Z", "due_at": "2026-09-18T01:30:00Z",
    "ended_at": None,
}  # fmt: skip


@views.get("/vouchers")
@requires("vouchers.own")
@call(
    "Vouchers of the own household, newest first, those that are over as well. `code` is what the counter of `served_by`"
    " scans.", VoucherPage, query=PageQuery, example={"items": [VOUCHER], "next": None},
)  # fmt: skip
def vouchers(query: dict[str, Any]) -> Response:
    """Past its time one reads lapsed, whether or not a job has run."""
    found = vouchers_of_household(db.session(), *_home(), now=clock.now(), **_page(query))
    return give_page(VoucherPage, found, query["limit"], lambda last: write_cursor(last.id))


@views.get("/loans")
@requires("vouchers.own")
@call(
    "Things the own household borrowed, newest first, those that are back as well. `points`: the deposit, held while"
    " `state` is out.", LoanPage, query=PageQuery, example={"items": [LOAN], "next": None},
)  # fmt: skip
def loans(query: dict[str, Any]) -> Response:
    """Whoever of the household borrowed them."""
    found = loans_page(db.session(), *_home(), now=clock.now(), **_page(query))
    return give_page(LoanPage, found, query["limit"], lambda last: write_cursor(last.id))


def _home() -> tuple[int, uuid.UUID]:
    return current_user.community_id, current_user.household_id


def _page(query: dict[str, Any]) -> dict[str, Any]:
    """Below which id, and one line more than the page shows."""
    before = read_cursor(query["after"], as_id)[0] if query["after"] else None
    return {"before": before, "limit": query["limit"] + 1}

"""The counter: a scanned code becomes goods, once; the nonce of the scan is the key of the request.

The busiest call of the house. Its answer is made by the operation as plain values and stored under the nonce; nothing is
dumped through a schema here, the tests hold the answer against its schema instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user

from app.api.calls import call
from app.api.repeats import answer_once, asked_by
from app.api.v1.shop import ITEM, ORDER, SHOP
from app.database import db
from app.errors import plain_error
from app.identity.shop_phone import check_shop_phone
from app.identity.tokens import device_of
from app.permissions import requires
from app.schemas.answers.shop import (
    AnnulledSchema,
    CancelledSchema,
    RedeemedSchema,
    RedemptionRefusedSchema,
    RefundedSchema,
)
from app.schemas.commands import AnnulSchema, RedeemSchema, RefundSchema
from app.sentences import say
from app.sentences.counter import do_next, still_needed
from app.transaction import transact
from points.errors import Conflict, NotAllowed, NotFound
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.lost import CancelSale, answer_of, cancel_sale
from shop.counter.operations import RedeemCode, redeem_code
from shop.counter.refunds import RefundGoods, Returned, refund_goods
from shop.counter.scan import SaleLine

views = Blueprint("api_redemptions", __name__, url_prefix="/redemptions")

STATUS = {"invalid": 404, "nonce_conflict": 409}
REDEEMED = {
    "status": "ok",
    "redemption": {
        "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b040", "nonce": "scan-5f0c2a91", "order_id": ORDER["id"],
        "member": "张桂兰", "household_number": "017", "shop": SHOP["name"], "points": 5, "at": "2026-09-11T01:30:00Z",
        "lines": [ORDER["lines"][0] | {"icon": ITEM["icon"]}],
    },
    "balance": {"available": 31, "held": 0},
    "dry_run": False,
}  # fmt: skip
UNDONE = {name: REDEEMED["redemption"][name] for name in ("id", "nonce", "order_id", "points", "at")} | {
    "annulled_at": "2026-09-11T01:33:20Z"
}


@views.post("")
@requires("counter.redeem")
@call(
    "Redeem a pick-up code at the own shop, or with `lines` sell goods to the holder of a member code or card. The nonce is"
    " looked up first and keeps its first answer for ever; a dry run tells everything and writes nothing; `incomplete`"
    " says what is still needed (`lines`, `pin`, `confirm`) and stores nothing.", RedeemedSchema, status=201, body=RedeemSchema,
    bodies=dict.fromkeys((400, 404, 409), RedemptionRefusedSchema),
    sent={"code": ORDER["code"], "nonce": "scan-5f0c2a91"}, example=REDEEMED,
)  # fmt: skip
def redeem(body: dict[str, Any]) -> Response:
    """The staff member's shop is the shop; the token is the device."""
    viewer = current_user._get_current_object()
    command = replace(
        _of_this_device(body["nonce"]), code=body["code"], scanned_at=body["scanned_at"], offline=body["offline"],
        force=body["force"], may_force=viewer.can("counter.force"), reason=body["reason"], dry_run=body["dry_run"],
        lines=tuple(SaleLine(**line) for line in body["lines"] or ()), pin=body["pin"],
    )  # fmt: skip
    try:
        outcome = transact(redeem_code, command)
    except Conflict as error:
        if error.code != "nonce_conflict":
            raise
        return _refused("nonce_conflict", say(error), None, body["dry_run"])
    if outcome.status == "incomplete":
        return _refused("incomplete", still_needed(outcome), None, body["dry_run"], outcome.body)
    if outcome.reason:
        return _refused(outcome.reason, do_next(outcome), outcome.body.get("first"), body["dry_run"])
    response = jsonify(outcome.body | {"dry_run": body["dry_run"]})
    response.status_code = 201
    return response


def _of_this_device(nonce: str) -> RedeemCode:
    """A scan of this device at the counter where its holder stands. NotAllowed ``no_shop_of_yours``."""
    viewer = current_user._get_current_object()
    if viewer.shop_id is None:
        raise NotAllowed("no_shop_of_yours")
    check_shop_phone(viewer)
    device = device_of(request.headers.get("Authorization", ""))
    return RedeemCode(viewer.community_id, viewer.member_id, viewer.shop_id, device, "", nonce)


def _refused(
    reason: str,
    sentence: str,
    first: dict[str, str] | None,
    is_dry_run: bool,
    asked: dict[str, Any] | None = None,
) -> Response:
    """``asked``: what an incomplete sale still needs, and of whom."""
    more = {
        "status": "error",
        "reason": reason,
        "first": first,
        "dry_run": is_dry_run,
        "requires": [],
        "pin": None,
        "balance": None,
    }
    if asked is not None:
        more |= {
            "status": "incomplete", "requires": asked["requires"], "pin": asked.get("pin"), "balance": asked.get("balance"),
        }  # fmt: skip
    response = jsonify(plain_error(reason, sentence, **more))
    response.status_code = STATUS.get(reason, 400)
    return response


@views.post("/annul")
@requires("counter.redeem")
@call(
    "Undo a scan from the same device, at most 15 minutes after it. Points with their days, goods and limits come back.",
    AnnulledSchema, body=AnnulSchema, refusals=(404, 409, 410), sent={"nonce": "scan-5f0c2a91"},
    example={"status": "ok", "redemption": UNDONE},
)  # fmt: skip
def annul(body: dict[str, Any]) -> Response:
    """Again: the same answer."""
    scan = _of_this_device(body["nonce"])
    command = AnnulRedemption(scan.community_id, scan.actor_id, scan.device, scan.nonce)
    return jsonify(transact(annul_redemption, command))


@views.get("/by-nonce/<nonce>")
@requires("counter.redeem")
@call(
    "After a lost answer: what this device's scan was told. 404 when nothing came under the nonce.", RedeemedSchema,
    bodies=dict.fromkeys((400,), RedemptionRefusedSchema), refusals=(404, 422), example=REDEEMED,
)  # fmt: skip
def told(nonce: str) -> Response:
    """The stored answer, with its status."""
    outcome = answer_of(db.session(), _of_this_device(nonce))
    if outcome is None:
        raise NotFound("redemption_not_found")
    if outcome.reason:
        return _refused(outcome.reason, do_next(outcome), outcome.body.get("first"), False)
    return jsonify(outcome.body | {"dry_run": False})


@views.post("/cancel")
@requires("counter.redeem")
@call(
    "Give a sale up whose answer was lost: afterwards it is certainly not booked. What was booked is annulled, what comes"
    " later under the nonce is refused.", CancelledSchema, body=AnnulSchema, refusals=(409, 410),
    sent={"nonce": "scan-5f0c2a91"}, example={"status": "cancelled"},
)  # fmt: skip
def cancel(body: dict[str, Any]) -> Response:
    """Again: the same."""
    scan = _of_this_device(body["nonce"])
    command = CancelSale(scan.community_id, scan.actor_id, scan.shop_id, scan.device, scan.nonce)
    return jsonify({"status": transact(cancel_sale, command)["status"].replace("ok", "annulled")})


@views.post("/refunds")
@requires("counter.refund")
@call(
    "Take goods back after the fifteen minutes and give their points back, with the days they had; in parts, never more than"
    " was handed over; not by who handed it over nor by the household that paid. The Idempotency-Key makes it happen once.",
    RefundedSchema, status=201, body=RefundSchema,
    takes_key=True, refusals=(404, 409),
    sent={"redemption_id": REDEEMED["redemption"]["id"], "reason": "坏了",
          "lines": [{"item_id": ITEM["id"], "quantity": 1, "to_shelf": True}]},
    example={"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b041", "points": 5},
)  # fmt: skip
def refund(body: dict[str, Any]) -> Response:
    """A manager's act."""
    asked = asked_by(current_user, body)
    lines = tuple(Returned(**line) for line in body["lines"])
    command = RefundGoods(
        current_user.community_id, current_user.member_id, asked.request_key, body["redemption_id"], lines, body["reason"],
    )  # fmt: skip
    return answer_once(asked, refund_goods, command, RefundedSchema, status=201)

"""The counter: a scanned code becomes goods, once; the nonce of the scan is the key of the request.

The busiest call of the house. Its answer is made by the operation as plain values and stored under the nonce; nothing is
dumped through a schema here, the tests hold the answer against its schema instead.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_login import current_user

from app.api.calls import call
from app.api.v1.shop import ITEM, ORDER, SHOP
from app.errors import plain_error
from app.identity.tokens import device_of
from app.permissions import requires
from app.schemas.answers.shop import AnnulledSchema, RedeemedSchema, RedemptionRefusedSchema
from app.schemas.commands import AnnulSchema, RedeemSchema
from app.sentences import say
from app.sentences.counter import do_next
from app.transaction import transact
from points.errors import Conflict, Invalid, NotAllowed
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.operations import RedeemCode, redeem_code

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
    "Redeem a pick-up code at the own shop. The nonce is looked up first and keeps its first answer for ever; a dry run"
    " tells everything and writes nothing.", RedeemedSchema, status=201, body=RedeemSchema,
    bodies=dict.fromkeys((400, 404, 409), RedemptionRefusedSchema),
    sent={"code": ORDER["code"], "nonce": "scan-5f0c2a91"}, example=REDEEMED,
)  # fmt: skip
def redeem(body: dict[str, Any]) -> Response:
    """The staff member's shop is the shop; the token is the device."""
    viewer = current_user._get_current_object()
    if viewer.shop_id is None:
        raise NotAllowed("no_shop_of_yours")
    if body["lines"]:
        raise Invalid("form_invalid", errors={"lines": [_("取货码不用另报商品。")]})
    command = RedeemCode(
        community_id=viewer.community_id, actor_id=viewer.member_id, shop_id=viewer.shop_id,
        device=device_of(request.headers.get("Authorization", "")), code=body["code"], nonce=body["nonce"],
        scanned_at=body["scanned_at"], offline=body["offline"], force=body["force"],
        may_force=viewer.can("counter.force"), reason=body["reason"], dry_run=body["dry_run"],
    )  # fmt: skip
    try:
        outcome = transact(redeem_code, command)
    except Conflict as error:
        if error.code != "nonce_conflict":
            raise
        return _refused("nonce_conflict", say(error), None, body["dry_run"])
    if outcome.reason:
        return _refused(outcome.reason, do_next(outcome), outcome.body.get("first"), body["dry_run"])
    response = jsonify(outcome.body | {"dry_run": body["dry_run"]})
    response.status_code = 201
    return response


def _refused(reason: str, sentence: str, first: dict[str, str] | None, is_dry_run: bool) -> Response:
    more = {"status": "error", "reason": reason, "first": first, "dry_run": is_dry_run}
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
    viewer = current_user
    device = device_of(request.headers.get("Authorization", ""))
    command = AnnulRedemption(viewer.community_id, viewer.member_id, device, body["nonce"])
    return jsonify(transact(annul_redemption, command))

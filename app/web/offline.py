"""The till without network: the page a shop phone keeps, what it takes along, and what it tells afterwards."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app import clock
from app.assets import STATIC, read_manifest
from app.database import db
from app.errors import plain_error, status_of
from app.headers import allow_wasm
from app.identity.shop_phone import this_shop_phone
from app.permissions import public, requires
from app.schemas.commands import OfflineScanSchema, SnapshotSchema
from app.schemas.fields import load_typed
from app.sentences import say
from app.snapshot_key import public_key, signed
from app.transaction import transact
from app.web.counter import device, own_shop
from points.errors import DomainError, Invalid, NotAllowed
from shop.counter.scan import SaleLine
from shop.devices.queries import DeviceView
from shop.offline.allowances import AskBack, ask_back
from shop.offline.snapshot import TakeSnapshot, take_snapshot
from shop.offline.upload import OfflineScan, take_in
from shop.queries import shop_by_id

views = Blueprint("offline", __name__)

# What the two workers keep: the page, the address that asks for it (or all below it), and the files it is made of.
WORKERS = {
    "counter": ("/counter/offline", "/counter/",
                ("app.css", "scan.js", "scan-worker.js", "offline.js", "zxing_reader.wasm", "sprite.svg")),
    "code": ("/code/pocket", "/code", ("app.css", "app.js", "my-code.js", "sprite.svg")),
}  # fmt: skip


def _is_of_own_shop(phone: DeviceView) -> bool:
    return (phone.community_id, phone.shop_id) == (current_user.community_id, current_user.shop_id)


def _this_phone() -> DeviceView:
    """Raises NotAllowed ``device_unknown``, or ``device_revoked``."""
    found = this_shop_phone()
    if found is None or (found.is_current and not _is_of_own_shop(found)):
        raise NotAllowed("device_unknown")
    if not found.is_current:
        raise NotAllowed("device_revoked")
    return found


@views.get("/counter/offline")
@requires("counter.redeem")
def till() -> ResponseReturnValue:
    """The page that goes on without network. It names nobody: the phone keeps it. A phone that was stopped gets it as
    well: what still waits on it must be told."""
    allow_wasm()
    phone = this_shop_phone()
    is_current = phone is None or phone.is_current
    shop = own_shop() if is_current else shop_by_id(db.session(), current_user.community_id, _staffed_shop())
    return render_template("offline/till.html", shop=shop, phone=phone, key=public_key())


@views.get("/counter/offline/pulse")
@public
def pulse() -> ResponseReturnValue:
    """Whether the network is there, and what time it is: asked every second, so it reads nothing."""
    return jsonify({"now": int(clock.now().timestamp())})


@views.get("/counter/offline/token")
@requires("counter.redeem")
def token() -> ResponseReturnValue:
    """A kept page has an old one; and who is signed in now."""
    return jsonify({"csrf": generate_csrf(), "staff": str(current_user.member_id)})


@views.post("/counter/offline/snapshot")
@requires("counter.redeem")
def snapshot() -> ResponseReturnValue:
    """What this phone may do for the next twelve hours, signed."""
    try:
        queued = load_typed(SnapshotSchema, request.get_json())["queued"]
        command = TakeSnapshot(current_user.community_id, current_user.member_id, _this_phone().id, queued)
        return jsonify(signed(transact(take_snapshot, command)))
    except DomainError as error:
        return _refused(error)


@views.post("/counter/offline/scans")
@requires("counter.redeem")
def scans() -> ResponseReturnValue:
    """One scan that has happened: 201 booked, or noted where the phone refused; 409 kept as a conflict or set apart; told
    again, the same."""
    try:
        body = load_typed(OfflineScanSchema, request.get_json())
        outcome = transact(take_in, _offline_scan(body))
    except DomainError as error:
        return _refused(error)
    answer = jsonify(outcome.body)
    answer.status_code = 201 if outcome.body["status"] in ("ok", "noted") else 409
    return answer


def _offline_scan(body: dict[str, object]) -> OfflineScan:
    """The phone must be the one that sold, with a cookie that works; what any other tells is set apart."""
    here = this_shop_phone()
    if here is not None and here.is_current and not _is_of_own_shop(here):
        raise NotAllowed("device_unknown")  # another shop's staff holds the phone: it is told later
    is_it = here is not None and here.is_current and here.id == body["device_id"]
    lines = tuple(SaleLine(line["item_id"], line["quantity"]) for line in body["lines"])  # type: ignore[attr-defined]
    return OfflineScan(
        current_user.community_id, current_user.member_id, _staffed_shop(), device(), str(body["code"]),
        str(body["nonce"]), scanned_at=body["scanned_at"], offline=True, lines=lines, device_id=body["device_id"],
        serial=body["serial"] if is_it else -1, sent_at=body["sent_at"], staff_id=body["staff_id"],
        refused=body["refused"],
    )  # type: ignore[arg-type]  # fmt: skip


def _staffed_shop() -> uuid.UUID:
    """Where the volunteer stands, also with a phone that was stopped: what it tells is set apart, not refused."""
    if current_user.shop_id is None:
        raise NotAllowed("no_shop_of_yours")
    return current_user.shop_id


def _refused(error: DomainError) -> Response:
    """A phone drops what can never be taken (400) and keeps what may be taken later."""
    answer = jsonify(plain_error(error.code, say(error)))
    answer.status_code = 400 if isinstance(error, Invalid) else status_of(error)
    return answer


@views.post("/points/reserved/<uuid:allowance_id>/back")
@requires("points.own")
def back(allowance_id: uuid.UUID) -> ResponseReturnValue:
    """A household wants its points back instead."""
    try:
        done = transact(ask_back, AskBack(current_user.community_id, current_user.member_id, allowance_id))
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(
            _("退回您账上了。")
            if done == "returned"
            else _("记下了。柜台手机可能正没网，等它连上网就退回给您。"),
            "ok",
        )
    return redirect(url_for("points.held"), 303)


@views.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """So that a phone can put the counter on its first screen."""
    icon = url_for("static", filename="img/counter.svg")
    described = {
        "name": _("义田柜台"), "short_name": _("柜台"), "start_url": url_for("offline.till"), "scope": "/counter",
        "display": "standalone", "background_color": "#f0f3ee", "theme_color": "#f0f3ee",
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": purpose}
                  for purpose in ("any", "maskable")],
    }  # fmt: skip
    return Response(json.dumps(described, ensure_ascii=False), mimetype="application/manifest+json")


@views.get("/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """From the root, so that it may keep a page below another address; its first line names what to keep, by content."""
    which = request.args.get("of", "counter")
    if which not in WORKERS:
        abort(404)
    page, asks, files = WORKERS[which]
    built = read_manifest()
    kept = [f"/static/vendor/{built[name]}" for name in files]
    names = f"self.PAGE = {json.dumps(page)}; self.FOR = {json.dumps(asks)}; self.KEPT = {json.dumps(kept)};"
    source = (STATIC / "vendor" / built["sw.js"]).read_text(encoding="utf-8")
    answer = Response(f"{names}\n{source}", mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer

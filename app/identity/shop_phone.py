"""The shop phone a request comes from: a cookie of its own that opens nothing by itself, beside whoever is signed in."""

from __future__ import annotations

from flask import Response, after_this_request, current_app, g, request

from app import clock
from app.database import db
from app.identity.throttle import check_attempts, forget_failures, note_failure
from app.identity.viewer import Viewer
from app.transaction import READING, transact
from points.errors import DomainError, NotAllowed
from shop.devices.operations import (
    SEEN_EVERY,
    EnrolDevice,
    Enrolled,
    NoteSeen,
    enrol_device,
    note_seen,
)
from shop.devices.queries import DeviceView, device_by_token

COOKIE = "shop_phone"
KEPT_SECONDS = 400 * 24 * 3600  # no browser keeps a cookie longer; it is set anew while the phone is at work


def this_shop_phone() -> DeviceView | None:
    """The phone whose cookie came with this request, also one that was revoked; asked of the database once."""
    if "shop_phone" not in g:
        token = request.cookies.get(COOKIE)
        g.shop_phone = device_by_token(db.session(), token) if token else None
    return g.shop_phone


def check_shop_phone(viewer: Viewer) -> None:
    """Whether this viewer may work at the counter with what is in their hand.

    Raises NotAllowed ``device_revoked`` (or moved to another shop since), ``device_of_other_shop``; without an enrolled
    phone ``shop_phone_needed`` where the community asks for one. Writes down now and then that the phone is at work.
    """
    phone = this_shop_phone()
    if phone is None:
        if viewer.shop_phones_only:
            raise NotAllowed("shop_phone_needed")
        return
    if not phone.is_current:
        raise NotAllowed("device_revoked")
    if (phone.community_id, phone.shop_id) != (viewer.community_id, viewer.shop_id):
        raise NotAllowed("device_of_other_shop", device=phone.name)
    _note_at_work(phone)


def _note_at_work(phone: DeviceView) -> None:
    now = clock.now()
    if request.method in READING or (phone.seen_at is not None and now - phone.seen_at < SEEN_EVERY):
        return
    transact(note_seen, NoteSeen(phone.community_id, phone.id))
    token = request.cookies[COOKIE]

    @after_this_request
    def keep_on(response: Response) -> Response:
        keep_token(response, token)
        return response


def enrol_this_phone(code: str, address: str) -> Enrolled:
    """Enrols the phone that asks. Wrong codes are counted by address, like wrong passwords.

    Raises TooManyAttempts and what ``enrol_device`` raises.
    """
    who = f"shop {address}"
    check_attempts(db.session(), who, address, now=clock.now())
    try:
        enrolled = transact(enrol_device, EnrolDevice(code))
    except DomainError:
        transact(note_failure, (who, address))
        raise
    transact(forget_failures, who)
    return enrolled


def keep_token(response: Response, token: str) -> None:
    """Puts the token into the phone's cookie."""
    response.set_cookie(
        COOKIE, token, max_age=KEPT_SECONDS, httponly=True, samesite="Lax", secure=current_app.config["HTTPS_ONLY"]
    )  # fmt: skip

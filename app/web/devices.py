"""Shop phones on the steward's desk: which there are, a code for a new one, another shop, another name, the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema

from app import clock
from app.database import db
from app.permissions import requires
from app.schemas.desk import ReasonSchema
from app.schemas.devices import DeviceNameSchema, InviteSchema, ReassignSchema
from app.transaction import transact
from app.web.cards import address_of
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from points.errors import DomainError
from shop.devices.operations import (
    InviteAgain,
    InviteDevice,
    ReassignDevice,
    RenameDevice,
    RevokeDevice,
    invite_again,
    invite_device,
    reassign_device,
    rename_device,
    revoke_device,
)
from shop.devices.queries import device_line, devices_of, open_invite
from shop.queries import shops_of

views = Blueprint("devices", __name__)


@views.get("/desk/devices")
@requires("devices.manage")
def index() -> str:
    """All phones with their shop, when they were last at work, and how they stand."""
    return render_template("devices/index.html", form=blank_form(), **_list())


@views.post("/desk/devices")
@requires("devices.manage")
def invite() -> Response:
    """A new phone; then to the page with its code."""
    form = posted_form()
    try:
        values = load_form(InviteSchema)
        command = InviteDevice(current_user.community_id, current_user.member_id, **values)
        device_id = transact(invite_device, command)
    except DomainError as error:
        return show_again("devices/index.html", form, error, **_list())
    return redirect(url_for("devices.show", device_id=device_id), 303)


@views.get("/desk/devices/<uuid:device_id>")
@requires("devices.manage")
def show(device_id: uuid.UUID) -> str:
    """One phone, with the code it is enrolled with while there is one."""
    return render_template("devices/show.html", form=Form(), failed="", **_one(device_id))


@views.post("/desk/devices/<uuid:device_id>/code")
@requires("devices.manage")
def again(device_id: uuid.UUID) -> ResponseReturnValue:
    """Another code."""
    transact(invite_again, InviteAgain(current_user.community_id, current_user.member_id, device_id))
    return redirect(url_for("devices.show", device_id=device_id), 303)


@views.post("/desk/devices/<uuid:device_id>/shop")
@requires("devices.manage")
def reassign(device_id: uuid.UUID) -> ResponseReturnValue:
    """To another shop: it must be enrolled again."""
    said = _("换好店了。原来的登记已经作废，请给它出一个新的登记码。"), _("它本来就在这个店，没有改动。")
    return _change(device_id, "shop", ReassignSchema, ReassignDevice, reassign_device, said)


@views.post("/desk/devices/<uuid:device_id>/name")
@requires("devices.manage")
def rename(device_id: uuid.UUID) -> ResponseReturnValue:
    """Another name."""
    said = _("改好名字了。"), _("和原来一样，没有改动。")
    return _change(device_id, "name", DeviceNameSchema, RenameDevice, rename_device, said)


@views.post("/desk/devices/<uuid:device_id>/revoke")
@requires("devices.manage")
def revoke(device_id: uuid.UUID) -> ResponseReturnValue:
    """The end of a phone that is lost, broken or given away."""
    said = _("停用了，这台手机从现在起不能办柜台的事。")
    return _change(device_id, "revoke", ReasonSchema, RevokeDevice, revoke_device, (said, said))


def _change(
    device_id: uuid.UUID,
    failed: str,
    schema: type[Schema],
    command: Callable[..., object],
    operation: Callable[..., Any],
    said: tuple[str, str],
) -> ResponseReturnValue:
    """One of the forms of a phone's page. ``said``: when something changed, and when nothing did."""
    form = posted_form()
    try:
        values = load_form(schema)
        changed = transact(
            operation,
            command(current_user.community_id, current_user.member_id, device_id, **values),
        )
    except DomainError as error:
        return show_again("devices/show.html", form, error, failed=failed, **_one(device_id))
    flash(said[1] if changed is False else said[0], "ok")
    return redirect(url_for("devices.show", device_id=device_id), 303)


def _list() -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    return {"phones": devices_of(session, community_id), "shops": shops_of(session, community_id)}


def _one(device_id: uuid.UUID) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    invited = open_invite(session, community_id, device_id, now=clock.now())
    return {
        "phone": device_line(session, community_id, device_id),
        "shops": shops_of(session, community_id),
        "invited": invited,
        "address": address_of(invited.code) if invited else "",
    }

"""Before and after the time without network: points reserved for shop phones, and what could not be booked."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import requires
from app.reserving import reserve_for_all
from app.schemas.commands import ReserveSchema, SettleSchema
from app.sentences import say
from app.transaction import transact
from app.web.counter import own_shop
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from points.errors import DomainError, NotAllowed
from points.people.register import grids_of
from shop.counter.refunds import own_redemptions
from shop.offline.allowances import ReserveAllowances
from shop.offline.queries import conflicts_of, gaps_of, most_points, phones_at, set_apart
from shop.offline.settling import NoteQuarantine, SettleConflict, note_quarantine, settle_conflict

views = Blueprint("offline_desk", __name__)


def _own_shop_only() -> uuid.UUID | None:
    """Staff see to their own shop, the steward to all."""
    return None if current_user.can("catalogue.manage") else own_shop().id


def _phones_page() -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    found = phones_at(session, community_id, _own_shop_only(), now=clock.now())
    return {
        "phones": found,
        "options": [(str(phone.id), f"{phone.name} · {phone.shop}") for phone in found],
        "most": most_points(session, community_id),
        "grids": [(str(grid.id), grid.name) for grid in grids_of(session, community_id)],
    }


@views.get("/stock/offline")
@requires("offline.reserve")
def phones() -> ResponseReturnValue:
    """Shop phones and what is reserved for each."""
    return render_template("offline/phones.html", form=blank_form(), **_phones_page())


@views.post("/stock/offline")
@requires("offline.reserve")
def reserve() -> ResponseReturnValue:
    """Before a market day: some points of every household with a card or a phone code."""
    form = posted_form()
    try:
        values = load_form(ReserveSchema)
        command = ReserveAllowances(
            current_user.community_id, current_user.member_id, values["device_id"], values["hours"],
            values["points_each"], values["grid_id"], _own_shop_only(),
        )  # fmt: skip
        done = reserve_for_all(command)
    except DomainError as error:
        return show_again("offline/phones.html", form, error, **_phones_page())
    if done.wallets:
        flash(
            _("备好了：%(wallets)s 户，一共 %(points)s 分。", wallets=done.wallets, points=done.points), "ok"
        )
    else:
        flash(_("没有可以再备的：有卡或手机码的户都备过了，或者没有积分。"), "info")
    return redirect(url_for("offline_desk.phones"), 303)


def _conflicts_page() -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    found = conflicts_of(session, community_id)
    waiting = [one.id for one in found if one.settled_at is None]
    return {
        "conflicts": found,
        "own": own_redemptions(session, community_id, current_user.member_id, waiting),
        "own_says": say(NotAllowed("conflict_of_own")),
        "gaps": gaps_of(session, community_id),
        "apart": set_apart(session, community_id),
    }


@views.get("/stock/conflicts")
@requires("offline.settle")
def conflicts() -> ResponseReturnValue:
    """Goods that left without network and could not be booked, shelves to look at, and what stopped phones told."""
    return render_template("offline/conflicts.html", form=Form(), wrong=None, **_conflicts_page())


@views.post("/stock/conflicts/<kind>/<uuid:key>")
@requires("offline.settle")
def settle(kind: str, key: uuid.UUID) -> ResponseReturnValue:
    """Says what was done about one of them."""
    form = posted_form()
    try:
        said, who = load_form(SettleSchema), (current_user.community_id, current_user.member_id)
        if kind == "told":
            transact(note_quarantine, NoteQuarantine(*who, key, said["note"]))
        else:
            transact(settle_conflict, SettleConflict(*who, key, said["note"], said["way"] == "charge"))
    except DomainError as error:
        return show_again("offline/conflicts.html", form, error, wrong=key, **_conflicts_page())
    flash(_("记好了。"), "ok")
    return redirect(url_for("offline_desk.conflicts"), 303)

"""The shelf for everybody, without a sign-in: what is there, for how many points, and when the shop is open."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app import clock
from app.database import db
from app.permissions import public
from app.photos import photo_path
from app.web.board import community_of
from app.web.hours import Door, doors_of
from app.web.items import PHOTOS
from points.errors import NotFound
from shop.lending.queries import things_to_lend
from shop.queries import ItemView, items_at

views = Blueprint("shelf", __name__)

WEEK_SECONDS = 7 * 24 * 3600


@views.get("/c/<code>/shelf")
@public
def show(code: str) -> ResponseReturnValue:
    """One shop's shelf; nothing personal. Six statements, whatever lies there."""
    community = community_of(code)
    doors = doors_of(community.id)
    wanted = request.args.get("shop", "")
    door = next((one for one in doors if not wanted or str(one.shop.id) == wanted), None)
    if wanted and door is None:
        raise NotFound("shop_not_found")
    shown = _shown(community.id, door, doors[0]) if door else []
    shown.sort(key=lambda item: (item.available <= 0, item.kind != "goods", item.points, item.code))
    things = things_to_lend(db.session(), community.id, door.shop.id, now=clock.now()) if door else []
    return render_template(
        "shelf/show.html", community=community, doors=doors, door=door, items=shown, things=things
    )


def _shown(community_id: int, door: Door, first: Door) -> list[ItemView]:
    """What a shop has; the first one also what it waits for. What a partner serves lies at the first shop as vouchers."""
    is_partner = door.shop.kind == "partner"
    shop_id = first.shop.id if is_partner else door.shop.id
    items = items_at(db.session(), community_id, shop_id, now=clock.now())
    if is_partner:
        return [item for item in items if item.partner_id == door.shop.id]
    return [item for item in items if item.on_hand > 0 or door is first]


@views.get("/c/<code>/shelf/photos/<uuid:photo_id>")
@public
def photo(code: str, photo_id: uuid.UUID) -> Response:
    """The photo of an item, at most 320 px wide. NotFound ``evidence_not_found``: no other photo lies in this folder."""
    path = photo_path(community_of(code).id, photo_id, small=True, of=PHOTOS)
    if not path.is_file():
        raise NotFound("evidence_not_found")
    return send_file(path, mimetype="image/jpeg", max_age=WEEK_SECONDS, conditional=True)

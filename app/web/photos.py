"""Photos, shown only to those whose business they are."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, send_file
from flask_login import current_user
from sqlalchemy.orm import Session

from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.photos import photo_path
from points.errors import NotFound
from points.records.queries import PhotoOwner, owner_of_photo
from points.review.recusals import stands_aside

views = Blueprint("photos", __name__)

DAY_SECONDS = 24 * 3600


@views.get("/photos/<uuid:photo_id>")
@requires("evidence.see")
def show(photo_id: uuid.UUID) -> Response:
    """The photo, at most 1600 px."""
    return photo_answer(photo_id, small=False)


@views.get("/photos/<uuid:photo_id>/small")
@requires("evidence.see")
def small(photo_id: uuid.UUID) -> Response:
    """The same, at most 320 px."""
    return photo_answer(photo_id, small=True)


def photo_answer(photo_id: uuid.UUID, *, small: bool) -> Response:
    """The JPEG for whoever is looking, by cookie or by token. NotFound ``evidence_not_found``."""
    viewer = current_user._get_current_object()
    session = db.session()
    owner = owner_of_photo(session, viewer.community_id, photo_id)
    path = photo_path(viewer.community_id, photo_id, small=small)
    if not _may_see(session, viewer, owner) or not path.is_file():
        raise NotFound("evidence_not_found")
    response = send_file(path, mimetype="image/jpeg", max_age=DAY_SECONDS, conditional=True)
    response.cache_control.public = None
    response.cache_control.private = True
    response.vary.update(("Cookie", "Authorization"))
    return response


def _may_see(session: Session, viewer: Viewer, owner: PhotoOwner) -> bool:
    """Who sent it, the household it is about, and those who check records: but nobody who stands aside while one is
    decided. A photo of no record is the sender's (or of a case, whose page shows it to those concerned)."""
    if viewer.member_id == owner.uploader_id or viewer.household_id in owner.household_ids:
        return True
    may_check = bool(owner.record_ids) and viewer.can("records.all")
    return may_check and not stands_aside(session, viewer.community_id, owner.record_ids, viewer.member_id)

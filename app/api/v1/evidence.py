"""Photos that show a deed."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

from app.api.calls import call
from app.api.repeats import REPLAYED, answer_once, asked_by, earlier_answer, respond
from app.database import db
from app.permissions import requires
from app.photos import Photo, evidence_of, photo_files, read_photo
from app.schemas.answers.records import EvidenceSchema
from app.web.photos import photo_answer
from points.errors import Invalid
from points.records.operations import add_evidence

views = Blueprint("api_evidence", __name__, url_prefix="/evidence")

FIELD = "photo"
EVIDENCE = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b050",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "width": 1600, "height": 1200,
    "thumbnail": "/api/v1/evidence/0199a0aa-5c00-7d21-8a7e-2f60d3d1b050/thumbnail",
}  # fmt: skip


class _AnsweredMeanwhile(Exception):
    """The same upload was taken twice at once; the other one won."""


@views.post("")
@requires("records.report")
@call(
    "Upload a photo (JPEG, PNG or WebP, at most 20 MB and 40 megapixels). It is kept upright, without metadata, at most"
    " 1600 pixels long, and belongs to the record that will name it.", EvidenceSchema, status=201, upload=FIELD,
    takes_key=True, example=EVIDENCE,
)  # fmt: skip
def upload() -> Response:
    """Image work comes before the transaction; ``hash`` is the SHA-256 of what was sent."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    viewer, data = current_user._get_current_object(), _uploaded()
    asked = asked_by(viewer, hashlib.sha256(data).hexdigest())
    earlier = earlier_answer(db.session(), asked)
    if earlier is not None:
        return respond(earlier)
    photo = read_photo(data)
    try:
        with photo_files(viewer.community_id, photo) as evidence_id:
            command = evidence_of(viewer.community_id, viewer.member_id, evidence_id, photo)
            response = answer_once(
                asked, add_evidence, command, EvidenceSchema, status=201, show=_shown(photo)
            )
            if REPLAYED in response.headers:
                raise _AnsweredMeanwhile
    except _AnsweredMeanwhile:
        pass
    return response


def _uploaded() -> bytes:
    """Raises Invalid ``form_invalid`` when there is no file in the field."""
    file = request.files.get(FIELD)
    if file is None:
        raise Invalid("form_invalid", errors={FIELD: [_("请选一张照片。")]})
    return file.read()


def _shown(photo: Photo) -> Any:
    def shown(_session: Session, evidence_id: uuid.UUID, *, now: datetime) -> dict[str, Any]:  # noqa: ARG001
        return {
            "id": evidence_id, "sha256": photo.sha256, "width": photo.width, "height": photo.height,
            "thumbnail": url_for("api_evidence.thumbnail", photo_id=evidence_id),
        }  # fmt: skip

    return shown


@views.get("/<uuid:photo_id>")
@requires("evidence.see")
@call("A photo, for those whose business it is.", None, media="image/jpeg")
def show(photo_id: uuid.UUID) -> Response:
    """At most 1600 pixels."""
    return photo_answer(photo_id, small=False)


@views.get("/<uuid:photo_id>/thumbnail")
@requires("evidence.see")
@call("The same, at most 320 pixels long.", None, media="image/jpeg")
def thumbnail(photo_id: uuid.UUID) -> Response:
    """For lists."""
    return photo_answer(photo_id, small=True)

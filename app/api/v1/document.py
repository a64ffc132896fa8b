"""The document that describes all the others."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app

from app.api.document import build_document
from app.permissions import public

views = Blueprint("api_document", __name__)


@views.get("/openapi.json")
@public
def openapi() -> Response:
    """Made once for each process."""
    kept = current_app.extensions.get("openapi")
    if kept is None:
        kept = json.dumps(build_document(current_app), ensure_ascii=False)
        current_app.extensions["openapi"] = kept
    return Response(kept, mimetype="application/json")

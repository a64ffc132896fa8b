"""When this site first saw a code: carried by the page, signed, so that a code does not grow old while somebody chooses."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from app import clock

LONGEST_SECONDS = 600


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="code seen at the counter")


def seal_code(code: str) -> str:
    """The moment for the form's field ``seen``, so that only the site can say it; an earlier one stays."""
    if not code:
        return ""
    earlier = seen_at(code)
    return _signer().dumps([code, (earlier or clock.now()).isoformat()])


def seen_at(code: str) -> datetime | None:
    """What ``seal_code`` wrote for this very code; None without it, and after ten minutes."""
    try:
        sealed_code, at = _signer().loads(request.form.get("seen", ""))
    except BadSignature:
        return None
    moment = datetime.fromisoformat(at)
    is_recent = (clock.now() - moment).total_seconds() <= LONGEST_SECONDS
    return moment if sealed_code == code and is_recent else None

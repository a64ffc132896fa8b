"""The moment a page or a sheet of paper speaks of: ``?until=``, else now. Kept in the address, it prints the same again."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request

from app import clock
from app.api.cursors import as_moment
from points.errors import Invalid


def asked_cut_off() -> datetime:
    """To the second, and never in the future. Invalid ``moment_not_understood``."""
    now = clock.now().replace(microsecond=0)
    typed = request.args.get("until")
    if not typed:
        return now
    try:
        return min(as_moment(typed).replace(microsecond=0), now)
    except ValueError:
        raise Invalid("moment_not_understood") from None


def in_address(moment: datetime) -> str:
    """A moment as ``?until=`` reads it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

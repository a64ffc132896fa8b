"""The notice sheet for the wall, A3 in large type: what hung on the board at a moment that is printed at its head."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import db
from app.permissions import public
from app.web.board import community_of, lines_of, public_address, views
from app.web.cut_off import asked_cut_off, in_address
from points.checkpoints.queries import newest_checkpoint
from points.notices.running import running_at

# As many as ten sheets or so; a village with more at once hangs the newest.
MOST = 500


@views.get("/c/<code>/poster")
@public
def poster(code: str) -> ResponseReturnValue:
    """The sheet as of ``until``; without it the moment is put into the address, so that printing again prints the same.
    ``lay=wide``: landscape."""
    community, cut_off, lay = community_of(code), asked_cut_off(), request.args.get("lay")
    if "until" not in request.args:
        return redirect(url_for("notices.poster", code=code, lay=lay, until=in_address(cut_off)), 302)
    found = running_at(db.session(), community.id, cut_off=cut_off, limit=MOST + 1)
    return render_template(
        "notices/poster.html", community=community, lines=lines_of(code, found[:MOST]), is_cut=len(found) > MOST,
        cut_off=cut_off, is_wide=lay == "wide", address=public_address("notices.board", code=code),
        newest=newest_checkpoint(db.session(), community.id, cut_off=cut_off),
    )  # fmt: skip

"""My own check: a page on which the phone itself verifies the statement, and the statement as a file to take away."""

from __future__ import annotations

import uuid

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.identity.viewer import Viewer
from app.permissions import requires
from app.web.checkpoints import encoded, entry_json, note_json, openings_json
from points.checkpoints import queries
from points.checkpoints.notes import read_mark
from points.checkpoints.queries import CheckpointView
from points.checkpoints.statement import OwnLine, OwnStatement, own_statement
from points.days import local_day
from points.errors import NotFound
from points.ledger.accounts import owner_of

views = Blueprint("verify", __name__)


@views.get("/me/verify")
@requires("points.own")
def mine() -> ResponseReturnValue:
    """Asks for the code on the board and checks; without a script it says how to check at a computer.

    ``printed``: the code, when a camera read it; ``entry``: the one line somebody came for.
    """
    printed = request.args.get("printed", "").strip()
    return render_template(
        "checkpoints/verify.html", printed=printed, is_readable=bool(printed) and read_mark(printed) is not None,
        entry=_entry_id(request.args.get("entry")), newest=queries.newest_checkpoint(db.session(), current_user.community_id),
    )  # fmt: skip


@views.get("/me/verify/statement.json")
@requires("points.own")
def statement() -> ResponseReturnValue:
    """Every line of the own wallet with its proof; with ``printed``, also how the newest seal goes on from that one."""
    viewer, session, now = current_user._get_current_object(), db.session(), clock.now()
    if viewer.wallet_id is None:
        raise NotFound("account_not_found")
    today = local_day(now, viewer.zone)
    found = own_statement(session, viewer.community_id, viewer.wallet_id, now=now, today=today)
    owner = owner_of(session, viewer.community_id, viewer.wallet_id)
    answer = jsonify(
        format="yitian-statement/1", community=viewer.community_code, made_at=now.isoformat(timespec="seconds"),
        owner=str(owner), checkpoint=note_json(found.checkpoint) if found.checkpoint else None,
        printed=_printed(session, viewer, found.checkpoint, request.args.get("printed", "").strip()),
        entries=[_line(line, owner) for line in found.lines if line.proven],
        **_rest(found),
    )  # fmt: skip
    if request.args.get("save") == "1":
        answer.headers["Content-Disposition"] = 'attachment; filename="statement.json"'
    return answer


def _line(line: OwnLine, owner: uuid.UUID) -> dict[str, object]:
    entry = line.proven.entry
    shown = entry_json(entry) | {"proof": [encoded(one) for one in line.proven.path]}
    if entry.line:
        shown["open"] = openings_json(entry.line.openings_for(owner))
    return shown


def _rest(found: OwnStatement) -> dict[str, object]:
    """What is posted and not sealed yet, and what the lines must add up to."""
    return {
        "later": [
            {"id": str(line.transfer_id), "no": line.number, "points": line.points}
            for line in found.lines
            if not line.proven
        ],
        "arrived": [{"id": str(key), "points": points} for key, points in found.arrived],
        "balance": {"available": found.available, "held": found.held, "lapsed": found.lapsed},
    }


def _printed(
    session: Session, viewer: Viewer, newest: CheckpointView | None, text: str
) -> dict[str, object] | None:
    """The seal on paper; ``note`` is null when the site has none like it, which is what a check must find out."""
    if not text:
        return None
    try:
        found = queries.checkpoint_of_mark(session, viewer.community_id, text)
        path = queries.consistency(session, viewer.community_id, found.size, newest.size)
    except NotFound:
        return {"mark": text, "note": None, "key": None, "proof": []}
    return note_json(found) | {"mark": text, "proof": [encoded(one) for one in path]}


def _entry_id(text: str | None) -> str:
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError:
        return ""

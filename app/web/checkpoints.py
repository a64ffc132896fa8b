"""The public list of daily seals, and everything a stranger needs to check them: entries, proofs, keys, the verifier."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue

from app.config import ROOT
from app.database import db
from app.permissions import public
from app.web.board import community_of, site_address
from points.checkpoints import queries
from points.checkpoints.lines import Opening
from points.checkpoints.notes import read_mark
from points.checkpoints.queries import CheckpointView, Entry
from points.errors import Invalid, NotFound

views = Blueprint("checkpoints", __name__)

ROWS = 30
# Entries of one file: each is made anew from its records, and no worker should be long at it.
PART = 2_000
PARTS = 12
VERIFIER = ROOT / "tools" / "verify.py"


@views.get("/c/<code>/checkpoints")
@public
def index(code: str) -> ResponseReturnValue:
    """Every seal, newest first, with the newest as it is printed; files to check them with."""
    community, session = community_of(code), db.session()
    below = _whole("below")
    found = queries.checkpoints(session, community.id, below=below, limit=ROWS + 1)
    newest = found[0] if below is None and found else queries.newest_checkpoint(session, community.id)
    last = (newest.size - 1) // PART if newest else -1
    return render_template(
        "checkpoints/index.html", community=community, found=found[:ROWS], newest=newest, below=below,
        older=found[ROWS - 1].size if len(found) > ROWS else None,
        parts=range(last, max(-1, last - PARTS), -1),
    )  # fmt: skip


@views.get("/c/<code>/checkpoints/<mark>")
@public
def show(code: str, mark: str) -> ResponseReturnValue:
    """What the code on the printed board leads to: is this seal on the list, and how to check with it."""
    community = community_of(code)
    if read_mark(mark) is None:
        raise NotFound("checkpoint_not_found")
    try:
        found = queries.checkpoint_of_mark(db.session(), community.id, mark)
    except NotFound:
        found = None
    page = render_template("checkpoints/show.html", community=community, found=found, mark=mark)
    return page, 200 if found else 404


@views.app_template_global()
def mark_address(code: str, mark: str) -> str:
    """What the QR code of a seal opens, for templates/components/checkpoint.html."""
    return f"{site_address()}/c/{code}/checkpoints/{mark}"


@views.get("/c/<code>/checkpoints/verify.py")
@public
def verifier(code: str) -> ResponseReturnValue:  # noqa: ARG001 - one for all
    """The command-line verifier: one file, needs Python and nothing else."""
    answer = current_app.response_class(VERIFIER.read_bytes(), mimetype="text/x-python")
    answer.headers["Content-Disposition"] = 'attachment; filename="verify.py"'
    return answer


@views.get("/c/<code>/checkpoints/checkpoints.jsonl")
@public
def notes(code: str) -> ResponseReturnValue:
    """Every signed note, newest first, one JSON object on a line."""
    community = community_of(code)

    def lines() -> Iterator[dict[str, object]]:
        below = None
        while found := queries.checkpoints(db.session(), community.id, below=below, limit=500):
            yield from (note_json(one) for one in found)
            below = found[-1].size

    return _stream(lines(), f"{community.code}-checkpoints.jsonl")


@views.get("/c/<code>/checkpoints/entries-<int:part>.jsonl")
@public
def entries(code: str, part: int) -> ResponseReturnValue:
    """Two thousand sealed entries as the records say them now, one JSON object on a line. NotFound past the end."""
    community = community_of(code)
    newest = queries.newest_checkpoint(db.session(), community.id)
    begin = part * PART
    if newest is None or begin >= newest.size:
        raise NotFound("checkpoint_not_found")
    end = min(begin + PART, newest.size)

    def lines() -> Iterator[dict[str, object]]:
        yield from map(entry_json, queries.entries(db.session(), community.id, begin, end))

    return _stream(lines(), f"{community.code}-entries-{part}.jsonl")


@views.get("/c/<code>/checkpoints/proofs/<uuid:entry_id>.json")
@public
def proof(code: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """One entry with its proof in the newest seal."""
    community = community_of(code)
    proven, newest = queries.proof_of(db.session(), community.id, entry_id)
    entry = entry_json(proven.entry) | {"proof": [encoded(one) for one in proven.path]}
    return jsonify(format="yitian-entry/1", checkpoint=note_json(newest), entry=entry)


@views.get("/c/<code>/checkpoints/consistency.json")
@public
def consistency(code: str) -> ResponseReturnValue:
    """Shows that one seal goes on from an older one: ``from`` and ``to`` are their sizes."""
    community, session = community_of(code), db.session()
    old, new = _whole("from"), _whole("to")
    if old is None or new is None:
        raise NotFound("checkpoint_not_found")
    path = queries.consistency(session, community.id, old, new)
    first, second = (queries.checkpoint_of_size(session, community.id, size) for size in (old, new))
    return jsonify(
        format="yitian-consistency/1",
        old=note_json(first),
        new=note_json(second),
        proof=[encoded(one) for one in path],
    )


def note_json(found: CheckpointView) -> dict[str, object]:
    """A signed note with the key to check it with."""
    return {"size": found.size, "mark": found.mark, "note": found.note, "key": found.verifier}


def entry_json(entry: Entry) -> dict[str, object]:
    """An entry for everybody; ``line`` is null when the record is gone."""
    return {
        "position": entry.position, "kind": entry.kind, "id": str(entry.id), "hash": encoded(entry.hash),
        "line": entry.line.text if entry.line else None,
        "open": openings_json(entry.line.openings) if entry.line else {},
    }  # fmt: skip


def openings_json(openings: Mapping[str, Opening]) -> dict[str, dict[str, str]]:
    """What commitments mean, for who may know."""
    return {name: {"key": opening.key, "value": opening.value} for name, opening in openings.items()}


def encoded(value: bytes) -> str:
    """Bytes in JSON."""
    return base64.b64encode(value).decode()


def _stream(objects: Iterable[Mapping[str, object]], name: str) -> Response:
    """Line by line, so that memory stays flat. ``objects`` asks for its own session: that of the view ends with the view."""
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in objects)
    answer = current_app.response_class(stream_with_context(lines), mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _whole(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Invalid("bad_cursor")
    return int(text)

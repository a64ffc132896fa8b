"""Who stands at the counter: a scanned card, or a name and a household number."""

from __future__ import annotations

import uuid

from flask import request
from flask_login import current_user

from app.database import db
from app.sentences import say
from app.web.forms import Form
from app.web.picking import MOST_FOUND
from points.codes import read_code
from points.errors import DomainError, NotFound
from points.people.queries import MemberBrief, look_up_members, member_of_card, members_by_id


def person_here(form: Form) -> dict[str, object]:
    """What the page shows: the ``person`` in ``m``, else the people ``found`` for the typed or scanned ``q``.

    One found is the one. A refusal of the search becomes the form's own sentence.
    """
    session, community_id = db.session(), current_user.community_id
    chosen = request.values.get("m", type=uuid.UUID)
    if chosen is not None:
        known = members_by_id(session, community_id, [chosen])
        if not known:
            raise NotFound("member_not_found")
        return {"person": known[chosen], "found": None}
    text = request.values.get("q", "").strip()
    if not text:
        return {"person": None, "found": None}
    form.typed["q"] = [text]
    found = _looked_up(text, form)
    return {"person": found[0] if found and len(found) == 1 else None, "found": found}


def _looked_up(text: str, form: Form) -> list[MemberBrief] | None:
    try:
        code = read_code(text)
        if code is not None:
            return [member_of_card(db.session(), current_user.community_id, code)]
        return look_up_members(db.session(), current_user.community_id, text, limit=MOST_FOUND)
    except DomainError as error:
        form.errors = {"q": [say(error)]}
        return None

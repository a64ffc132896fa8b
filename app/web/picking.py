"""Picking people without a script: those chosen so far stand in the address (``m``, once for each)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_login import current_user

from app.database import db
from points.people.queries import MemberBrief, members_by_id

MOST_FOUND = 20  # people that one search shows


def chosen_people(texts: Sequence[str], *, most: int) -> list[MemberBrief]:
    """The chosen people in the order they were chosen; what names nobody here is left out."""
    ids = []
    for text in list(dict.fromkeys(texts))[:most]:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    found = members_by_id(db.session(), current_user.community_id, ids)
    return [found[key] for key in ids if key in found]


def ids_of(people: Sequence[MemberBrief]) -> list[str]:
    """For the address of the next page, each once."""
    return list(dict.fromkeys(str(member.id) for member in people))


def found_context(chosen: Sequence[MemberBrief], found: Sequence[MemberBrief] | None) -> dict[str, object]:
    """What ``components/people.html`` shows of a search; ``found`` None: nobody was looked for."""
    known = {member.id for member in chosen}
    return {
        "chosen": chosen,
        "found": None if found is None else [member for member in found if member.id not in known],
        "is_cut": found is not None and len(found) == MOST_FOUND,
        "ids": ids_of(chosen),
    }

"""A helper at the site: the browser is the helper's, what is done counts as the resident's, and both are written down.

The cookie names the session; it means nothing once the session is over, nor in another helper's browser.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import flash, g, has_app_context, request, session
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.identity.viewer import Viewer, member, viewer_of, viewer_rows
from points.people.helping import Helping, live_helping, note_helped, was_noted
from points.prepared import Prepared

COOKIE_KEY = "helping"
# Steps on the way to an act, which are none themselves.
_NO_ACTS = ("close_helping", "fill_basket", "take_out", "order_again", "add_evidence")

_helped = Prepared(
    viewer_rows(member, isouter=True).where(
        member.c.community_id == sa.bindparam("community"), member.c.id == sa.bindparam("member")
    )
)


def helped_by(helper: Viewer) -> Viewer:
    """The resident for whom the helper acts in this browser now; the helper, when no session goes on."""
    g.pop("helping", None)
    text = session.get(COOKIE_KEY)
    if text is None:
        return helper
    helping = live_helping(
        db.session(), helper.community_id, uuid.UUID(text), helper.member_id, now=clock.now()
    )
    rows = _rows_of(helping) if helping else []
    if not rows:
        session.pop(COOKIE_KEY)
        if request.endpoint != "helping.end":
            forget_forms()
        flash(_("帮办的时间到了，现在是您自己的账户。还要帮，请再扫一次卡。"), "info")
        return helper
    g.helping = helping
    return dataclasses.replace(
        viewer_of(rows), epoch=helper.epoch, must_change=False, roles=frozenset({"resident"}), scopes={},
        shop_phones_only=False, helping=helping,
    )  # fmt: skip


def forget_forms() -> None:
    """From here on the browser shows another account: a form of a page drawn before is refused as too old, since it was
    filled in for somebody else."""
    session.pop("csrf_token", None)


def _rows_of(helping: Helping) -> list[Any]:
    keys = {"community": helping.community_id, "member": helping.member_id}
    return _helped.rows(db.session().connection(), keys)


def name_both(done_in: Session, operation: Callable[..., object], command: object, result: object) -> None:
    """Writes what a helper did beside it, in the same transaction; nothing when nobody is being helped, nor when the same
    request comes again."""
    helping: Helping | None = g.get("helping") if has_app_context() else None
    name = getattr(operation, "__name__", "?")
    if helping is None or name in _NO_ACTS:
        return
    subjects = _subjects(command, result)
    if not (hasattr(command, "request_key") and was_noted(done_in, helping, name, subjects)):
        note_helped(done_in, helping, name, subjects, now=clock.now())


def _subjects(command: object, result: object) -> list[uuid.UUID]:
    """What it is about: what was made, else the order or record that the command names."""
    if isinstance(result, uuid.UUID):
        return [result]
    if records := getattr(result, "records", None):
        return [record.id for record in records]
    named = (
        getattr(result, "id", None),
        getattr(command, "order_id", None),
        getattr(command, "record_id", None),
    )
    return [one for one in named if isinstance(one, uuid.UUID)][:1]

"""One person's cards: the one in use, a lost one, all there were, and a large sheet for those who see badly."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.sentences import say
from app.transaction import transact
from app.web.cards import LAST_SIGNS, address_of, check_own_grid, views
from points.errors import Conflict
from points.people.cards import RevokeCard, card_history, revoke_card
from points.people.operations import IssueCard, issue_card
from points.people.register import CardHolder, card_holders
from shop.codes.pins import pin_state

__all__ = ["views"]


def _holder(member_id: uuid.UUID) -> CardHolder:
    """NotFound ``member_not_found``, also for a grid worker who asks for another grid's."""
    check_own_grid([member_id])
    return card_holders(db.session(), current_user.community_id, member_ids=[member_id])[0]


@views.get("/cards/<uuid:member_id>")
@requires("cards.print")
def person(member_id: uuid.UUID) -> str:
    """How the card stands, and what can be done about it."""
    session, community_id = db.session(), current_user.community_id
    return render_template(
        "cards/person.html",
        holder=_holder(member_id),
        history=card_history(session, community_id, member_id),
        pin=pin_state(session, community_id, member_id),
    )


@views.post("/cards/<uuid:member_id>/revoke")
@requires("cards.print")
def revoke(member_id: uuid.UUID) -> ResponseReturnValue:
    """Lost, and no new one now."""
    _holder(member_id)
    try:
        transact(revoke_card, RevokeCard(current_user.community_id, current_user.member_id, member_id))
    except Conflict as error:
        flash(say(error), "info")
    else:
        flash(_("这张卡停用了，捡到的人不能用。"), "ok")
    return redirect(url_for("cards.person", member_id=member_id), 303)


@views.post("/cards/<uuid:member_id>/issue")
@requires("cards.print")
def issue(member_id: uuid.UUID) -> ResponseReturnValue:
    """A new card; one that is in use ends."""
    _holder(member_id)
    command = IssueCard(current_user.community_id, member_id, current_user.member_id, replace=True)
    transact(issue_card, command)
    flash(_("卡好了，打印出来就能用。旧卡不能再用。"), "ok")
    return redirect(url_for("cards.person", member_id=member_id), 303)


@views.get("/cards/<uuid:member_id>/large")
@requires("cards.print")
def large(member_id: uuid.UUID) -> str:
    """One card on one sheet of A4. Conflict ``no_card_in_use``."""
    holder = _holder(member_id)
    if holder.code is None:
        raise Conflict("no_card_in_use")
    return render_template(
        "cards/large.html", holder=holder, address=address_of(holder.code), last=holder.code[-LAST_SIGNS:]
    )

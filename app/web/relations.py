"""Relations on the web: one's own, and the steward's list. Nobody else reads them."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.groups import EndRelationSchema, OwnRelationSchema, RelationSchema
from app.sentences.groups import RELATION_ENDS, RELATIONS, SOURCES
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from points.errors import DomainError, Invalid, NotFound
from points.people.named import NamedPerson
from points.people.relation_lists import own_relations, relations_page
from points.people.relations import ENDS, DeclareRelation, EndRelation, declare_relation, end_relation
from points.review.late_recusals import with_recusals

views = Blueprint("relations", __name__)

ROWS = 50


@views.get("/me/relations")
@requires("relations.own")
def mine() -> ResponseReturnValue:
    """My relatives and where I work together with whom, so that they do not judge me nor I them."""
    return render_template("relations/mine.html", form=blank_form(), **_own_context())


@views.post("/me/relations")
@requires("relations.own")
def declare() -> Response:
    """Somebody close to me, named in full: no list of people is shown for it."""
    form = posted_form()
    try:
        values = load_form(OwnRelationSchema)
        other = _named(values["name"], values["household"])
        command = DeclareRelation(current_user.community_id, current_user.member_id, other, values["kind"])
        transact(with_recusals(declare_relation), command)
    except DomainError as error:
        return show_again("relations/mine.html", form, error, **_own_context())
    flash(_("登记好了。以后评议时，您和%(name)s互相回避。", name=values["name"]), "ok")
    return redirect(url_for("relations.mine"), 303)


@views.post("/me/relations/<uuid:relation_id>/end")
@requires("relations.own")
def end_own(relation_id: uuid.UUID) -> Response:
    """Ends what I declared."""
    return _end(relation_id, by_steward=False)


@views.get("/desk/relations")
@requires("relations.see")
def index() -> ResponseReturnValue:
    """The whole list for those who answer for recusal, and the steward's form."""
    form = blank_form()
    try:
        context = _desk_context()
    except Invalid as error:
        return show_again("relations/index.html", form, error, **_desk_context(text=""))
    return render_template("relations/index.html", form=form, **context)


@views.post("/desk/relations")
@requires("relations.manage")
def enter() -> Response:
    """Two people, entered by the steward."""
    form = posted_form()
    try:
        values = load_form(RelationSchema)
        command = DeclareRelation(
            current_user.community_id, current_user.member_id, _named(values["name"], values["household"]),
            values["kind"], _named(values["name_a"], values["household_a"]),
        )  # fmt: skip
        transact(with_recusals(declare_relation), command)
    except DomainError as error:
        return show_again("relations/index.html", form, error, **_desk_context())
    flash(_("登记好了。以后评议时，两位互相回避。公开的改动里不写名字。"), "ok")
    return redirect(url_for("relations.index"), 303)


@views.post("/desk/relations/<uuid:relation_id>/end")
@requires("relations.manage")
def end(relation_id: uuid.UUID) -> Response:
    """Ends any relation of the community."""
    return _end(relation_id, by_steward=True)


def _end(relation_id: uuid.UUID, *, by_steward: bool) -> Response:
    form = posted_form()
    try:
        values = load_form(EndRelationSchema)
        command = EndRelation(
            current_user.community_id, current_user.member_id, relation_id, values["why"], by_steward
        )
        transact(end_relation, command)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        page, context = ("index", _desk_context()) if by_steward else ("mine", _own_context())
        return show_again(f"relations/{page}.html", form, error, failed=relation_id, **context)
    flash(_("记下了：这层关系结束。以后报上来的事，不再因为它回避。"), "ok")
    return redirect(url_for("relations.index" if by_steward else "relations.mine"), 303)


def _named(name: str, household: str | None) -> NamedPerson:
    """As typed; household numbers are written in capitals, without blanks."""
    return NamedPerson(name.replace(" ", ""), household.replace(" ", "").upper() if household else None)


def _words() -> dict[str, object]:
    return {"kinds": RELATIONS, "sources": SOURCES, "ends": RELATION_ENDS, "why_ends": ENDS}


def _own_context() -> dict[str, object]:
    return {
        "relations": own_relations(db.session(), current_user.community_id, current_user.member_id),
        **_words(),
    }


def _desk_context(*, text: str | None = None) -> dict[str, object]:
    ended = request.args.get("show") == "ended"
    text = request.args.get("q", "").strip() if text is None else text
    found = relations_page(
        db.session(), current_user.community_id, ended=ended, text=text, after=_cursor(), limit=ROWS + 1
    )
    return {
        "search": Form({"q": [request.args.get("q", "")]}),
        "lines": found[:ROWS],
        "following": found[ROWS - 1].id if len(found) > ROWS else None,
        "ended": ended,
        "may_manage": current_user.can("relations.manage"),
        **_words(),
    }


def _cursor() -> uuid.UUID | None:
    after = request.args.get("after")
    try:
        return uuid.UUID(after) if after else None
    except ValueError:
        raise Invalid("bad_cursor") from None

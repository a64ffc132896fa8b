"""Recording an election or a by-election of a group: who was chosen, then the votes of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.groups import ByElectionSchema, ElectionSchema
from app.sentences.groups import GROUPS
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, request_key, show_again
from app.web.groups import views
from app.web.picking import MOST_FOUND, chosen_people, found_context
from points.errors import DomainError, NotFound
from points.groups.models import KINDS
from points.groups.operations import ByElect, ElectGroup, by_elect, elect_group
from points.groups.policy import FEWEST_SEATS, MOST_SEATS, RECOMMENDED_SEATS, SeatWanted, longest_end
from points.groups.queries import group_of
from points.people.queries import look_up_members

VOTES = ("votes_for", "votes_against")


@views.get("/desk/groups/<kind>/people")
@requires("groups.manage")
def people(kind: str) -> ResponseReturnValue:
    """Who was elected: search, and the list so far."""
    query, by = request.args.get("q", "").strip(), _is_by(request.args)
    chosen, form = chosen_people(request.args.getlist("m"), most=MOST_SEATS), Form({"q": [query]})
    context = _context(kind, by)
    try:
        found = (
            look_up_members(db.session(), current_user.community_id, query, limit=MOST_FOUND)
            if query
            else None
        )
    except DomainError as error:
        return show_again("groups/people.html", form, error, **found_context(chosen, None), **context)
    return render_template("groups/people.html", form=form, **found_context(chosen, found), **context)


@views.get("/desk/groups/<kind>/election")
@requires("groups.manage")
def tally(kind: str) -> ResponseReturnValue:
    """The form: which assembly, which day, which term, and the votes of everybody who was elected."""
    by = _is_by(request.args)
    chosen = chosen_people(request.args.getlist("m"), most=MOST_SEATS)
    if not chosen:
        return redirect(url_for("groups.people", kind=kind, by=by or None))
    today = current_user.today
    form = blank_form(
        elected_on=today, starts_on=today, ends_on=longest_end(today) - timedelta(days=1), chair_id=""
    )
    return render_template("groups/election.html", form=form, chosen=chosen, **_context(kind, by))


@views.post("/desk/groups/<kind>/election")
@requires("groups.manage")
def record(kind: str) -> Response:
    """Records it; a second click is the same election."""
    form, by = posted_form(), _is_by(request.form)
    chosen_ids = form.values("m")
    try:
        schema = ByElectionSchema if by else ElectionSchema
        values = load_form(schema, seats=[_seat_typed(form, key) for key in chosen_ids])
        transact(by_elect if by else elect_group, _command(kind, values, by=bool(by)))
    except DomainError as error:
        chosen = chosen_people(chosen_ids, most=MOST_SEATS)
        refusal = _beside_each_person(error, chosen_ids)
        return show_again("groups/election.html", form, refusal, chosen=chosen, **_context(kind, by))
    flash(
        _(
            "记下了：%(group)s选出 %(count)s 人，身份已经跟着换好。会公开。",
            group=GROUPS[kind],
            count=len(chosen_ids),
        ),
        "ok",
    )
    return redirect(url_for("groups.index"), 303)


def _is_by(values: Mapping[str, str]) -> str:
    """ "1" for a by-election, as it stands in addresses and forms."""
    return "1" if values.get("by") == "1" else ""


def _context(kind: str, by: str) -> dict[str, object]:
    """NotFound ``page_not_found`` for another kind of group."""
    if kind not in KINDS:
        raise NotFound("page_not_found")
    group = group_of(db.session(), current_user.community_id, kind, today=current_user.today)
    has_chair = group is not None and any(seat.is_chair for seat in group.seats)
    return {
        "kind": kind,
        "by": by,
        "group": group,
        "asks_chair": not (by and has_chair),
        "fewest": FEWEST_SEATS,
        "recommended": RECOMMENDED_SEATS[kind],
    }


def _seat_typed(form: Form, member_id: str) -> dict[str, str]:
    typed = {name: form.value(f"{name}-{member_id}").strip() for name in VOTES}
    return {"member_id": member_id} | {name: text for name, text in typed.items() if text}


def _beside_each_person(error: DomainError, ids: Sequence[str]) -> DomainError:
    """The same refusal with its sentences at the fields as the form names them."""
    errors = error.facts.get("errors")
    if not isinstance(errors, dict):
        return error
    names = {f"seats.{place}.{name}": f"{name}-{key}" for place, key in enumerate(ids) for name in VOTES}
    found = {names.get(name, name): sentences for name, sentences in errors.items()}
    return type(error)(error.code, **error.facts | {"errors": found})


def _command(kind: str, values: dict, *, by: bool) -> ByElect | ElectGroup:
    chair_id: uuid.UUID | None = values.pop("chair_id")
    seats = tuple(
        SeatWanted(seat["member_id"], seat["votes_for"], seat["votes_against"], seat["member_id"] == chair_id)
        for seat in values.pop("seats")
    )
    command = ByElect if by else ElectGroup
    return command(
        current_user.community_id, current_user.member_id, request_key(), kind, seats=seats, **values
    )

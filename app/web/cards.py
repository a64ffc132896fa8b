"""Cards on A4, two by five: for a grid, or for the people who were chosen."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.desk import CardsSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError, Invalid, NotAllowed, NotFound
from points.people.cards import latest_cards
from points.people.operations import IssueCards, issue_cards
from points.people.register import CardHolder, card_holders, grid_by_id, grids_of

views = Blueprint("cards", __name__)

# Ten to a sheet: more sheets at once than a village printer has paper for.
MOST_CARDS = 200
LAST_SIGNS = 4


@views.get("/cards")
@requires("cards.print")
def index() -> str:
    """Choose a grid, then the people; who has no card yet is marked."""
    return render_template("cards/index.html", form=blank_form(), **_context(request.args.get("grid")))


@views.post("/cards")
@requires("cards.print")
def sheet() -> Response:
    """The sheet that is printed. People without a card get one now; printing again prints the same cards."""
    form = posted_form()
    try:
        chosen = load_form(CardsSchema, "member_ids")["member_ids"]
        if not chosen:
            raise Invalid("nobody_chosen")
        if len(chosen) > MOST_CARDS:
            raise Invalid("too_many_cards", most=MOST_CARDS)
        check_own_grid(chosen)
        transact(issue_cards, IssueCards(current_user.community_id, tuple(chosen), current_user.member_id))
    except NotAllowed:
        raise
    except DomainError as error:
        return show_again("cards/index.html", form, error, **_context(request.form.get("grid")))
    holders = card_holders(db.session(), current_user.community_id, member_ids=chosen, limit=MOST_CARDS)
    return make_response(
        render_template(
            "cards/sheet.html",
            cards=[
                (holder, address_of(holder.code or ""), (holder.code or "")[-LAST_SIGNS:])
                for holder in holders
            ],
            back=url_for("cards.index", grid=request.form.get("grid") or None),
        )
    )


def address_of(code: str) -> str:
    """What the QR code on a card opens."""
    site = current_app.config["SITE_URL"] or request.host_url.rstrip("/")
    return f"{site}/Q/{code}"


@views.get("/cards/all")
@requires("cards.print")
def states() -> str:
    """Whose card is in use, lost, or was never made."""
    return render_template("cards/states.html", **_context(request.args.get("grid")))


def _own_grid() -> uuid.UUID | None:
    """The grid whose cards a grid worker minds; None for who keeps the register and minds all. NotAllowed
    ``no_grid_of_yours`` for a grid worker without one."""
    if current_user.can("members.manage"):
        return None
    if current_user.grid_id is None:
        raise NotAllowed("no_grid_of_yours")
    return current_user.grid_id


def check_own_grid(chosen: list[uuid.UUID]) -> None:
    """NotFound ``member_not_found`` for people of another grid and of another community."""
    session, community_id, own = db.session(), current_user.community_id, _own_grid()
    known = {holder.id for holder in card_holders(session, community_id, grid_id=own, member_ids=chosen)}
    if not known.issuperset(chosen):
        raise NotFound("member_not_found")


def _context(grid_text: str | None) -> dict[str, object]:
    session, community_id, own = db.session(), current_user.community_id, _own_grid()
    grids = [grid for grid in grids_of(session, community_id) if own in (None, grid.id)]
    grid_id = own or _grid_id(grid_text) or (grids[0].id if grids else None)
    people: list[CardHolder] = []
    if grid_id is not None:
        grid_by_id(session, community_id, grid_id)
        people = card_holders(session, community_id, grid_id=grid_id)
    member_id = request.args.get("member", "")
    return {
        "grids": grids,
        "grid_id": grid_id,
        "people": people,
        "latest": latest_cards(session, community_id, [person.id for person in people]),
        "chosen": {member_id} if member_id else set(),
    }


def _grid_id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise NotFound("grid_not_found") from None

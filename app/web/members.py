"""The register: who lives where, who serves in which role, first passwords and cards."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.identity.first_passwords import IssueFirstPassword, has_password, issue_first_password
from app.identity.passwords import first_password, hash_password
from app.permissions import requires
from app.schemas.commands import LeaveSchema, RoleSchema
from app.schemas.desk import ReasonSchema
from app.sentences.people import ROLES
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from points.errors import DomainError, Invalid
from points.groups.appointments import appoint, dismiss
from points.groups.policy import GROUP_OF_ROLE
from points.groups.queries import has_elected
from points.ledger.accounts import account_id_of
from points.ledger.queries import wallet
from points.people.leaving import LeaveRegister, leave_register
from points.people.operations import GrantRole, IssueCard, RevokeRole, issue_card
from points.people.phones import ShowPhone, show_phone
from points.people.queries import community_by_id, look_up_members
from points.people.register import (
    grid_by_id,
    grids_of,
    household_file,
    member_file,
    register_page,
    roles_by_member,
)
from shop.codes.pins import pin_state
from shop.queries import shop_by_id, shops_of

views = Blueprint("members", __name__)

ROWS = 50
# Everyone is a resident; the others are given and taken.
GIVEN_ROLES = tuple(role for role in ROLES if role != "resident")
SCOPED = {"shop_staff": "shop", "grid_worker": "grid"}


@views.get("/members")
@requires("members.look_up")
def index() -> Response | str:
    """The register by household number, or what a search found."""
    session, community_id = db.session(), current_user.community_id
    text, grid_id = request.args.get("q", "").strip(), _id(request.args.get("grid"))
    form, following = Form({"q": [text]}), ""
    try:
        if text:
            lines = look_up_members(session, community_id, text, limit=ROWS)
        else:
            after = request.args.get("after", "")
            page = register_page(session, community_id, after=after, grid_id=grid_id, limit=ROWS + 1)
            lines, following = page[:ROWS], page[ROWS - 1].cursor if len(page) > ROWS else ""
    except Invalid as error:
        return show_again("members/index.html", form, error, **_list_context([], "", grid_id))
    return render_template("members/index.html", form=form, **_list_context(lines, following, grid_id))


@views.get("/members/households/<uuid:household_id>")
@requires("members.look_up")
def household(household_id: uuid.UUID) -> str:
    """Everybody in a household, and for those who keep the register its points."""
    session, community_id = db.session(), current_user.community_id
    found = household_file(session, community_id, household_id)
    return render_template(
        "members/household.html",
        household=found,
        roles=roles_by_member(session, community_id, [person.id for person in found.members]),
        points=_household_points(household_id) if current_user.can("members.manage") else None,
    )


@views.get("/members/<uuid:member_id>")
@requires("members.manage")
def show(member_id: uuid.UUID) -> str:
    """One person: roles, sign-in, card. The phone is masked."""
    return render_template("members/show.html", form=blank_form(), **_context(member_id))


@views.post("/members/<uuid:member_id>/phone")
@requires("members.manage")
def phone(member_id: uuid.UUID) -> Response:
    """The whole number, once, for a reason that goes on the public list. Not a redirect: no address shows it again."""
    form = posted_form()
    try:
        values = load_form(ReasonSchema)
        command = ShowPhone(current_user.community_id, current_user.member_id, member_id, values["reason"])
        shown = transact(show_phone, command)
    except DomainError as error:
        return show_again("members/show.html", form, error, failed="phone", **_context(member_id))
    return _once(render_template("members/show.html", form=Form(), shown_phone=shown, **_context(member_id)))


@views.post("/members/<uuid:member_id>/roles")
@requires("members.manage")
def give(member_id: uuid.UUID) -> Response:
    """Gives a role, for a shop or a grid where it needs one."""
    form = posted_form()
    try:
        values = load_form(RoleSchema, scope_id=_scope_typed(request.form.get("role", "")))
        scope_id = _checked_scope(values["role"], values["scope_id"])
        transact(
            appoint,
            GrantRole(
                current_user.community_id,
                member_id,
                values["role"],
                values["reason"],
                current_user.member_id,
                scope_id,
            ),
        )
    except DomainError as error:
        return show_again("members/show.html", form, error, failed="give", **_context(member_id))
    flash(_("记下了：担任%(role)s。理由会公开。", role=ROLES[values["role"]]), "ok")
    return redirect(url_for("members.show", member_id=member_id), 303)


@views.post("/members/<uuid:member_id>/roles/<role>/take")
@requires("members.manage")
def take(member_id: uuid.UUID, role: str) -> Response:
    """Takes a role back, with the reason for the public list."""
    form = posted_form()
    try:
        values = load_form(RoleSchema, role=role)
        command = RevokeRole(
            current_user.community_id, member_id, role, values["reason"], current_user.member_id
        )
        transact(dismiss, command)
    except DomainError as error:
        return show_again("members/show.html", form, error, failed=f"take-{role}", **_context(member_id))
    flash(_("记下了：不再担任%(role)s。理由会公开。", role=ROLES[role]), "ok")
    return redirect(url_for("members.show", member_id=member_id), 303)


@views.post("/members/<uuid:member_id>/password")
@requires("members.manage")
def password(member_id: uuid.UUID) -> Response:
    """A first password on a slip of paper, shown this once; it must be changed at the first sign-in."""
    form = posted_form()
    try:
        reason = load_form(ReasonSchema)["reason"]
        new = first_password()
        hashed = hash_password(new)
        command = IssueFirstPassword(
            current_user.community_id, current_user.member_id, member_id, hashed, reason
        )
        phone = transact(issue_first_password, command)
    except DomainError as error:
        return show_again("members/show.html", form, error, failed="password", **_context(member_id))
    return _once(render_template("members/slip.html", password=new, phone=phone, **_context(member_id)))


@views.post("/members/<uuid:member_id>/card")
@requires("members.manage")
def card(member_id: uuid.UUID) -> Response:
    """A card, or a new one that makes the lost one worthless; then to the sheet that is printed."""
    replace = request.form.get("replace") == "1"
    command = IssueCard(current_user.community_id, member_id, current_user.member_id, replace=replace)
    transact(issue_card, command)
    flash(_("新卡好了，旧卡从现在起不能用。") if replace else _("卡好了，打印出来就能用。"), "ok")
    return redirect(url_for("members.show", member_id=member_id), 303)


@views.post("/members/<uuid:member_id>/leave")
@requires("members.manage")
def leave(member_id: uuid.UUID) -> Response:
    """Out of the register; what the person did stays in the books."""
    form = posted_form()
    try:
        values = load_form(LeaveSchema)
        command = LeaveRegister(current_user.community_id, current_user.member_id, member_id, values["why"])
        transact(leave_register, command)
    except DomainError as error:
        return show_again("members/show.html", form, error, failed="leave", **_context(member_id))
    flash(_("已经请出名册。家里的积分还在，做过的事也还在账上。"), "ok")
    return redirect(url_for("members.index"), 303)


def _once(page: str) -> Response:
    """A page that no cache keeps and no button brings back."""
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _list_context(lines: list, following: str, grid_id: uuid.UUID | None) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    return {
        "lines": lines,
        "following": following,
        "roles": roles_by_member(session, community_id, [line.id for line in lines]),
        "grids": grids_of(session, community_id),
        "grid_id": grid_id,
    }


def _context(member_id: uuid.UUID) -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    person = member_file(session, community_id, member_id)
    shops, grids = shops_of(session, community_id), grids_of(session, community_id)
    names = {place.id: place.name for place in [*shops, *grids]}
    held = {role.role for role in person.roles}
    groups = {kind for kind in GROUP_OF_ROLE.values() if has_elected(session, community_id, kind)}
    elected = {role for role, kind in GROUP_OF_ROLE.items() if kind in groups}
    return {
        "person": person,
        "places": names,
        "shops": shops,
        "grids": grids,
        "free_roles": [role for role in GIVEN_ROLES if role not in held | elected and _may_give(role)],
        "elected_roles": elected,
        "has_password": has_password(session, community_id, member_id),
        "pin": pin_state(session, community_id, member_id),
        "may_set_password": "operator" not in held or _may_give("operator"),
    }


def _may_give(role: str) -> bool:
    return role != "operator" or "operator" in current_user.roles


def _household_points(household_id: uuid.UUID) -> int | None:
    """What the household can use now; None where each member has a wallet of their own."""
    session, community_id = db.session(), current_user.community_id
    if community_by_id(session, community_id).wallet_kind != "household":
        return None
    wallet_id = account_id_of(session, community_id, "household", household_id)
    view = wallet(session, community_id, wallet_id, now=clock.now(), today=current_user.today).view
    return view.available


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Invalid("bad_cursor") from None


def _scope_typed(role: str) -> str | None:
    """The form offers a shop and a grid; the role says which of them is meant."""
    name = SCOPED.get(role)
    return (request.form.get(f"{name}_id") or None) if name else None


def _checked_scope(role: str, scope_id: uuid.UUID | None) -> uuid.UUID | None:
    """Raises Invalid ``scope_needed`` for staff of no shop; NotFound for another community's shop or grid."""
    session, community_id = db.session(), current_user.community_id
    if role == "shop_staff":
        if scope_id is None:
            raise Invalid("scope_needed", errors={"shop_id": [_("请选是哪一个店。")]})
        return shop_by_id(session, community_id, scope_id).id
    if role == "grid_worker" and scope_id is not None:
        return grid_by_id(session, community_id, scope_id).id
    return None

"""Signing in and out, and one's own password."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from app.database import db
from app.identity.helping import COOKIE_KEY
from app.identity.login import NotSignedIn
from app.identity.passwords import (
    KnownPhone,
    SetPassword,
    SignOutEverywhere,
    check_password_rules,
    hash_password,
    is_password_of,
    member_of_phone,
    set_password,
    sign_out_everywhere,
)
from app.identity.proving import prove_identity
from app.identity.throttle import TooManyAttempts
from app.identity.viewer import Viewer, load_viewer
from app.permissions import public, requires
from app.schemas.commands import SignInSchema
from app.schemas.own import FirstPasswordSchema, OwnPasswordSchema
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from app.web.ways_back import way_on
from points.errors import DomainError, Invalid, NotAllowed
from points.people.own import own_data

views = Blueprint("identity", __name__)


@views.before_app_request
def first_password_first() -> ResponseReturnValue | None:
    """A password that somebody else chose opens nothing but the page where it is changed."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "permission", None) is None or request.blueprint == views.name:
        return None
    if not current_user.is_authenticated or not current_user.must_change:
        return None
    if request.path.startswith("/api/"):
        raise NotAllowed("password_must_be_changed")
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("identity.password", next=back), 303)


@views.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The door."""
    if current_user.is_authenticated:
        return redirect(way_on(), 303)
    return render_template("identity/sign_in.html", form=blank_form(), next=request.args.get("next", ""))


@views.post("/sign-in")
@public
def take_sign_in() -> ResponseReturnValue:
    """Phone and password. Wrong ones never tell whether anybody has that phone."""
    form = posted_form()
    try:
        values = load_form(SignInSchema)
        enter(prove_identity(values["phone"], values["password"], request.remote_addr or ""))
    except DomainError as error:
        response = show_again("identity/sign_in.html", form, error, next=request.form.get("next", ""))
        return _told_to_wait(response, error)
    return redirect(way_on(), 303)


def enter(known: KnownPhone) -> None:
    """Signs a member in on this browser, as nobody's helper. Raises NotSignedIn for somebody who has left the community."""
    viewer = load_viewer(db.session(), known.community_id, known.member_id, known.epoch)
    if viewer is None:
        raise NotSignedIn("invalid_credentials")
    login_user(viewer)
    session.pop(COOKIE_KEY, None)
    session.permanent = True


def _told_to_wait(response: Response, error: DomainError) -> Response:
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.facts["seconds"])
    return response


@views.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Ends the sign-in of this browser; what it kept goes too."""
    logout_user()
    session.clear()
    flash(_("已退出登录。"), "ok")
    return redirect(url_for("home.visitors"), 303)


@views.post("/sign-out-everywhere")
@requires("account.own")
def leave_everywhere() -> ResponseReturnValue:
    """Ends every sign-in and every device, this one too."""
    transact(sign_out_everywhere, SignOutEverywhere(current_user.community_id, current_user.member_id))
    logout_user()
    session.clear()
    flash(_("已在所有手机和电脑上退出，请重新登录。"), "ok")
    return redirect(url_for("identity.sign_in"), 303)


@views.get("/password")
@requires("account.own")
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return render_template("identity/password.html", form=Form(), next=request.args.get("next", ""))


@views.post("/password")
@requires("account.own")
def change_password() -> ResponseReturnValue:
    """A new password; every other sign-in of the member ends, this one goes on."""
    form = posted_form()
    viewer = current_user._get_current_object()
    try:
        epoch = _set_new_password(viewer)
    except DomainError as error:
        response = show_again("identity/password.html", form, error, next=request.form.get("next", ""))
        return _told_to_wait(response, error)
    enter(KnownPhone(viewer.community_id, viewer.member_id, epoch, False, ""))
    flash(_("密码改好了。别的手机和电脑上要用新密码重新登录。"), "ok")
    return redirect(way_on(), 303)


def _set_new_password(viewer: Viewer) -> int:
    """The new epoch. Raises Invalid ``password_*``, ``old_password_wrong``; TooManyAttempts."""
    values = load_form(FirstPasswordSchema if viewer.must_change else OwnPasswordSchema)
    new = values["new_password"]
    phone = own_data(db.session(), viewer.community_id, viewer.member_id).phone or ""
    if new != values["new_password_again"]:
        raise Invalid("password_not_repeated")
    check_password_rules(new, phone)
    if not viewer.must_change:
        _prove_old(phone, values["old_password"])
    known = member_of_phone(db.session(), phone)
    db.session.rollback()  # no transaction waits for argon2
    if is_password_of(known, new):
        raise Invalid("password_same")
    command = SetPassword(viewer.community_id, viewer.member_id, hash_password(new), must_change=False)
    return transact(set_password, command)


def _prove_old(phone: str, old: str) -> None:
    try:
        prove_identity(phone, old, request.remote_addr or "")
    except NotSignedIn as error:
        raise Invalid("old_password_wrong") from error

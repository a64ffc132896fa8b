"""Flask-Login's wiring: the cookie of a browser, the bearer token of a program."""

from __future__ import annotations

import uuid

from flask import Flask, Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager

from app.database import db
from app.identity.helping import helped_by
from app.identity.tokens import viewer_of_token
from app.identity.viewer import Viewer, load_viewer
from points.errors import NotAllowed

KEPT_BYTES = 2500  # a cookie holds 4 kB


class NotSignedIn(NotAllowed):
    """Nobody is signed in (401 for programs)."""


def init_login(site: Flask) -> None:
    """Tells Flask-Login how to find the viewer and what to do when there is none."""
    manager = _Door(site)
    manager.session_protection = None  # WeChat's browser changes its User-Agent when it updates
    manager.user_loader(_viewer_of_cookie)
    manager.unauthorized_handler(_ask_to_sign_in)


class _Door(LoginManager):
    """Programs come with a token, browsers with a cookie, and neither opens the other's door: the interface asks for no
    CSRF token, so a cookie that a browser sends by itself must mean nothing there."""

    def _load_user(self) -> None:
        if request.path.startswith("/api/"):
            viewer = viewer_of_token(db.session(), request.headers.get("Authorization", ""))
            self._update_request_context_with_user(viewer)
        else:
            super()._load_user()


def _viewer_of_cookie(text: str) -> Viewer | None:
    try:
        community_id, member_id, epoch = text.split(":")
        viewer = load_viewer(db.session(), int(community_id), uuid.UUID(member_id), int(epoch))
    except ValueError:
        return None
    return viewer and helped_by(viewer)


def _ask_to_sign_in() -> Response:
    if request.path.startswith("/api/"):
        raise NotSignedIn("not_signed_in")
    keep_typed()
    flash(_("请先登录，登录后回到刚才的页面。"), "info")
    target = url_for(
        "identity.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else form_page()
    )
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


def form_page() -> str:
    """The page a form was sent from, on this site; the form's own address when the browser does not say."""
    referrer = request.referrer or ""
    own = request.host_url.rstrip("/")
    return referrer.removeprefix(own) if referrer.startswith(own + "/") else request.path


def is_secret(field: str) -> bool:
    """Whether what is typed into a form's field must be shown and kept nowhere: passwords and PINs."""
    return "password" in field or field == "pin" or field.startswith("pin_")


def keep_typed() -> None:
    """Keeps what was typed into a form that could not be taken, until its page is shown again. Never secrets."""
    if request.method != "POST":
        return
    typed = {
        name: values
        for name, values in request.form.lists()
        if not is_secret(name) and name not in ("csrf_token", "request_key")
    }
    if typed and sum(len(name) + sum(map(len, values)) for name, values in typed.items()) <= KEPT_BYTES:
        session["kept"] = {"page": form_page().split("?")[0], "typed": typed}


def take_kept() -> dict[str, list[str]]:
    """What was typed into this page's form before signing in again, once; empty when there is nothing."""
    kept = session.get("kept")
    if not kept or kept["page"] != request.path:
        return {}
    session.pop("kept")
    return kept["typed"]

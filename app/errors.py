"""The one table from refusals to answers: status, sentence, and JSON, fragment or page."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from app.identity.login import NotSignedIn, form_page, keep_typed
from app.identity.throttle import TooManyAttempts
from app.sentences import say
from points.errors import Conflict, DomainError, Gone, Invalid, NotAllowed, NotFound

log = structlog.get_logger("errors")

STATUS: dict[type[DomainError], int] = {
    NotSignedIn: 401,
    TooManyAttempts: 429,
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    Gone: 410,
}
CODES = {
    400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type",
    429: "too_many_requests", 500: "internal_error", 503: "unavailable",
}  # fmt: skip
PAGES = frozenset({400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503})


def status_of(error: DomainError) -> int:
    """HTTP status of a refusal."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def wants_json() -> bool:
    """Programs get JSON."""
    return request.path.startswith("/api/")


def plain_error(
    code: str, detail: str, errors: dict[str, Any] | None = None, **more: object
) -> dict[str, object]:
    """The one shape of an error for programs."""
    return {
        "code": code,
        "detail": detail,
        "errors": errors or {},
        "request_id": g.get("request_id", ""),
        **more,
    }


def error_body(error: DomainError) -> dict[str, object]:
    """A refusal in that shape, in the reader's language."""
    errors = error.facts.get("errors")
    return plain_error(error.code, say(error), errors if isinstance(errors, dict) else None)


def json_error(
    status: int, code: str, detail: str, errors: dict[str, Any] | None = None, **more: object
) -> Response:
    """An error as an answer."""
    response = jsonify(plain_error(code, detail, errors, **more))
    response.status_code = status
    return response


def answer(status: int, code: str, sentence: str, errors: dict[str, Any] | None = None) -> Response:
    """JSON, an htmx fragment, or a page."""
    if wants_json():
        return json_error(status, code, sentence, errors)
    page = status if status in PAGES else (400 if status < 500 else 500)
    template = "errors/_fragment.html" if request.headers.get("HX-Request") else f"errors/{page}.html"
    context = {"status": status, "sentence": sentence, "request_id": g.get("request_id", "")}
    if status < 500:
        return make_response(render_template(template, **context), status)
    # Without asking who reads it, since the session or the database may be what failed. The pages speak for themselves.
    if not request.headers.get("HX-Request"):
        del context["sentence"]
    return make_response(current_app.jinja_env.get_template(template).render(context), status)


def init_errors(site: Flask) -> None:
    """Registers the handlers."""
    site.register_error_handler(DomainError, _domain)
    site.register_error_handler(CSRFError, _csrf)
    site.register_error_handler(HTTPException, _http)
    site.register_error_handler(DBAPIError, _database)
    site.register_error_handler(Exception, _crash)


def _domain(error: DomainError) -> Response:
    status = status_of(error)
    errors = error.facts.get("errors") if isinstance(error.facts.get("errors"), dict) else None
    response = answer(status, error.code, say(error), errors)
    if status == 429:
        response.headers["Retry-After"] = str(error.facts.get("seconds", 60))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _csrf(_error: CSRFError) -> Response:
    """A page that lay too long: what was typed is kept and shown again on the form's own page."""
    keep_typed()
    sentence = _("页面放得太久了，请再提交一次；您填的内容都还在。")
    response = answer(400, "form_too_old", sentence)
    if not wants_json() and not request.headers.get("HX-Request"):
        response = make_response(
            render_template("errors/400.html", status=400, sentence=sentence, back=form_page(),
                            request_id=g.get("request_id", "")), 400
        )  # fmt: skip
    return response


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == 404:
        sentence = _("没有这个页面。")
    elif error.code == 413:
        sentence = _("传得太大了，一次一共最多 32 MB；照片一张最多 20 MB。")
    elif error.code == 405:
        sentence = _("这个地址不能这样用。")
    else:
        sentence = _("这个请求看不懂，请回上一页再试。")
    response = answer(error.code, CODES.get(error.code, f"http_{error.code}"), sentence)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _database(error: DBAPIError) -> Response:
    """Locked, absent, or not migrated: 503 and what to do. Everything else is a crash."""
    text = str(error.orig).lower()
    waiting = ("locked", "lock timeout", "no such table", "does not exist", "unable to open", "connection")
    if getattr(error.orig, "sqlstate", "") in ("55P03", "57P01", "57P03") or any(
        word in text for word in waiting
    ):
        log.error("database unavailable", error=type(error.orig).__name__, text=text.splitlines()[0][:200])
        response = answer(503, "unavailable", _("系统正忙或正在维护，什么都没有丢，请过一会儿再试。"))
        response.headers["Retry-After"] = "5"
        return response
    return _crash(error)


def _crash(error: Exception) -> Response:
    """Never a bare trace to the visitor, never a silent one in the log."""
    log.error("crash", exc_info=error)
    return answer(500, "internal_error", _("系统出错了，不是您做错了什么。请过一会儿再试。"))

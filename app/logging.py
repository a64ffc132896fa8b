"""Structured logs, one JSON line for each event, each with the request's id. No personal data, no codes, no secrets."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

_SAFE_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
log = structlog.get_logger("request")


def init_logging(site: Flask) -> None:
    """JSON lines on stderr; a request id on every line, in every answer and on every error page."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, site.config["LOG_LEVEL"])),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )

    @site.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _SAFE_ID.match(given) else secrets.token_hex(8)
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @site.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        level = (
            log.error
            if response.status_code >= 500
            else log.info
            if _is_worth_a_line(response)
            else log.debug
        )
        level(
            "answered",
            method=request.method,
            # the route, not the address: addresses hold codes and ids
            route=str(request.url_rule or "-"),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        )
        return response


def _is_worth_a_line(response: Response) -> bool:
    return request.method not in ("GET", "HEAD") or response.status_code >= 400

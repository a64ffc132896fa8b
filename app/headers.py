"""Security headers. What a signed-in person sees stays in no cache: phones are lent. Nothing inline anywhere; the
scanner page alone may compile WebAssembly."""

from __future__ import annotations

from flask import Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix

BASE = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def allow_wasm() -> None:
    """Called by the views of scanner pages."""
    g.allow_wasm = True


def init_headers(site: Flask) -> None:
    """Adds the headers to every answer and believes as many proxies as the operator declared."""
    hops = site.config["PROXY_HOPS"]
    if hops:
        site.wsgi_app = ProxyFix(site.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    plain = "; ".join(f"{name} {value}" for name, value in BASE.items())
    scanner = f"{plain}; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; media-src 'self' blob:"

    @site.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", scanner if g.get("allow_wasm") else plain)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy",
            "geolocation=(), microphone=(), camera=" + ("(self)" if g.get("allow_wasm") else "()"),
        )
        if site.config["HTTPS_ONLY"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in headers and not response.direct_passthrough:
            headers["Cache-Control"] = "private, no-store" if _is_signed_in() else "private, no-cache"
        return response


def _is_signed_in() -> bool:
    """Whether this request asked who it is, and found somebody. Asking here would read the session for every answer."""
    return getattr(g.get("_login_user"), "is_authenticated", False)

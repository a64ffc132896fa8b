"""The session cookie: Flask's own, with its signer made once, and renewed once a week instead of with every answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

RENEWED_AFTER = timedelta(days=7)


class DatedSession(SecureCookieSession):
    """A session that knows when its cookie was signed; ``None`` for a new one."""

    signed_at: datetime | None = None


class Cookies(SecureCookieSessionInterface):
    """Whoever comes now and then stays signed in; whoever stays away for 90 days does not."""

    session_class = DatedSession

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: its key is derived anew otherwise, twice for each page."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; a forged or overdue one holds nothing."""
        signer, text = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if signer is None or not text:
            return None if signer is None else self.session_class()
        try:
            values, signed_at = signer.loads(
                text, max_age=int(app.permanent_session_lifetime.total_seconds()), return_timestamp=True
            )
        except BadSignature:
            return self.session_class()
        session = self.session_class(values)
        session.signed_at = signed_at
        return session

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:  # noqa: ARG002 - Flask passes it
        """Changed, or a week old."""
        signed_at = getattr(session, "signed_at", None)
        if session.modified or signed_at is None:
            return session.modified
        return session.permanent and datetime.now(UTC) - signed_at > RENEWED_AFTER

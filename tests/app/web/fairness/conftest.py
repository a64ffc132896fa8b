"""The same two villages as in the hall."""

from tests.app.web.review.conftest import hall

__all__ = ["hall"]

"""The same two villages as in the hall."""

from tests.app.web.review.conftest import hall, hall_template

__all__ = ["hall", "hall_template"]

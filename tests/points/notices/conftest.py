"""The same village as in the session's tests."""

from tests.points.review.conftest import settled, site, village

__all__ = ["settled", "site", "village"]

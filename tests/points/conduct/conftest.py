"""The same villages as in the session's tests."""

from tests.points.review.conftest import neighbour, site, village

__all__ = ["neighbour", "site", "village"]

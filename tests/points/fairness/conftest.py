"""The village of the review's tests: it can hold a session, on both databases."""

from tests.points.review.conftest import neighbour, site, village

__all__ = ["neighbour", "site", "village"]

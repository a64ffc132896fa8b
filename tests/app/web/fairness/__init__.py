"""Pages about the fairness of the review."""

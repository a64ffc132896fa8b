"""Fairness: how awards spread, how reviewers lean, who supports whom, and visits drawn by lot (docs/decisions/0016)."""

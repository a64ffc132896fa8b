"""Rosters, rule books and catalogues from files: read, kept until somebody has decided, taken in. For web and CLI."""

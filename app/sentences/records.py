"""Refusals about records."""

SENTENCES = {}

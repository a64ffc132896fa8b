"""Refusals about review."""

SENTENCES = {}

"""Refusals about notices."""

SENTENCES = {}

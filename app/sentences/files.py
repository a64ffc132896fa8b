"""Refusals about files."""

SENTENCES = {}

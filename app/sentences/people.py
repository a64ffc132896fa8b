"""Refusals about people."""

SENTENCES = {}

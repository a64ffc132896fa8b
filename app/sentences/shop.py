"""Refusals about shop."""

SENTENCES = {}

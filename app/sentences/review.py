"""Refusals about review."""


SENTENCES = {}

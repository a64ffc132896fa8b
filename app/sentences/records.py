"""Refusals about records."""


SENTENCES = {}

"""Refusals about notices."""


SENTENCES = {}

"""Refusals about files."""


SENTENCES = {}

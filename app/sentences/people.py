"""Refusals about people."""


SENTENCES = {}

"""Refusals about shop."""


SENTENCES = {}

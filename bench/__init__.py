"""Measures what the site promises: ``make bench``. How to read it: docs/performance.md.

Nothing here is a test: a slow machine is no fault of the code, so a missed goal is printed and the exit status stays 0.
Every ratio compares two things measured in turns, within the same seconds, on the same machine and database.
"""

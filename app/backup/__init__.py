"""Backup and restore: the database and the photos in one file, whichever database it is."""

"""One marshmallow schema for each command, for forms and JSON alike."""

"""What programs get (docs/api.md)."""

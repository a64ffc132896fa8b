"""The same street as in the tests of a resident's pages."""

from tests.app.web.resident.conftest import hall_template, street, street_template

__all__ = ["hall_template", "street", "street_template"]

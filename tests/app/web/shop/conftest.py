"""The same street as in the tests of a resident's pages."""

from tests.app.web.resident.conftest import street, street_template

__all__ = ["street", "street_template"]

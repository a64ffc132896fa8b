"""The browser for these tests, wherever else it may be asked for as well."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Once for the run: a plugin that is there already stays as it is."""
    config.pluginmanager.import_plugin("tests.support.chromium")

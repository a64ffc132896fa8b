"""The operator's page: every community by name, and nothing that belongs to one of them."""

from __future__ import annotations

import pytest

from tests.app.web.desk.office import words


def test_an_operator_sees_names_households_and_the_last_session(office):
    page = words(office.client("operator").get("/operator"))
    assert "yitian村 yitian 15 9月7日" in page
    assert "beishan村 beishan 11 还没有开过" in page
    assert "村民" not in page.replace("各村各社区", "")


@pytest.mark.parametrize("role", ["steward", "supervisor", "resident"])
def test_nobody_else_does(office, role):
    assert office.client(role).get("/operator").status_code == 403

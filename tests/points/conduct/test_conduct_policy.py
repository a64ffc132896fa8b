"""The times of a case, without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.conduct.policy import may_appeal, may_lie_on_a_table, phase_of, repeats
from points.rules.models import REVIEW_PATHS
from points.rules.policy import is_routine, needs_second_level, review_path_of
from tests.builders import MONDAY

WARNED_ON = date(2026, 9, 7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
steps = st.timedeltas(min_value=-400 * DAY, max_value=800 * DAY)


@pytest.mark.parametrize(
    ("days", "repeated"), [(-1, False), (0, False), (1, True), (365, True), (366, False), (800, False)]
)
def test_only_what_was_done_after_the_warning_and_within_a_year_repeats_it(days: int, repeated: bool) -> None:
    assert repeats(WARNED_ON + days * DAY, WARNED_ON) is repeated


@given(steps)
def test_no_case_lies_on_a_table_before_seven_days(later: timedelta) -> None:
    assert may_lie_on_a_table("noticed", MONDAY, MONDAY + later) is (later >= 7 * DAY)
    assert not may_lie_on_a_table("noticed", None, MONDAY + later)
    assert not may_lie_on_a_table("warned", MONDAY, MONDAY + later)


@given(steps.filter(lambda later: later >= timedelta()))
def test_an_appeal_is_open_for_thirty_days(later: timedelta) -> None:
    assert may_appeal("posted", MONDAY, MONDAY + later) is (later < 30 * DAY)
    assert not may_appeal("appealed", MONDAY, MONDAY + later)


@pytest.mark.parametrize(
    ("state", "informed_at", "record_state", "now", "phase"),
    [
        ("warned", None, None, MONDAY, "to_deliver"),
        ("warned", MONDAY, None, MONDAY + 90 * DAY, "warned"),
        ("noticed", None, None, MONDAY + 90 * DAY, "to_deliver"),
        ("noticed", MONDAY, None, MONDAY + 7 * DAY - HOUR, "reply"),
        ("noticed", MONDAY, None, MONDAY + 7 * DAY, "waiting"),
        ("filed", MONDAY, "on_agenda", MONDAY, "in_review"),
        ("filed", MONDAY, "submitted", MONDAY, "waiting"),
        ("filed", MONDAY, "decided", MONDAY, "second_level"),
        ("filed", MONDAY, "rejected", MONDAY, "not_carried"),
        ("posted", MONDAY, "posted", MONDAY, "posted"),
        ("reversed", MONDAY, "voided", MONDAY, "reversed"),
        ("dropped", None, None, MONDAY, "dropped"),
    ],
)
def test_a_case_reads_as_what_time_and_the_review_made_of_it(
    state: str, informed_at: datetime | None, record_state: str | None, now: datetime, phase: str
) -> None:
    assert phase_of(state, informed_at, record_state, now) == phase


@pytest.mark.parametrize("written", REVIEW_PATHS)
def test_a_deduction_needs_panel_and_second_level_whatever_the_sheet_says(written: str) -> None:
    path = review_path_of("conduct", written)
    assert needs_second_level(path, 1)
    assert not is_routine(path, 1)
    assert review_path_of("redeemable", written) == written

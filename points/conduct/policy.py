"""The times and the order of a case. Pure: no session, no clock.

Source of the order (design: review): deductions touch only the conduct score, after a warning, with notice to the
person, a time to reply and an appeal.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

# From the day the person knows of it; before that nothing may lie on a table.
REPLY_WINDOW = timedelta(days=7)
APPEAL_WINDOW = timedelta(days=30)
# A warning prepares a deduction, and a deduction counts in the score, for this long; then both are over.
A_YEAR = timedelta(days=365)
LONGEST_TEXT = 500

# While the case is the opener's and not the panel's: the person explains, the opener may let it rest.
BEFORE_THE_PANEL = ("warned", "noticed")
# The person was told in writing, and nobody took it back.
STANDING = ("warned", "posted", "appealed", "appeal_refused")
# What the score counts; a deduction that was appealed counts until the answer takes it back.
COUNTING = ("posted", "appealed", "appeal_refused")


def repeats(done_on: date, informed_on: date) -> bool:
    """Whether a deed follows a warning: it was done after the day the person was warned, and within a year of it.

    A deed of that very day may have come first, so it repeats nothing.
    """
    return informed_on < done_on <= informed_on + A_YEAR


def reply_until(informed_at: datetime | None) -> datetime | None:
    """The end of the reply window; None while the person does not know of it."""
    return None if informed_at is None else informed_at + REPLY_WINDOW


def may_lie_on_a_table(state: str, informed_at: datetime | None, now: datetime) -> bool:
    """Whether the next session finds the case on its agenda: by time alone, no click and no job."""
    until = reply_until(informed_at)
    return state == "noticed" and until is not None and until <= now


def appeal_until(posted_at: datetime | None) -> datetime | None:
    """The end of the time for an appeal; None before the deduction."""
    return None if posted_at is None else posted_at + APPEAL_WINDOW


def may_appeal(state: str, posted_at: datetime | None, now: datetime) -> bool:
    """One appeal, in its time."""
    until = appeal_until(posted_at)
    return state == "posted" and until is not None and now < until


def phase_of(state: str, informed_at: datetime | None, record_state: str | None, now: datetime) -> str:
    """Where a case is for a reader: its state, and what time and the review have made of it.

    ``to_deliver`` (a letter has to be handed over first), ``warned``, ``reply`` (the window runs), ``waiting`` (for a
    session), ``in_review``, ``second_level``, ``not_carried``, or one of the final states.
    """
    if state in BEFORE_THE_PANEL and informed_at is None:
        return "to_deliver"
    if state == "noticed":
        return "waiting" if may_lie_on_a_table(state, informed_at, now) else "reply"
    if state == "filed":
        return {"rejected": "not_carried", "decided": "second_level", "submitted": "waiting"}.get(
            record_state or "", "in_review"
        )
    return state

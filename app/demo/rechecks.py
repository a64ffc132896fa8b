"""The supervisor's re-checks in the demo: drawn on the fifth of a month, visited in the days after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from app import clock
from app.database import db
from points.fairness.operations import DrawRechecks, NoteVisit, draw_rechecks, note_visit
from points.fairness.rounds import month_before, rechecks

if TYPE_CHECKING:
    from app.demo.history import Story

RIGHT = (
    ("found_right", "本人在家，说的和报的一样", "去看了，属实"),
    ("found_right", "问了受帮助的邻居，确有其事", "邻居当面说了谢谢，属实"),
)
FOUND = (
    *RIGHT, *RIGHT, *RIGHT,
    ("not_found", "", "去了两次家里没人，改天再去也说不清了"),
    *RIGHT,
    ("found_wrong", "问了同去的两个人", "那天下雨没有出工，签到是提前画的"),
)  # fmt: skip


def recheck(story: Story, day: date) -> None:
    """Draws last month's on the fifth; the last visit of each round waits for whoever looks at the demo."""
    village = story.village
    supervisor = village.roles["supervisor"][0].id
    if day.day == 5:
        story.do("draws", draw_rechecks, DrawRechecks(village.id, supervisor, month_before(day)))
    if day.day == 8:
        waiting = rechecks(db.session(), village.id, now=clock.now(), is_open=True)
        db.session.rollback()
        for one, (state, contact, words) in zip(waiting[:-1], FOUND * len(waiting), strict=False):
            visited = NoteVisit(
                village.id, supervisor, one.id, state, words, contact, day - timedelta(days=1)
            )
            story.do("visits", note_visit, visited)

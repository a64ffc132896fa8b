"""Objections and appeals in the demo village: voided, dismissed, changed, and two that wait for an answer."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from app import clock
from app.database import db
from points.notices.concern import Bench
from points.notices.operations import (
    AnswerObjection,
    ConfirmAnswer,
    FileAppeal,
    ObjectToNotice,
    answer_objection,
    confirm_answer,
    file_appeal,
    object_to_notice,
)
from points.notices.queries import NoticeView, ObjectionView, board, objections
from points.review.scale import scale_of

if TYPE_CHECKING:
    from app.demo.history import Story

OBJECTOR = "19900007145"
# By how many days ago: what somebody doubts, on notice (False) or posted already (True).
DOUBTS = {
    25: (False, "那天的活动我也在，没有看到他参加"),
    18: (False, "只干了半天，不是一整天"),
    12: (False, "他家的排水沟是物业清的，不是自己清的"),
    9: (True, "这件事和上个月报的是同一件"),
    1: (False, "照片里的地方不是咱们村的"),
}
VOID, DISMISS, CHANGE = "void", "dismiss", "change"
ANSWERS = {
    24: (VOID, "查了签到表，当天确实没有到场，予以撤销"),
    17: (CHANGE, "问了带队的人，确实只做了一部分，按细则改分"),
    11: (DISMISS, "走访核实，是本人清理，记录属实"),
    6: (DISMISS, "对过两次的日期和照片，不是同一件，维持原来的决定"),
}


def doubts_of_the_day(story: Story, day: date) -> None:
    """What somebody doubts today, and what the supervision group answers."""
    ago = (story.today - day).days
    if ago in DOUBTS:
        _doubt(story, *DOUBTS[ago])
    if ago in ANSWERS:
        waiting = objections(db.session(), story.village.id, now=clock.now(), is_open=True)
        for doubt in waiting:
            _answer(story, doubt, *ANSWERS[ago])


def _doubt(story: Story, posted: bool, reason: str) -> None:
    village, by = story.village, story.village.people[OBJECTOR].id
    lines = board(db.session(), village.id, now=clock.now(), limit=60)
    db.session.rollback()
    found = [line for line in lines if line.state == ("posted" if posted else "on_notice")]
    if not found:
        return
    line: NoticeView = found[-1]
    if posted:
        story.do("appeals", file_appeal, FileAppeal(village.id, by, village.key(), line.record_id, reason))
    else:
        story.do(
            "objections", object_to_notice, ObjectToNotice(village.id, by, village.key(), line.id, reason)
        )


def _answer(story: Story, doubt: ObjectionView, verdict: str, words: str) -> None:
    """One who may answers; where two are needed, another one confirms."""
    community_id = story.village.id
    bench = Bench(db.session(), community_id, [doubt.record_id], now=clock.now())
    may: list[uuid.UUID] = sorted(bench.answerers(doubt, now=clock.now()).members)
    scale = scale_of(db.session(), community_id, doubt.record_id)
    least, most = scale.least, scale.most
    db.session.rollback()
    points = (least if doubt.points_before > least else most) if verdict == CHANGE else None
    if points == doubt.points_before:  # the rule leaves no choice
        points = None
    if not may:
        return
    command = AnswerObjection(community_id, may[0], doubt.id, verdict != DISMISS, words, points)
    if story.do("answered", answer_objection, command) == "open" and len(may) > 1:
        story.do("confirmed answers", confirm_answer, ConfirmAnswer(community_id, may[1], doubt.id, 1))

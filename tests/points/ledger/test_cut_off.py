"""Page, print, minutes and ledger say one sum for one cut-off, whenever they are read, whatever happened since."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import sqlalchemy as sa

from points.days import month_span
from points.ledger.cut_off import moved_between, standing_at
from points.ledger.figures import ledger_figures
from points.ledger.models import Account, OpenPending, Transfer
from points.ledger.queries import entries_of, wallet
from points.notices.queries import board
from points.notices.running import running_at
from points.people.acts import every_act
from points.review.minutes import awarded_by, items_of
from points.standings.months import month_figures
from shop.figures import shelf_figures
from tests.points.review.conftest import site, village
from tests.support.two_months import BEGIN, Story

__all__ = ["site", "village"]

account, transfer, open_pending = Account.__table__, Transfer.__table__, OpenPending.__table__
FIRST = BEGIN - timedelta(days=400)


def by_hand(session, community_id, since, cut_off):
    """Signed points of each kind of account, from every single entry, added up in Python."""
    kinds = {
        row.id: row.kind
        for row in session.execute(
            sa.select(account.c.id, account.c.kind).where(
                account.c.community_id == community_id, account.c.unit == "points"
            )
        )
    }
    sums = dict.fromkeys(kinds.values(), 0)
    entries = session.execute(sa.select(transfer).where(transfer.c.community_id == community_id)).all()
    moved = [(one, one.effective_at) for one in entries if one.kind in ("posted", "post")]
    waiting = session.execute(sa.select(open_pending).where(open_pending.c.community_id == community_id))
    moved += [(one, one.posts_at) for one in waiting if one.posts_at is not None]
    for one, moment in moved:
        if since <= moment <= cut_off and one.debit_account_id in kinds:
            sums[kinds[one.debit_account_id]] -= one.amount
            sums[kinds[one.credit_account_id]] += one.amount
    return sums


def in_entry_pages(session, community_id, cut_off, now):
    """What the statements of all wallets show up to a moment, by code."""
    sums: dict[str, int] = {}
    wallets = session.scalars(
        sa.select(account.c.id).where(account.c.community_id == community_id, account.c.kind == "household")
    )
    for wallet_id in wallets.all():
        lines = entries_of(session, community_id, wallet_id, rows=1000)
        lines += wallet(session, community_id, wallet_id, now=now, today=now.date()).matured
        for line in lines:
            if line.effective_at <= cut_off:
                sums[line.code] = sums.get(line.code, 0) + line.points
    return sums


def seen(session, community_id, now):
    """What the pages say now: the book, the board, the shelf."""
    hung = board(session, community_id, now=now, days=120, limit=500, show="running")
    return standing_at(session, community_id, now), hung, shelf_figures(session, community_id, now=now)


SEEDS = {"sqlite": 2, "postgresql": 11}  # each database lives through another history


def test_one_sum_for_one_cut_off_in_a_random_history(session, village, backend):
    story = Story(village, Random(SEEDS[backend]))
    community_id, told = village.community_id, []
    for _part in range(4):
        story.go_on(9)
        told.append((story.now, *seen(session, community_id, story.now)))
        session.rollback()
    now = story.now + timedelta(days=5)
    last, *on_walls = seen(session, community_id, now)
    assert min(last.issued, last.redeemed, last.expired, last.outstanding) > 0
    for cut_off, said, hung, shelf in [*told, (now, last, *on_walls)]:
        assert standing_at(session, community_id, cut_off) == said
        assert running_at(session, community_id, cut_off=cut_off) == hung
        assert shelf_figures(session, community_id, now=cut_off, cut_off=cut_off) == shelf
        sums = by_hand(session, community_id, FIRST, cut_off)
        assert (-sums["issue"], sums["shop"], sums["expired"]) == (said.granted, said.redeemed, said.expired)
        assert (sums["household"], sums.get("care_pool", 0)) == (said.outstanding, said.care_pool)
        assert said.granted == said.issued + said.on_notice + said.budget_left
        assert said.issued == said.outstanding + said.redeemed + said.expired
        lines = in_entry_pages(session, community_id, cut_off, now)
        assert sum(lines.values()) == said.outstanding
        assert lines.get("award", 0) + lines.get("correction", 0) == said.issued
        assert -sum(lines.get(code, 0) for code in ("order", "redemption", "annul")) == said.redeemed
        assert -lines.get("expiry", 0) == said.expired
    figures = ledger_figures(session, community_id, now=now, today=now.date())
    assert (figures.granted, figures.issued, figures.on_notice, figures.budget_left) == (
        last.granted, last.issued, last.on_notice, last.budget_left,
    )  # fmt: skip
    corrected = session.scalars(
        sa.select(transfer.c.amount).where(
            transfer.c.community_id == community_id, transfer.c.code == "correction"
        )
    ).all()
    acts = [act for act in every_act(session, community_id, kind="points") if act.act == "points_corrected"]
    assert sorted(int(act.detail) for act in acts) == sorted(corrected) != []
    _months_add_up(session, village, now, last)
    _minutes_say_what_was_awarded(session, story, now)


def _months_add_up(session, village, now, last):
    """The months follow each other without a gap, and their lists add up to their sums."""
    totals, day = [0, 0, 0, 0], village_began(session, village)
    while day <= now:
        since, end = month_span(day.date(), "Asia/Shanghai")
        cut_off = min(end, now)
        month = month_figures(session, village.community_id, since, cut_off)
        assert month.moved == moved_between(session, village.community_id, since, cut_off)
        assert month.standing == standing_at(session, village.community_id, cut_off)
        for shares in (month.awards.by_category, month.awards.by_grid):
            assert sum(share.points for share in shares) == month.awards.points == month.moved.issued
            assert sum(share.awards for share in shares) == month.awards.awards
        assert sum(grant.points for grant in month.grants) == month.moved.granted
        assert month.awards.households <= len(village.residents)
        moved = month.moved
        for at, points in enumerate((moved.granted, moved.issued, moved.redeemed, moved.expired)):
            totals[at] += points
        day = end + timedelta(days=1)
    assert totals == [last.granted, last.issued, last.redeemed, last.expired]


def village_began(session, village):
    """The first entry of all."""
    return session.scalar(
        sa.select(sa.func.min(transfer.c.effective_at)).where(transfer.c.community_id == village.community_id)
    )


def _minutes_say_what_was_awarded(session, story, now):
    """Every award of the ledger was given by one session, and stands in its minutes."""
    community_id, given = story.village.community_id, {"points": 0, "honour": 0}
    for session_id in story.sessions:
        items = items_of(session, community_id, session_id, cut_off=now)
        for sums in awarded_by(session, community_id, session_id, items, cut_off=now):
            assert sums.given == sum(
                item.points for item in items
                if item.is_approved and (item.score == "honour") == (sums.unit == "honour")
            )  # fmt: skip
            given[sums.unit] += sums.published
            assert sums.waiting >= 0
    booked = session.execute(
        sa.select(account.c.unit, sa.func.sum(transfer.c.amount).label("points"))
        .join(account, sa.and_(account.c.community_id == transfer.c.community_id,
                               account.c.id == transfer.c.credit_account_id))
        .where(transfer.c.community_id == community_id, transfer.c.kind == "pending", transfer.c.code == "award")
        .group_by(account.c.unit)
    )  # fmt: skip
    assert given == {"points": 0, "honour": 0} | {row.unit: row.points for row in booked}

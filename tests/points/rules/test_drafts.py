"""Drafts of a rule book: one at a time, changed item by item, adopted as they were seen, and never a book that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.rules.difference import compare_books
from points.rules.drafts import (
    AdoptDraft,
    DropDraft,
    PutDraftItem,
    RemoveDraftItem,
    StartDraft,
    adopt_draft,
    drop_draft,
    put_draft_item,
    remove_draft_item,
    start_draft,
)
from points.rules.models import RuleWarning
from points.rules.operations import AdoptRules, adopt_rules
from points.rules.queries import book_on, draft_book, history_of, open_draft, versions_of, warnings_of
from tests.builders import MONDAY, Village, demo_rules, refused

TODAY = MONDAY.date()
TOMORROW = TODAY + timedelta(days=1)
LINES = {line.code: line for line in demo_rules()}
RICHER = replace(LINES["AID-02"], points_max=12)


def started(village: Village, **more):
    return transact(start_draft, StartDraft(village.community_id, village.one("steward").id, **more))


def put(village: Village, draft_id, line, item_id=None) -> PutDraftItem:
    return PutDraftItem(village.community_id, village.one("steward").id, draft_id, line, item_id)


def codes(village: Village, draft_id) -> list[str]:
    return [item.code for item in draft_book(db.session(), village.community_id, draft_id)]


def id_of(village: Village, draft_id, code: str):
    (found,) = [i.id for i in draft_book(db.session(), village.community_id, draft_id) if i.code == code]
    db.session.rollback()
    return found


def adoption(village: Village, draft_id, **more) -> AdoptDraft:
    draft = open_draft(db.session(), village.community_id)
    db.session.rollback()
    usual = {
        "revision": draft.revision if draft else 1, "adopted_by": "秋季村民代表会议", "adopted_on": TODAY,
        "in_force_from": TOMORROW, "votes_for": 28, "votes_against": 3, "votes_abstained": 2,
    }  # fmt: skip
    return AdoptDraft(village.community_id, village.one("steward").id, draft_id, **(usual | more))


def test_a_draft_becomes_the_book_of_its_first_day_and_not_before(village: Village) -> None:
    draft_id = started(village)
    assert refused(start_draft, StartDraft(village.community_id, None)) == "draft_open"
    transact(put_draft_item, put(village, draft_id, RICHER, id_of(village, draft_id, "AID-02")))
    transact(put_draft_item, put(village, draft_id, replace(LINES["ENV-02"], code="ENV-09")))
    transact(
        remove_draft_item,
        RemoveDraftItem(village.community_id, None, draft_id, id_of(village, draft_id, "DED-06")),
    )
    done = transact(adopt_draft, adoption(village, draft_id))
    assert (done.version, done.items, open_draft(db.session(), village.community_id)) == (2, 46, None)
    today = {rule.code: rule for rule in book_on(db.session(), village.community_id, TODAY)}
    tomorrow = {rule.code: rule for rule in book_on(db.session(), village.community_id, TOMORROW)}
    assert (today["AID-02"].points_max, tomorrow["AID-02"].points_max) == (10, 12)
    assert ("ENV-09" in today, "ENV-09" in tomorrow, "DED-06" in tomorrow) == (False, True, False)
    difference = compare_books(list(today.values()), list(tomorrow.values()))
    assert [field.name for change in difference.changed for field in change.fields] == ["points_max"]
    newest = versions_of(db.session(), village.community_id)[0]
    assert (newest.adopted_by, newest.votes_for, newest.votes_abstained) == ("秋季村民代表会议", 28, 2)
    warnings = warnings_of(db.session(), village.community_id, newest.id)
    assert [(one.code, one.item) for one in warnings] == [
        ("too_many_items", ""), ("over_budget", ""), ("range_wide", "HON-03"), ("above_authority", "HON-04"),
    ]  # fmt: skip
    history = history_of(db.session(), village.community_id, "DED-06")
    assert [(version.number, rule is not None) for version, rule in history] == [(2, False), (1, True)]


def test_items_stand_with_their_category(village: Village) -> None:
    draft_id = started(village, items=tuple(LINES[code] for code in ("ENV-01", "ENV-02", "AID-01", "GOV-01")))
    transact(put_draft_item, put(village, draft_id, LINES["ENV-03"]))
    assert codes(village, draft_id) == ["ENV-01", "ENV-02", "ENV-03", "AID-01", "GOV-01"]
    db.session.rollback()
    moved = replace(LINES["ENV-01"], category_zh="互助")
    transact(put_draft_item, put(village, draft_id, moved, id_of(village, draft_id, "ENV-01")))
    transact(put_draft_item, put(village, draft_id, LINES["HON-01"]))
    assert codes(village, draft_id) == ["ENV-02", "ENV-03", "AID-01", "ENV-01", "GOV-01", "HON-01"]


def test_whoever_calls_a_refused_book_is_not_adopted(village: Village) -> None:
    bad = replace(LINES["GOV-01"], code="GOV-09", name_zh="全年无上访户")
    book = AdoptRules(village.community_id, None, (*LINES.values(), bad), "会议", TODAY, TOMORROW, 30)
    assert refused(adopt_rules, book) == "rules_refused"
    draft_id = started(village, items=(*LINES.values(), bad))
    assert refused(adopt_draft, adoption(village, draft_id)) == "rules_refused"
    assert len(versions_of(db.session(), village.community_id)) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_keeps_a_draft_from_being_adopted(village: Village) -> None:
    first, *others = LINES.values()
    later = AdoptRules(village.community_id, None, (*others, first), "会议", TODAY, date(2027, 1, 1), 30)
    transact(adopt_rules, later)
    draft_id = started(village)
    transact(put_draft_item, put(village, draft_id, RICHER, id_of(village, draft_id, "AID-02")))
    for changes, code in (
        ({"revision": 99}, "draft_changed"), ({"in_force_from": TODAY}, "rules_not_from_tomorrow"),
        ({"adopted_on": TOMORROW}, "rules_adopted_in_future"), ({"votes_against": 28}, "rules_not_carried"),
        ({"in_force_from": date(2026, 12, 31)}, "rules_before_last_version"),
        ({"in_force_from": date(2027, 1, 1)}, "rules_date_taken"),
    ):  # fmt: skip
        assert refused(adopt_draft, adoption(village, draft_id, **changes)) == code


def test_what_a_draft_refuses_while_it_is_written_and_afterwards(villages) -> None:
    village, neighbour = villages
    draft_id = started(village)
    assert refused(adopt_draft, adoption(village, draft_id)) == "draft_changes_nothing"
    twice = replace(LINES["AID-02"], name_zh="又一条")
    assert refused(put_draft_item, put(village, draft_id, twice)) == "draft_code_taken"
    stranger = put(neighbour, draft_id, LINES["AID-02"])
    assert refused(put_draft_item, stranger) == "draft_not_found"
    other_id = started(neighbour)
    theirs = id_of(neighbour, other_id, "AID-02")
    assert refused(put_draft_item, put(village, draft_id, LINES["AID-02"], theirs)) == "draft_item_not_found"
    transact(remove_draft_item, RemoveDraftItem(village.community_id, None, draft_id, theirs))
    assert "AID-02" in codes(neighbour, other_id)
    db.session.rollback()
    transact(drop_draft, DropDraft(village.community_id, None, draft_id))
    assert refused(put_draft_item, put(village, draft_id, LINES["AID-02"])) == "draft_closed"
    assert refused(drop_draft, DropDraft(village.community_id, None, draft_id)) == "draft_closed"
    assert started(village) != draft_id


def test_warnings_of_a_version_are_never_changed(village: Village) -> None:
    change = sa.update(RuleWarning).where(RuleWarning.community_id == village.community_id).values(code="x")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        db.session.execute(change)
    db.session.rollback()

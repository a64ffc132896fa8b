"""Before the panel: a warning first, then notice, the person's word, and letting it rest."""

from __future__ import annotations

import uuid

import pytest

from app.database import db
from app.transaction import transact
from points.base import new_id
from points.conduct.filing import cases_due
from points.conduct.queries import cases_about, cases_page, cases_to_look_at
from points.people.operations import GrantRole, grant_role
from points.records.operations import AddEvidence, add_evidence
from points.records.orphans import DropOrphanEvidence, drop_orphan_evidence
from points.review.sessions import CallSession, convene_session
from tests.builders import MONDAY, Village, a_key, refused
from tests.points.conduct.proceedings import (
    DAY,
    READY,
    REPEATED,
    detail,
    drop,
    drop_case,
    given_deduction,
    given_item,
    given_notice,
    given_warning,
    hand_over_letter,
    letter,
    open_case,
    opening,
    reply,
    reply_to_case,
    stored,
    without_phone,
)  # fmt: skip


def given_photo(village: Village) -> uuid.UUID:
    worker = village.one("grid_worker").id
    return transact(add_evidence, AddEvidence(village.community_id, worker, new_id(), "0" * 64, 40, 30, 999))


def calling(village: Village) -> CallSession:
    return CallSession(village.community_id, village.chair.id, a_key(), MONDAY)


def test_the_first_time_ends_as_a_written_warning_and_nothing_else(village: Village, clock_at) -> None:
    ann = village.residents[0]
    found = given_warning(village, ann)
    assert found.state == "warned"
    for days in (0, 7, 30, 400):
        clock_at(MONDAY + days * DAY)
        assert refused(convene_session, calling(village)) == "agenda_empty"
    assert [step.event for step in detail(village, found.id).steps] == ["warned"]


def test_only_a_repeat_within_a_year_goes_on(village: Village, clock_at) -> None:
    ann, bob = village.residents[:2]
    warning = given_warning(village, ann)
    same_day = opening(village, ann, done_on=MONDAY.date())
    assert refused(open_case, same_day) == "case_exists"
    before = transact(open_case, opening(village, ann, done_on=MONDAY.date() - DAY))
    assert before.state == "warned"  # it happened before the warning
    clock_at(REPEATED)
    assert transact(open_case, opening(village, bob)).state == "warned"  # somebody else
    assert transact(open_case, opening(village, ann, "DED-05")).state == "warned"  # another rule
    second = transact(open_case, opening(village, ann))
    assert second.state == "noticed"
    assert stored(village, second.id).earlier_id in (warning.id, before.id)
    assert detail(village, second.id).warned_at == MONDAY
    clock_at(MONDAY + 366 * DAY)
    assert transact(open_case, opening(village, ann)).state == "warned"  # the warning is over


def test_a_warning_that_was_taken_back_prepares_nothing(village: Village, clock_at) -> None:
    ann, worker = village.residents[0], village.one("grid_worker")
    warning = given_warning(village, ann)
    transact(drop_case, drop(village, warning.id, worker))
    clock_at(REPEATED)
    assert transact(open_case, opening(village, ann)).state == "warned"


def test_a_deduction_makes_the_next_one_a_repeat(village: Village, clock_at) -> None:
    ann = village.residents[0]
    first = given_deduction(village, ann)
    clock_at(REPEATED + 300 * DAY)  # the warning itself is older, but not by a year
    found = transact(open_case, opening(village, ann))
    assert (found.state, stored(village, found.id).earlier_id) == ("noticed", first.id)


def test_who_has_no_phone_is_told_by_letter_and_has_seven_days_from_then(village: Village, clock_at) -> None:
    gran = without_phone(village)
    warning = given_warning(village, gran)
    assert detail(village, warning.id).line.phase == "to_deliver"
    clock_at(REPEATED)
    unheard = transact(open_case, opening(village, gran))
    assert unheard.state == "warned"  # nobody has told her of the first
    transact(hand_over_letter, letter(village, warning.id))
    transact(hand_over_letter, letter(village, warning.id, "steward"))  # again: nothing more
    assert [step.event for step in detail(village, warning.id).steps] == ["warned", "letter_handed_over"]
    clock_at(REPEATED + DAY)
    second = transact(open_case, opening(village, gran))
    assert second.state == "noticed"
    clock_at(REPEATED + 40 * DAY)
    assert cases_due(db.session(), village.community_id, now=REPEATED + 40 * DAY) == 0
    db.session.rollback()
    transact(hand_over_letter, letter(village, second.id))
    assert detail(village, second.id).line.reply_until == REPEATED + 47 * DAY
    assert cases_due(db.session(), village.community_id, now=REPEATED + 46 * DAY) == 0
    assert cases_due(db.session(), village.community_id, now=REPEATED + 47 * DAY) == 1


def test_a_letter_gives_who_was_told_on_the_phone_seven_more_days(village: Village, clock_at) -> None:
    found = given_notice(village, village.residents[0])
    clock_at(READY)
    assert detail(village, found.id).line.phase == "waiting"
    transact(hand_over_letter, letter(village, found.id))
    assert detail(village, found.id).line.phase == "reply"


def test_the_person_replies_or_an_officer_writes_it_down(village: Village, clock_at) -> None:
    ann, bob, worker = *village.residents[:2], village.one("grid_worker")
    found = given_notice(village, ann)
    clock_at(REPEATED + DAY)
    for _ in range(2):
        transact(reply_to_case, reply(village, found.id, ann, " 家里老人住院 "))
    transact(reply_to_case, reply(village, found.id, worker, "本人口述：下次一定请假"))
    said = [(step.actor_id, step.note) for step in detail(village, found.id).steps if step.event == "replied"]
    assert said == [(ann.id, "家里老人住院"), (worker.id, "本人口述：下次一定请假")]
    for other in (bob, village.one("supervisor"), village.one("reviewer")):
        assert refused(reply_to_case, reply(village, found.id, other)) == "case_not_found"
    assert refused(reply_to_case, reply(village, found.id, ann, "  ")) == "reason_needed"
    assert refused(reply_to_case, reply(village, found.id, ann, "字" * 501)) == "note_too_long"
    assert refused(reply_to_case, reply(village, new_id(), ann)) == "case_not_found"
    clock_at(READY + DAY)
    transact(reply_to_case, reply(village, found.id, ann, "晚了，也请看一看"))  # not on a table yet


def test_a_reply_that_convinces_ends_the_case_with_a_reason(village: Village, clock_at) -> None:
    ann, worker, steward = village.residents[0], village.one("grid_worker"), village.one("steward")
    found = given_notice(village, ann)
    clock_at(REPEATED)
    for other in (ann, village.residents[1], village.one("supervisor"), village.chair):
        assert refused(drop_case, drop(village, found.id, other)) == "case_not_found"
    assert refused(drop_case, drop(village, found.id, worker, " ")) == "reason_needed"
    transact(drop_case, drop(village, found.id, steward, "住院单看过了，属实"))
    transact(drop_case, drop(village, found.id, worker))  # again: nothing more happens
    assert detail(village, found.id).steps[-1].note == "住院单看过了，属实"
    assert refused(reply_to_case, reply(village, found.id, ann)) == "case_with_the_panel"
    assert refused(hand_over_letter, letter(village, found.id)) == "case_with_the_panel"
    clock_at(READY + DAY)
    assert refused(convene_session, calling(village)) == "agenda_empty"


def test_a_warning_on_which_a_case_rests_is_not_taken_back_before_it(village: Village) -> None:
    worker = village.one("grid_worker")
    found = given_notice(village, village.residents[0])
    warning = stored(village, found.id).earlier_id
    assert refused(drop_case, drop(village, warning, worker)) == "warning_was_followed"
    transact(drop_case, drop(village, found.id, worker))
    transact(drop_case, drop(village, warning, worker))


def test_the_panel_has_it_now_and_nobody_else_ends_it(village: Village) -> None:
    found, _session_id = given_item(village, village.residents[0])
    worker = village.one("grid_worker")
    assert refused(drop_case, drop(village, found.id, worker)) == "case_with_the_panel"
    assert refused(reply_to_case, reply(village, found.id, worker)) == "case_with_the_panel"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rule": "AID-02"}, "not_a_deduction"),
        ({"rule": "DED-06", "by": "steward"}, "deduction_without_points"),
        ({"rule": "DED-99"}, "rule_not_in_force"),
        ({"rule": "DED-02"}, "photo_required"),
        ({"facts": "  "}, "reason_needed"),
        ({"done_on": MONDAY.date() + DAY}, "done_on_in_future"),
        ({"done_on": MONDAY.date() - 31 * DAY}, "done_on_too_long_ago"),
        ({"by": "steward"}, "may_not_report"),  # the book names the grid worker
        ({"by": "chair"}, "may_not_report"),
        ({"evidence_ids": (new_id(),)}, "evidence_not_found"),
    ],
)
def test_a_case_is_opened_only_as_the_rule_book_says(village: Village, change: dict, code: str) -> None:
    assert refused(open_case, opening(village, village.residents[0], **change)) == code


def test_nobody_opens_a_case_about_the_own_household_or_next_door(
    village: Village, neighbour: Village
) -> None:
    worker = village.one("grid_worker")
    assert refused(open_case, opening(village, worker)) == "case_of_own_household"
    assert refused(open_case, opening(village, neighbour.residents[0])) == "member_not_found"
    steward = village.one("steward")
    transact(grant_role, GrantRole(village.community_id, steward.id, "grid_worker", "兼任"))
    found = transact(open_case, opening(village, steward))
    transact(grant_role, GrantRole(village.community_id, village.residents[1].id, "steward", "增选"))
    assert refused(drop_case, drop(village, found.id, steward)) == "case_not_found"
    transact(drop_case, drop(village, found.id, village.residents[1]))


def test_the_same_send_opens_one_case(village: Village) -> None:
    command = opening(village, village.residents[0])
    assert transact(open_case, command) == transact(open_case, command)
    other = opening(village, village.residents[1], request_key=command.request_key)
    assert refused(open_case, other) == "request_key_reused"


def test_the_rule_s_own_limit_counts_deductions_and_not_warnings(village: Village, clock_at) -> None:
    """DED-01: at most two in a month."""
    ann, photo = village.residents[0], given_photo(village)
    for day in range(3):
        clock_at(MONDAY + day * DAY)
        transact(open_case, opening(village, ann, "DED-01", evidence_ids=(photo,)))
    clock_at(MONDAY + 3 * DAY)
    assert refused(open_case, opening(village, ann, "DED-01", evidence_ids=(photo,))) == "cap_reached"


def test_photos_of_a_case_are_kept(village: Village, clock_at) -> None:
    photo, forgotten = given_photo(village), given_photo(village)
    found = transact(open_case, opening(village, village.residents[0], "DED-02", evidence_ids=(photo,)))
    clock_at(MONDAY + 3 * DAY)
    assert transact(drop_orphan_evidence, DropOrphanEvidence(village.community_id)) == [forgotten]
    assert detail(village, found.id).photo_ids == (photo,)


def test_lists_tell_open_from_over_and_the_person_what_to_look_at(village: Village, clock_at) -> None:
    ann, bob, worker = *village.residents[:2], village.one("grid_worker")
    refused_one, _session_id = given_item(village, bob, points=None)
    found = given_notice(village, ann, at=READY + DAY)

    def listed(which: str, **more) -> set[uuid.UUID]:
        lines = cases_page(db.session(), village.community_id, which, now=READY + DAY, **more)
        db.session.rollback()
        return {line.id for line in lines}

    clock_at(READY + DAY)
    assert listed("open") == {found.id}
    assert refused_one.id in listed("over")
    assert len(listed("over")) == 3
    assert listed("open", opener_id=worker.id) == {found.id}
    assert listed("open", opener_id=village.one("steward").id) == set()
    session, community_id = db.session(), village.community_id
    assert len(cases_about(session, community_id, ann.id, now=READY)) == 2
    assert cases_to_look_at(session, community_id, ann.id, now=READY + 2 * DAY) == 1
    assert cases_to_look_at(session, community_id, ann.id, now=READY + 9 * DAY) == 0
    assert cases_to_look_at(session, community_id, bob.id, now=READY + DAY) == 0
